// Pictures and films of a post, with their descriptions.

import { h } from './dom.js';

/** One file of a post: its address, whether it is a film, and how it is described. */
export function figure({ url, film, description }) {
  const described = description?.trim();
  const shown = film ? h('video', { src: url, controls: true, 'aria-label': described || 'Video' })
    : h('img', { src: url, alt: described || '', loading: 'lazy' });
  const badge = described ? h('details', { class: 'alt' }, h('summary', { 'aria-label': 'Show the description' }, 'ALT'), h('p', {}, described))
    : h('span', { class: 'no-alt' }, 'no description');
  return h('figure', {}, shown, badge);
}

/** All files of a post side by side; nothing where there are none. */
export function figures(files) {
  return files.length ? h('div', { class: `media media-${Math.min(files.length, 4)}` }, files.map(figure)) : null;
}
