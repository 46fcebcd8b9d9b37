// One post of the network and its thread: who, words, pictures with their descriptions, and what a visitor can do.

import { h, icon, iconButton } from '../dom.js';
import { figures } from '../figures.js';
import { menuButton } from '../overlay.js';
import { avatar } from '../people.js';
import { content } from './html.js';

const SIGNS = { public: ['globe', 'Public'], unlisted: ['moon', 'Quiet public'], private: ['lock', 'Followers'], direct: ['at', 'Only those mentioned'] };

function when(moment, edited) {
  const at = new Date(moment);
  const label = at.toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit' });
  return h('time', { datetime: moment, title: at.toLocaleString() }, label, edited ? '*' : '');
}

const file = (media) => ({ ...media, film: media.mime.startsWith('video/') });

function act(name, label, count, pressed, press, focus) {
  return h('button', { type: 'button', class: `act act-${name}`, 'aria-pressed': pressed === null ? null : String(pressed), 'aria-label': `${label} (${count})`, title: label, data: { focus }, on: { click: press } }, icon(name), count ? String(count) : '');
}

/** A post; `desk` acts for the visitor. */
export function drawStatus(post, desk, { nested = false } = {}) {
  const me = desk.handle;
  const [sign, seen] = SIGNS[post.visibility];
  const own = post.author.username === desk.who;
  const marks = [
    ...(post.favourited_by_us.length ? [`★ liked by ${post.favourited_by_us.map((a) => `@${a}`).join(', ')}`] : []),
    ...(post.reblogged_by_us.length ? [`⟲ boosted by ${post.reblogged_by_us.map((a) => `@${a}`).join(', ')}`] : []),
  ];
  const words = [h('div', { class: 'content' }, content(post.html)), figures(post.media.map(file))];
  return h('article', { class: `status${nested ? ' nested' : ''}${post.author.ours ? ' ours' : ''}`, data: { id: post.id }, 'aria-label': `${post.author.name}: ${post.text.slice(0, 80)}` },
    h('header', {}, avatar(post.author.name, 'medium'), h('div', { class: 'names' }, h('b', {}, post.author.name), h('span', { class: 'handle' }, `@${post.author.acct}`)),
      h('span', { class: 'seen', title: seen }, icon(sign), h('span', { class: 'sr-only' }, seen)), when(post.at, post.edited_at)),
    post.warning ? h('details', { class: 'warning' }, h('summary', {}, post.warning), words) : words,
    post.edited_at ? h('details', { class: 'history' }, h('summary', {}, 'Edited'), post.versions.slice(0, -1).map((v) => h('p', {}, v.text))) : null,
    marks.length ? h('p', { class: 'marks' }, marks.join(' · ')) : null,
    h('footer', {},
      act('reply', 'Reply', post.counts.replies, null, () => desk.composer.replyTo(post), `reply-${post.id}`),
      act('boost', 'Boost', post.counts.reblogs, post.reblogs.includes(me), () => desk.toggle(post, 'reblog', post.reblogs.includes(me)), `boost-${post.id}`),
      act('star', 'Favourite', post.counts.favourites, post.favourites.includes(me), () => desk.toggle(post, 'favourite', post.favourites.includes(me)), `star-${post.id}`),
      own ? menuButton(iconButton('more', 'Edit or delete', () => {}), () => [
        { label: 'Edit', icon: 'edit', act: () => desk.composer.edit(post) },
        { label: 'Delete', icon: 'trash', danger: true, act: () => desk.remove(post) },
      ]) : h('span', {})));
}

/** A thread: its first post and everything below it, oldest first. */
export function drawThread(thread, desk) {
  const { root, boosted, replies } = thread;
  return h('li', { class: 'thread-box', data: { thread: root.thread } },
    boosted ? h('p', { class: 'boosted' }, icon('boost'), `${boosted} boosted`) : null,
    drawStatus(root, desk), replies.map((post) => drawStatus(post, desk, { nested: true })));
}
