// One comment and its replies, and what a visitor can do with it.

import { h, iconButton } from '../dom.js';
import { menuButton } from '../overlay.js';
import { avatar } from '../people.js';
import { reactButton, reactionsOf } from './reactions.js';
import { words, written } from './words.js';

function ownMenu(comment, desk) {
  const remove = { label: 'Delete', icon: 'trash', danger: true, act: () => desk.act('remove', comment.id) };
  const edit = { label: 'Edit', icon: 'edit', act: () => desk.composer.edit(comment) };
  const focus = { data: { focus: `more-${comment.id}` } };
  return desk.network.edits ? menuButton(iconButton('more', 'Edit or delete', () => {}, focus), () => [edit, remove])
    : menuButton(iconButton('more', 'Delete', () => {}, focus), () => [remove]);
}

/** A comment; `closed`: nobody can answer. */
export function drawComment(comment, desk, closed) {
  const marks = [comment.hidden ? 'Hidden by the Page' : '', comment.ad ? 'Under the ad' : ''].filter(Boolean);
  return h('li', { class: `comment${comment.hidden ? ' hidden-one' : ''}${comment.author.ours ? ' ours' : ''}`, data: { id: comment.id } },
    avatar(comment.author.name, 'small'),
    h('div', { class: 'comment-body' },
      h('div', { class: 'comment-words' }, h('b', {}, comment.author.name), marks.map((mark) => h('span', { class: 'badge' }, mark)),
        h('div', { class: 'content' }, words(comment.text)),
        comment.picture ? h('img', { src: comment.picture, alt: 'Picture in the comment' }) : null),
      h('div', { class: 'comment-acts' }, written(comment), reactButton(comment, desk),
        h('button', { type: 'button', class: 'act', disabled: closed, data: { focus: `reply-${comment.id}` }, on: { click: () => desk.composer.reply(comment) } }, 'Reply'),
        comment.own ? ownMenu(comment, desk) : null, reactionsOf(comment, desk.network)),
      comment.replies.length ? h('ol', { class: 'comments', 'aria-label': 'Replies' }, comment.replies.map((one) => drawComment(one, desk, closed))) : null));
}
