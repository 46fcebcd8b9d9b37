// One post: who, words, pictures, the preview of a link, what money does for it, reactions, and what stands below it.

import { h, icon, iconButton, link, safeUrl } from '../dom.js';
import { figures } from '../figures.js';
import { menuButton } from '../overlay.js';
import { avatar } from '../people.js';
import { drawComment } from './comment.js';
import { drawBoost } from './meter.js';
import { reactButton, reactionsOf } from './reactions.js';
import { words, written } from './words.js';

function preview(address) {
  if (!address || !safeUrl(address)) return null;
  const { hostname, pathname } = new URL(address, location.href);
  const shown = link(address, icon('globe'), h('span', {}, h('small', {}, hostname), h('b', {}, pathname)));
  shown.classList.add('preview');
  return shown;
}

function marks(post) {
  return [post.label, post.hidden ? 'Hidden' : '', post.closed ? 'Comments are off' : ''].filter(Boolean);
}

/** A post with its comments; `desk` acts for the visitor. */
export function drawPost(post, desk) {
  const { network } = desk;
  const badges = marks(post);
  return h('li', { class: 'thread-box' },
    h('article', { class: `status${post.author.ours ? ' ours' : ''}`, data: { id: post.id }, 'aria-label': `${post.author.name}: ${post.text.slice(0, 80)}` },
      h('header', {}, avatar(post.author.name, 'medium'), h('div', { class: 'names' }, h('b', {}, post.author.name), written(post)), badges.map((badge) => h('span', { class: 'badge' }, badge))),
      post.text ? h('div', { class: 'content' }, words(post.text)) : null,
      figures(post.files),
      preview(post.link),
      post.boosts.map(drawBoost),
      reactionsOf(post, network, post.shares ? `${post.shares} ${post.shares === 1 ? 'share' : 'shares'}` : ''),
      h('footer', {},
        reactButton(post, desk),
        h('button', { type: 'button', class: 'act', disabled: post.closed, data: { focus: `comment-${post.id}` }, on: { click: () => desk.composer.comment(post) } }, icon('thread'), 'Comment'),
        network.shares ? h('button', { type: 'button', class: 'act', data: { focus: `share-${post.id}` }, on: { click: () => desk.act('share', post.id) } }, icon('share'), 'Share') : null,
        post.own ? menuButton(iconButton('more', 'Edit or delete', () => {}, { data: { focus: `more-${post.id}` } }), () => [
          { label: 'Edit', icon: 'edit', act: () => desk.composer.edit(post) },
          { label: 'Delete', icon: 'trash', danger: true, act: () => desk.act('remove', post.id) },
        ]) : null)),
    post.comments.length ? h('ol', { class: 'comments', 'aria-label': 'Comments' }, post.comments.map((one) => drawComment(one, desk, post.closed))) : null);
}
