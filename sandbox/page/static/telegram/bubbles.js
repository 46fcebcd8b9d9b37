// Messages as bubbles: text, pictures, albums, what they answer, their buttons, and what one can do with each.

import { h, icon, iconButton, link } from '../dom.js';
import { menuButton } from '../overlay.js';
import { avatar, clock } from '../people.js';
import { segments } from './segments.js';

/** Join albums into one item and mark what follows a message of the same person. */
export function bundles(messages) {
  const made = [];
  for (const message of messages) {
    const last = made.at(-1);
    if (message.album && last?.messages[0].album === message.album) last.messages.push(message);
    else {
      const above = last?.messages[0];
      const follows = Boolean(above && above.kind !== 'service' && above.from.id === message.from.id && message.date - above.date < 300);
      made.push({ messages: [message], follows });
    }
  }
  return made;
}

function media(message, desk) {
  const shown = message.media;
  const address = desk.stage.url(shown.url);
  const alt = message.text ? `Picture sent with “${message.text.slice(0, 80)}”` : 'Picture without words';
  if (message.kind === 'photo') return h('img', { class: 'photo', src: address, alt, width: shown.width, height: shown.height, loading: 'lazy' });
  if (message.kind === 'video') return h('video', { class: 'photo', src: address, controls: true, 'aria-label': shown.name });
  return h('div', { class: 'document' }, icon('clip'), link(address, shown.name), h('small', {}, `${Math.ceil(shown.size / 1024)} kB`));
}

function quoted(message, desk) {
  if (!message.reply_to) return null;
  const answered = desk.room.messages.find((m) => m.id === message.reply_to);
  if (!answered || answered.kind === 'service') return null;
  const words = (answered.text || `(${answered.kind})`).replace(/\s+/g, ' ').slice(0, 70);
  return h('button', { type: 'button', class: 'quoted', on: { click: () => desk.reveal(answered.id) } }, h('b', {}, answered.from.first_name), h('span', {}, words));
}

function keyboard(message, desk) {
  if (!message.keyboard.length) return null;
  return h('div', { class: 'keyboard' }, message.keyboard.map((row) => h('div', { class: 'keys' }, row.map((button) => {
    const focus = `${message.id}-${button.data ?? button.label}`;
    const style = button.style ? ` ${button.style}` : '';
    if (button.url) return h('a', { class: `key${style}`, href: button.url, target: '_blank', rel: 'noopener noreferrer', data: { focus } }, button.label, ' ↗');
    const key = h('button', { type: 'button', class: `key${style}`, data: { focus } }, button.label);
    key.addEventListener('click', async () => {
      key.classList.add('waiting');
      await desk.press(message, button);
      key.classList.remove('waiting');
    });
    return key;
  }))));
}

function tools(message, desk) {
  const own = message.from.id === desk.me;
  return menuButton(iconButton('more', 'What to do with this message', () => {}, { class: 'icon-button bubble-tools' }), () => [
    { label: 'Reply', icon: 'reply', act: () => desk.composer.replyTo(message) },
    ...(own && message.text ? [{ label: 'Edit', icon: 'edit', act: () => desk.composer.edit(message) }] : []),
    ...(own || desk.room.kind === 'private' ? [{ label: 'Delete', icon: 'trash', danger: true, act: () => desk.remove(message) }] : []),
  ]);
}

/** One bundle (a message or an album) as a list item. */
export function drawBundle({ messages, follows }, desk) {
  const [first] = messages;
  if (first.kind === 'service') return h('li', { class: 'notice', data: { id: first.id } }, first.text);
  const own = first.from.id === desk.me;
  const captioned = messages.find((m) => m.text) ?? first;
  const pictures = messages.filter((m) => m.media);
  const album = pictures.length > 1;
  const showName = !own && !follows && desk.room.kind !== 'private';
  const reactions = messages.flatMap((m) => m.reactions);
  return h('li', { class: `bundle${own ? ' own' : ''}${follows ? ' follows' : ''}`, data: { id: first.id } },
    own || desk.room.kind === 'private' ? null : follows ? h('span', { class: 'avatar-space' }) : avatar(first.from.first_name, 'small'),
    h('div', { class: 'bubble-column' },
      h('div', { class: `bubble${pictures.length && !captioned.text ? ' bare' : ''}` },
        showName ? h('b', { class: `sender sender-${first.from.is_bot ? 'bot' : 'person'}` }, first.from.first_name) : null,
        first.forwarded_from ? h('small', {}, `Forwarded from ${first.forwarded_from}`) : null,
        quoted(first, desk),
        pictures.length ? h('div', { class: album ? `album album-${Math.min(pictures.length, 4)}` : 'single' }, pictures.map((m) => media(m, desk))) : null,
        captioned.text ? h('div', { class: 'words' }, segments(captioned.segments, desk)) : null,
        h('span', { class: 'bubble-foot' }, reactions.length ? h('span', { class: 'reactions' }, reactions.join(' ')) : null, first.pinned ? '📌 ' : '',
          first.edited && !first.from.is_bot ? 'edited ' : '', clock(first.date)),
        tools(first, desk)),
      keyboard(first, desk)));
}
