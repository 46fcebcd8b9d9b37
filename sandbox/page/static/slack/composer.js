// Where members write: text, slash commands, mentions, files, and editing what they wrote.

import { h, iconButton } from '../dom.js';
import { Attachments, sent } from '../files.js';
import { trying } from '../overlay.js';
import { grows, suggest } from '../suggest.js';

//: What may follow the command; the bot's own `help` knows all of it.
const VERBS = [
  ['post', 'draft a post'], ['queue', 'what goes out next'], ['inbox', 'what the public wrote'], ['help', 'everything there is'],
  ['team', 'who may do what'], ['status', 'is everything well?'], ['home', 'what waits for me'], ['log', 'who did what: log P1'],
  ['schedule', 'schedule P1 tomorrow 9'], ['reply', 'reply C1 Thank you!'], ['link', 'link my other chat'], ['language', 'en, it'],
];

export class Composer {
  /** `thread`: returns the ts of the thread it writes into, or nothing. */
  constructor(pane, desk, { label, thread = () => null }) {
    Object.assign(this, { pane, desk, thread, editing: null });
    this.attachments = new Attachments();
    this.field = h('textarea', { rows: 1, 'aria-label': label });
    this.fit = grows(this.field);
    this.attachments.listenTo(this.field);
    const list = suggest(this.field, (before) => this.suggestions(before));
    this.send = h('button', { type: 'submit', class: 'send', 'aria-label': 'Send', title: 'Send (Enter)' });
    this.send.append(iconButton('send', '', () => {}).firstChild);
    this.notice = h('p', { class: 'editing', hidden: true }, 'Editing your message ', h('button', { type: 'button', class: 'textual', on: { click: () => this.stopEditing() } }, 'Cancel'));
    this.node = h('form', { class: 'composer' }, list, this.notice, this.attachments.strip,
      h('div', { class: 'composer-row' }, this.attachments.button, this.attachments.input, this.field, this.send));
    this.node.addEventListener('submit', (event) => { event.preventDefault(); this.submit(); });
    this.field.addEventListener('keydown', (event) => {
      if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) { event.preventDefault(); this.submit(); }
      if (event.key === 'Escape' && this.editing) { event.stopPropagation(); this.stopEditing(); }
    });
  }

  placeholder(text) {
    this.field.placeholder = text;
  }

  put(text) {
    this.field.value = text;
    this.field.focus();
    this.fit();
  }

  edit(message) {
    this.editing = message;
    this.notice.hidden = false;
    this.put(message.text.replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&amp;/g, '&'));
  }

  stopEditing() {
    this.editing = null;
    this.notice.hidden = true;
    this.put('');
  }

  suggestions(before) {
    const command = this.desk.command;
    const slash = /^\/(\S*)$/.exec(before);
    if (slash && command.startsWith(before) && before !== command) return { from: 0, items: [{ insert: `${command} `, label: command, hint: 'the desk' }] };
    if (before.startsWith(`${command} `)) {
      const said = before.slice(command.length + 1);
      const items = VERBS.filter(([verb]) => verb.startsWith(said) && verb !== said);
      return /\s/.test(said) || !items.length ? null
        : { from: command.length + 1, items: items.map(([verb, hint]) => ({ insert: `${verb} `, label: verb, hint })) };
    }
    const mention = /(?:^|\s)@(\w*)$/.exec(before);
    if (!mention) return null;
    const items = this.desk.context.members.filter((m) => m.name.toLowerCase().startsWith(mention[1].toLowerCase()));
    return items.length ? { from: before.length - mention[1].length - 1, items: items.map((m) => ({ insert: `@${m.name} `, label: `@${m.name}`, hint: m.is_bot ? 'app' : '' })) } : null;
  }

  async submit() {
    const text = this.field.value.trim();
    if (this.editing) {
      const { channel, ts } = this.editing;
      const done = await trying(this.pane, () => this.desk.act('edit', { channel, ts, text }));
      if (done) this.stopEditing();
      return;
    }
    if (!text && !this.attachments.files.length) return;
    const files = this.attachments.take();
    this.field.value = '';
    this.fit();
    const body = { channel: this.desk.place, text, thread_ts: this.thread() ?? undefined };
    // A slash command may be answered by a form; then nothing should take the focus back.
    if (text.startsWith('/') && !files.length) {
      const [command] = text.split(/\s/, 1);
      const done = await trying(this.pane, () => this.desk.act('command', { ...body, command, text: text.slice(command.length).trim() }));
      if (!done) this.put(text);
      return;
    }
    const done = await trying(this.pane, () => this.desk.act('say', { ...body, files: sent(files) }));
    if (done) return;
    this.put(text);
    this.attachments.give(files);
  }
}
