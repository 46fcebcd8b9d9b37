// The Slack pane: rooms on the left, messages, the thread drawer, the app's Home, forms over all of it.

import { fill, h, icon, iconButton, keep } from '../dom.js';
import { toast, trying } from '../overlay.js';
import { avatar } from '../people.js';
import { Conversation } from '../scroll.js';
import { drawBlocks } from './blocks.js';
import { Composer } from './composer.js';
import { drawMessage, grouped } from './messages.js';
import { Modals } from './modal.js';

const newest = (channel) => channel.messages.flatMap((m) => [m.ts, ...m.replies.map((r) => r.ts)]).reduce((a, b) => (a > b ? a : b), '');

export class SlackPane {
  constructor(root, stage, hints) {
    Object.assign(this, { root, stage, command: hints.command, shortcuts: hints.shortcuts, who: '', place: 'C0REVIEW01', thread: null });
    this.context = { members: [], channels: [] };
    this.read = new Map();
    this.toldAt = new Date().toISOString();
    this.names = {
      member: (id) => this.context.members.find((m) => m.id === id)?.name,
      channel: (id) => this.context.channels.find((c) => c.id === id)?.name,
    };
    this.modals = new Modals(root, this);
    this.composer = new Composer(root, this, { label: 'Message' });
    this.threadComposer = new Composer(root, this, { label: 'Reply in this thread', thread: () => this.thread });
    this.threadComposer.placeholder('Reply …');
    this.build();
    stage.watch((state) => this.update(state));
  }

  build() {
    this.rooms = h('nav', { class: 'rooms', 'aria-label': 'Slack channels' });
    this.title = h('h3', {});
    this.about = h('span', { class: 'hint' });
    this.list = h('ol', { class: 'messages', 'aria-label': 'Messages' });
    this.conversation = new Conversation(this.list, 'Conversation');
    this.home = h('div', { class: 'home scroll', hidden: true, tabindex: '0', role: 'region', 'aria-label': 'App Home' });
    this.threadList = h('ol', { class: 'messages', 'aria-label': 'Thread' });
    this.threadConversation = new Conversation(this.threadList, 'Conversation of the thread');
    this.drawer = h('aside', { class: 'drawer', hidden: true, 'aria-label': 'Thread' },
      h('header', { class: 'room-head' }, h('h3', {}, 'Thread'), iconButton('close', 'Close the thread', () => this.closeThread())),
      this.threadConversation.node, this.threadComposer.node);
    this.drawer.addEventListener('keydown', (event) => { if (event.key === 'Escape') this.closeThread(); });
    this.news = h('div', { class: 'sr-only', 'aria-live': 'polite' });
    const main = h('div', { class: 'main' }, h('header', { class: 'room-head' }, this.title, this.about), this.conversation.node, this.home, this.composer.node, this.drawer);
    fill(this.root.querySelector('.pane-body'), this.rooms, main, this.news);
  }

  // -- what the parts ask for ------------------------------------------------------------------------------------------

  act(path, body) {
    for (const one of [this.conversation, this.threadConversation]) one.acts();
    return this.stage.act(path, { as: this.who, ...body });
  }

  toast(text) { toast(this.root, text); }

  forMessage(message) {
    const place = { channel: message.channel, ts: message.ts };
    return { ...this.forView(message), prefix: message.ts, press: (element, block, chosen) => this.press(place, element, block, chosen) };
  }

  forView(view) { return { pane: this.root, names: this.names, context: this.context, values: view.values }; }

  press(place, element, block, chosen) {
    const body = { ...place, action_id: element.action_id, block_id: block.block_id };
    if (element.type === 'button') body.value = element.value;
    else body.selected = chosen;
    return trying(this.root, () => this.act('press', body));
  }

  shortcut(callback, message) {
    return trying(this.root, () => this.act('shortcut', { callback_id: callback, channel: message.channel, ts: message.ts }));
  }

  edit(message, inThread) { (inThread ? this.threadComposer : this.composer).edit(message); }

  remove(message) { return trying(this.root, () => this.act('delete', { channel: message.channel, ts: message.ts })); }

  // -- going somewhere -------------------------------------------------------------------------------------------------

  /** Look through this member's eyes. */
  async as(name) {
    this.who = name;
    this.read.clear();
    this.closeThread();
    this.fresh = true;
    await this.stage.look({ as: name });
  }

  /** Open a channel by id or name, `home`, or `dm`. */
  go(place) {
    const found = this.context.channels.find((c) => place === c.id || place === c.name || (place === 'dm' && c.im));
    this.place = place === 'home' ? 'home' : found?.id ?? place;
    this.closeThread();
    this.fresh = true;
    if (this.place === 'home') trying(this.root, () => this.act('home', {}));
    if (this.state) this.update(this.state);
  }

