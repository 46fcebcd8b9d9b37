// The Telegram pane: chats on the left, topics above, bubbles, and the composer below.

import { fill, h, keep } from '../dom.js';
import { tellIn, toast, trying } from '../overlay.js';
import { avatar } from '../people.js';
import { Conversation } from '../scroll.js';
import { bundles, drawBundle } from './bubbles.js';
import { Composer } from './composer.js';

const GENERAL = 1;

export class TelegramPane {
  constructor(root, stage) {
    Object.assign(this, { root, stage, who: '', place: null, topics: new Map(), read: new Map(), wanted: null });
    this.composer = new Composer(root, this);
    this.build();
    stage.watch((state) => this.update(state));
  }

  build() {
    this.chats = h('nav', { class: 'chats', 'aria-label': 'Telegram chats' });
    this.title = h('h3', {});
    this.about = h('span', { class: 'hint' });
    this.tabs = h('div', { class: 'topics', role: 'tablist', 'aria-label': 'Topics' });
    this.list = h('ol', { class: 'bubbles', 'aria-label': 'Messages' });
    this.conversation = new Conversation(this.list, 'Conversation');
    this.startButton = h('button', { type: 'button', class: 'start', on: { click: () => this.start() } }, 'START');
    this.news = h('div', { class: 'sr-only', 'aria-live': 'polite' });
    fill(this.root.querySelector('.pane-body'), this.chats,
      h('div', { class: 'main' }, h('header', { class: 'room-head' }, this.title, this.about), this.tabs, this.conversation.node, this.startButton, this.composer.node), this.news);
  }

  // -- what the parts ask for ------------------------------------------------------------------------------------------

  act(path, body) {
    this.conversation.acts();
    return this.stage.act(path, { as: this.who, chat: this.room?.id ?? 'private', ...body });
  }

  say(text, more = {}) {
    const topic = this.room?.forum ? this.topic() : undefined;
    return trying(this.root, () => this.act('say', { text, topic, ...more }));
  }

  async press(message, button) {
    const named = button.data ? { data: button.data } : { label: button.label };
    const done = await trying(this.root, () => this.act('press', { message_id: message.id, ...named }));
    const answer = done?.answer;
    if (answer?.text && answer.show_alert) await tellIn(this.root, answer.text);
    else if (answer?.text) toast(this.root, answer.text);
  }

  async start(payload = '') {
    const mine = this.state.chats.find((c) => c.kind === 'private');
    this.go(mine.id);
    await trying(this.root, () => this.stage.act('start', { as: this.who, payload }));
  }

  remove(message) { return trying(this.root, () => this.act('delete', { message_id: message.id })); }

  reveal(id) {
    const found = this.list.querySelector(`[data-id="${Number(id)}"]`);
    found?.scrollIntoView({ block: 'center', behavior: 'smooth' });
    found?.classList.add('flash');
    setTimeout(() => found?.classList.remove('flash'), 1500);
  }

  // -- going somewhere -------------------------------------------------------------------------------------------------

  async as(name) {
    this.who = name;
    this.read.clear();
    this.place = null;
    this.fresh = true;
    this.composer.forget();
    await this.stage.look({ as: name });
  }

  /** Open a chat by id or title (`private`: with the bot) and, in a forum, a topic by name. */
  go(chat, topic) {
    this.wanted = { chat, topic };
    this.fresh = true;
    this.composer.forget();
    if (this.state) this.update(this.state);
  }

  topic() { return this.topics.get(this.room.id) ?? this.room.topics.find((t) => t.name === 'Review')?.id ?? GENERAL; }

  shownMessages() {
    if (!this.room) return [];
    const topic = this.room.forum ? this.topic() : 0;
    return this.room.messages.filter((m) => m.topic === topic);
  }

  // -- drawing ---------------------------------------------------------------------------------------------------------

