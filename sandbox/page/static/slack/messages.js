// Messages of a channel or thread: who, when, what, and what one can do with each.

import { h, iconButton, icon, link } from '../dom.js';
import { menuButton } from '../overlay.js';
import { avatar, clock } from '../people.js';
import { drawBlocks } from './blocks.js';
import { emoji, mrkdwn } from './text.js';

function file(one) {
  if (one.mimetype.startsWith('image/')) return h('figure', { class: 'shared-picture' }, h('img', { src: one.url, alt: one.alt || one.name, loading: 'lazy' }));
  if (one.mimetype.startsWith('video/')) return h('video', { src: one.url, controls: true, 'aria-label': one.alt || one.name });
  return h('div', { class: 'shared-file' }, icon('clip'), link(one.url, one.title), h('small', {}, `${Math.ceil(one.size / 1024)} kB`));
}

function body(message, desk) {
  if (message.deleted) return h('p', { class: 'hint' }, 'This message was deleted.');
  const shown = message.blocks.length
    ? drawBlocks(message.blocks, desk.forMessage(message))
    : message.text ? [h('div', { class: 'block-text' }, mrkdwn(message.text, desk.names))] : [];
  return [...shown, message.files.map(file)];
}

function actions(message, desk, inThread) {
  const more = menuButton(iconButton('more', 'More actions for this message', () => {}), () => [
    ...(message.ephemeral ? [] : desk.shortcuts.map((one) => ({ label: one.label, icon: 'bolt', act: () => desk.shortcut(one.callback_id, message) }))),
    ...(message.member === desk.me && !message.deleted ? [
      { label: 'Edit message', icon: 'edit', act: () => desk.edit(message, inThread) },
      { label: 'Delete message', icon: 'trash', danger: true, act: () => desk.remove(message) },
    ] : []),
  ]);
  return h('div', { class: 'message-tools' },
    inThread || message.ephemeral ? null : iconButton('thread', 'Reply in thread', () => desk.openThread(message)),
    message.ephemeral ? null : more);
}

function threadLine(message, desk) {
  const replies = message.replies.filter((reply) => !reply.ephemeral);
  if (!replies.length) return null;
  const names = [...new Set(replies.map((reply) => reply.name))].slice(0, 4);
  const last = replies.at(-1);
  const count = `${replies.length} ${replies.length === 1 ? 'reply' : 'replies'}`;
  const latest = (last.text || '').replace(/\s+/g, ' ').replace(/<[^>|]*\|?([^>]*)>/g, '$1').replace(/&(amp|lt|gt);/g, (_, name) => ({ amp: '&', lt: '<', gt: '>' })[name]).slice(0, 60);
  return h('button', { type: 'button', class: 'thread-line', data: { focus: `thread-${message.ts}` }, on: { click: () => desk.openThread(message) } },
    names.map((name) => avatar(name, 'tiny')), h('b', {}, count), h('span', {}, emoji(latest)));
}

/** One message as a list item. `follows`: it belongs to the one above (same author, a moment later). */
export function drawMessage(message, desk, { inThread = false, follows = false } = {}) {
  const seconds = Number(message.ts);
  const reactions = Object.entries(message.reactions);
  return h('li', { class: `message${message.ephemeral ? ' ephemeral' : ''}${follows ? ' follows' : ''}`, data: { id: message.ts } },
    follows ? h('span', { class: 'gutter' }, clock(seconds)) : avatar(message.name),
    h('div', { class: 'message-body' },
      message.ephemeral ? h('p', { class: 'only-you' }, icon('eye'), 'Only visible to you') : null,
      follows ? null : h('p', { class: 'message-head' }, h('b', {}, message.name), message.bot ? h('span', { class: 'badge' }, 'APP') : null, clock(seconds)),
      h('div', { class: 'message-content' }, body(message, desk), message.edited && !message.bot ? h('small', { class: 'hint' }, '(edited)') : null),
      reactions.length ? h('div', { class: 'reactions' }, reactions.map(([name, who]) => h('span', {}, emoji(`:${name}:`), ` ${who.length}`))) : null,
      inThread ? null : threadLine(message, desk)),
    actions(message, desk, inThread));
}

/** Mark which messages follow the one above closely enough to share its head. */
export function grouped(messages) {
  return messages.map((message, at) => {
    const above = messages[at - 1];
    const near = above && Number(message.ts) - Number(above.ts) < 300;
    const follows = Boolean(near && !message.bot && above.member === message.member && !above.ephemeral && !message.ephemeral && !above.replies?.length);
    return { message, follows };
  });
}