  openThread(message) {
    this.thread = message.thread_ts ?? message.ts;
    this.drawer.hidden = false;
    this.update(this.state);
    this.threadConversation.toEnd();
    this.threadComposer.field.focus({ preventScroll: true });
  }

  closeThread() {
    if (!this.thread) return;
    this.thread = null;
    this.drawer.hidden = true;
    fill(this.threadList);
    this.composer.field.focus({ preventScroll: true });
  }

  // -- drawing ---------------------------------------------------------------------------------------------------------

  update(state) {
    this.state = state;
    this.me = state.me;
    this.context = { members: state.members, channels: state.channels };
    const shown = state.channels.find((c) => c.id === this.place);
    if (!shown && this.place !== 'home' && this.place !== 'dm') this.place = state.channels[0]?.id ?? 'home';
    this.drawRooms(state);
    if (this.place === 'home') this.drawHome(state.home);
    else this.drawRoom(state.channels.find((c) => c.id === this.place));
    this.modals.update(state.modals);
    for (const note of state.toasts.filter((one) => one.at > this.toldAt)) {
      toast(this.root, note.text, 'refused');
      this.toldAt = note.at;
    }
  }

  drawRooms(state) {
    const dm = state.channels.find((c) => c.im);
    const entries = [
      { id: 'home', sign: 'home', label: 'Home', unread: false },
      ...state.channels.filter((c) => !c.im).map((c) => ({ id: c.id, sign: c.private ? 'lock' : 'hash', label: c.name, unread: this.unread(c) })),
      { id: dm?.id ?? 'dm', sign: '', label: 'Bottega', unread: dm ? this.unread(dm) : false },
    ].map((entry) => ({ ...entry, current: entry.id === this.place || (this.place === 'dm' && !entry.sign) }));
    keep(this.rooms, entries, (e) => e.id, (e) => h('button', {
      type: 'button', class: `room${e.unread ? ' unread' : ''}`, 'aria-current': e.current ? 'page' : null,
      data: { focus: e.id }, on: { click: () => this.go(e.id) },
    }, e.sign ? icon(e.sign) : avatar('Bottega', 'tiny'), h('span', {}, e.label), e.unread ? h('span', { class: 'dot' }, h('span', { class: 'sr-only' }, 'unread')) : null));
  }

  unread(channel) {
    const latest = newest(channel);
    if (!this.read.has(channel.id) || channel.id === this.place) this.read.set(channel.id, latest);
    return latest > this.read.get(channel.id);
  }

  drawRoom(channel) {
    this.home.hidden = true;
    this.conversation.node.hidden = this.composer.node.hidden = false;
    const name = channel?.im || this.place === 'dm' ? 'Bottega' : channel?.name ?? '';
    fill(this.title, channel && !channel.im ? icon(channel.private ? 'lock' : 'hash') : avatar('Bottega', 'tiny'), name);
    this.about.textContent = channel && !channel.im ? `${channel.members.length} members${channel.bot ? '' : ' · the bot is not here'}` : 'Direct message';
    this.composer.placeholder(`Message ${channel && !channel.im ? '#' : ''}${name}`);
    const messages = channel?.messages ?? [];
    const latest = channel ? newest(channel) : '';
    if (!this.fresh && this.latest && latest > this.latest) this.news.textContent = `New in ${name}: ${messages.at(-1)?.name} wrote.`;
    this.latest = latest;
    this.conversation.change(() => keep(this.list, grouped(messages), (g) => `${this.who}-${g.message.ts}`,
      (g) => drawMessage(g.message, this, { follows: g.follows })), this.fresh);
    this.list.classList.toggle('empty', !messages.length);
    this.fresh = false;
    const parent = this.thread && messages.find((m) => m.ts === this.thread);
    if (this.thread && !parent) this.closeThread();
    if (parent) {
      const all = [{ message: { ...parent, replies: [] }, follows: false }, ...grouped(parent.replies)];
      this.threadConversation.change(() => keep(this.threadList, all, (g) => `${this.who}-${g.message.ts}`,
        (g) => drawMessage(g.message, this, { inThread: true, follows: g.follows })));
    }
  }

  drawHome(view) {
    this.home.hidden = false;
    this.conversation.node.hidden = this.composer.node.hidden = true;
    fill(this.title, avatar('Bottega', 'tiny'), 'Bottega');
    this.about.textContent = 'Home';
    const drawing = view && { ...this.forView(view), prefix: view.id, press: (element, block, chosen) => this.press({ view_id: view.id }, element, block, chosen) };
    keep(this.home, view ? [view] : [], (v) => v.id, (v) => h('div', { class: 'home-view' }, drawBlocks(v.blocks, drawing)), (v) => JSON.stringify(v.blocks));
    this.home.classList.toggle('empty', !view);
  }
}
