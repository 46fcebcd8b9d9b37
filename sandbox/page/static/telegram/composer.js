// Where people write in Telegram: commands and their menu, pictures, answers, edits, and the keyboard a bot may offer.

import { fill, h, icon, iconButton } from '../dom.js';
import { Attachments, sent } from '../files.js';
import { menuButton, trying } from '../overlay.js';
import { grows, suggest } from '../suggest.js';

//: Bytes of a photo at most (core.telegram.org/bots/api, "Sending files").
const PHOTO_LIMIT = 10 * 1024 * 1024;

/** As Telegram's apps do: a picture that cannot be drawn, or is too large for a photo, goes as a file. */
async function asTelegramSends(files) {
  return Promise.all(files.map(async (file) => {
    if (!file.mime.startsWith('image/')) return file;
    const whole = new Blob([Uint8Array.from(atob(file.base64), (letter) => letter.charCodeAt(0))]);
    const drawn = await createImageBitmap(whole).then(() => true, () => false);
    return { ...file, as_file: !drawn || whole.size > PHOTO_LIMIT };
  }));
}

export class Composer {
  constructor(pane, desk) {
    Object.assign(this, { pane, desk, about: null, offered: 0 });
    this.attachments = new Attachments();
    this.field = h('textarea', { rows: 1, 'aria-label': 'Message', placeholder: 'Message' });
    this.fit = grows(this.field);
    this.attachments.listenTo(this.field);
    const list = suggest(this.field, (before) => this.suggestions(before));
    this.banner = h('div', { class: 'reply-banner', hidden: true });
    this.keys = h('div', { class: 'reply-keys', hidden: true });
    this.menu = menuButton(iconButton('slash', 'Commands', () => {}), () => {
      const commands = this.desk.room?.commands ?? [];
      return commands.length ? commands.map((c) => ({ label: `/${c.command}  ${c.description}`, act: () => this.put(`/${c.command} `) }))
        : [{ label: 'The bot has not told its commands yet', act: () => {} }];
    });
    this.send = h('button', { type: 'submit', class: 'send', 'aria-label': 'Send', title: 'Send (Enter)' }, icon('send'));
    this.row = h('div', { class: 'composer-row' }, this.menu, this.attachments.button, this.attachments.input, this.field, this.send);
    this.node = h('form', { class: 'composer' }, list, this.banner, this.attachments.strip, this.keys, this.row);
    this.node.addEventListener('submit', (event) => { event.preventDefault(); this.submit(); });
    this.field.addEventListener('keydown', (event) => {
      if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) { event.preventDefault(); this.submit(); }
      if (event.key === 'Escape' && this.about) { event.stopPropagation(); this.forget(); }
    });
  }

  /** What this room offers: its reply keyboard, and a question that wants an answer. */
  update(room, me) {
    const shown = this.desk.shownMessages();
    const last = shown.at(-1);
    const withKeys = [...shown].reverse().find((m) => m.from.is_bot && m.reply_keyboard.length);
    this.keys.hidden = !withKeys || withKeys !== shown.filter((m) => m.from.is_bot).at(-1);
    if (!this.keys.hidden) {
      fill(this.keys, withKeys.reply_keyboard.flat().map((label) => h('button', { type: 'button', class: 'key', on: { click: () => this.desk.say(label) } }, label)));
    }
    const mine = last && (room.kind === 'private' || room.messages.find((m) => m.id === last.reply_to)?.from.id === me);
    if (last?.force_reply && mine && this.offered !== last.id) {
      this.offered = last.id;
      this.replyTo(last, { focus: false });
      this.field.placeholder = last.placeholder || 'Your answer';
    }
  }

  put(text) {
    this.field.value = text;
    this.field.focus();
    this.fit();
  }

  replyTo(message, { focus = true } = {}) {
    this.about = { kind: 'reply', message };
    this.show(`Reply to ${message.from.first_name}`, message.text);
    if (focus) this.field.focus();
  }

  edit(message) {
    this.about = { kind: 'edit', message };
    this.show('Edit message', message.text);
    this.put(message.text);
  }

  show(title, words) {
    fill(this.banner, icon('reply'), h('div', {}, h('b', {}, title), h('span', {}, words.replace(/\s+/g, ' ').slice(0, 90))), iconButton('close', 'Not an answer', () => this.forget()));
    this.banner.hidden = false;
  }

  forget() {
    if (this.about?.kind === 'edit') this.put('');
    this.about = null;
    this.banner.hidden = true;
    this.field.placeholder = 'Message';
  }

  suggestions(before) {
    const slash = /^\/([a-z0-9_]*)$/i.exec(before);
    if (slash) {
      const items = (this.desk.room?.commands ?? []).filter((c) => c.command.startsWith(slash[1].toLowerCase()) && c.command !== slash[1]);
      return items.length ? { from: 0, items: items.map((c) => ({ insert: `/${c.command} `, label: `/${c.command}`, hint: c.description })) } : null;
    }
    const mention = /(?:^|\s)@(\w*)$/.exec(before);
    if (!mention || this.desk.room?.kind === 'private') return null;
    const { people, bot } = this.desk.state;
    const items = [bot, ...people].filter((p) => p.username.toLowerCase().startsWith(mention[1].toLowerCase()));
    return items.length ? { from: before.length - mention[1].length - 1, items: items.map((p) => ({ insert: `@${p.username} `, label: p.first_name, hint: `@${p.username}` })) } : null;
  }

  async submit() {
    const text = this.field.value.trim();
    const { about } = this;
    if (!text && !this.attachments.files.length) return;
    if (about?.kind === 'edit') {
      const done = await trying(this.pane, () => this.desk.act('edit', { message_id: about.message.id, text }));
      if (done) this.forget();
      return;
    }
    const files = this.attachments.take();
    this.field.value = '';
    this.fit();
    this.forget();
    const done = await this.desk.say(text, { files: await asTelegramSends(sent(files)), reply_to: about?.message.id });
    if (done) return;
    this.put(text);
    this.attachments.give(files);
    if (about) this.replyTo(about.message);
  }
}