  update(state) {
    this.state = state;
    this.me = state.as;
    const rank = { supergroup: 0, group: 1, private: 2 };
    this.all = [...state.chats].sort((a, b) => rank[a.kind] - rank[b.kind]);
    if (this.wanted) {
      const { chat, topic } = this.wanted;
      const found = this.all.find((c) => c.id === chat || c.title === chat || (chat === 'private' && c.kind === 'private'));
      if (found) {
        this.place = found.id;
        const named = found.topics.find((t) => t.name === topic || t.id === topic);
        if (named) this.topics.set(found.id, named.id);
      }
      this.wanted = null;
    }
    this.room = this.all.find((c) => c.id === this.place) ?? this.all[0];
    this.place = this.room?.id;
    if (!this.room) return;
    this.drawChats();
    this.drawRoom();
  }

  mark(chat, topic) { return `${chat.id}/${topic}`; }

  unread(chat, topic) {
    const here = chat.id === this.place && (!chat.forum || topic === this.topic());
    const last = chat.messages.filter((m) => !chat.forum || m.topic === topic).at(-1)?.id ?? 0;
    const name = this.mark(chat, topic);
    if (here || !this.read.has(name)) this.read.set(name, last);
    return last > this.read.get(name);
  }

  drawChats() {
    const entries = this.all.map((chat) => ({
      id: chat.id, title: chat.title, kind: chat.kind, current: chat.id === this.place,
      unread: (chat.forum ? chat.topics.map((t) => t.id) : [0]).map((t) => this.unread(chat, t)).some(Boolean),
    }));
    keep(this.chats, entries, (e) => e.id, (e) => h('button', {
      type: 'button', class: 'chat', 'aria-current': e.current ? 'page' : null, title: e.title, data: { focus: String(e.id) }, on: { click: () => this.go(e.id) },
    }, avatar(e.title, 'medium'), h('span', {}, e.title), e.unread ? h('span', { class: 'dot' }, h('span', { class: 'sr-only' }, 'unread')) : null));
    const { room } = this;
    this.tabs.hidden = !room.forum;
    const order = [...room.topics].sort((a, b) => (a.id === GENERAL) - (b.id === GENERAL) || a.id - b.id);
    const topics = room.forum ? order.map((t) => ({ ...t, current: t.id === this.topic(), unread: this.unread(room, t.id) })) : [];
    keep(this.tabs, topics, (t) => t.id, (t) => h('button', {
      type: 'button', role: 'tab', 'aria-selected': String(t.current), data: { focus: `topic-${t.id}` }, on: { click: () => this.go(room.id, t.id) },
    }, t.name, t.closed ? ' (closed)' : '', t.unread ? h('span', { class: 'dot' }, h('span', { class: 'sr-only' }, 'unread')) : null));
  }

  drawRoom() {
    const { room } = this;
    const isPrivate = room.kind === 'private';
    fill(this.title, room.title);
    this.about.textContent = isPrivate ? 'bot' : `${room.members.filter((m) => !['left', 'kicked'].includes(m.status)).length} members`;
    const messages = this.shownMessages();
    const last = messages.at(-1);
    if (!this.fresh && last && this.lastSeen && last.id > this.lastSeen) this.news.textContent = `New in ${room.title}: ${last.from.first_name} wrote.`;
    this.lastSeen = last?.id;
    const quotedTexts = new Map(room.messages.map((m) => [m.id, m.text.slice(0, 70)]));
    this.conversation.change(() => keep(this.list, bundles(messages), (b) => `${this.who}-${room.id}-${b.messages[0].id}`,
      (b) => drawBundle(b, this), (b) => JSON.stringify([b, quotedTexts.get(b.messages[0].reply_to)])), this.fresh);
    this.list.classList.toggle('empty', !messages.length);
    this.fresh = false;
    const waiting = isPrivate && (!room.started || room.blocked);
    this.startButton.hidden = !waiting;
    this.composer.node.hidden = waiting;
    this.composer.update(room, this.me);
  }
}
