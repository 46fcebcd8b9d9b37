// The network's pane: one visitor's timeline in threads, newest first, and their composer above it.

import { fill, h, keep } from '../dom.js';
import { trying } from '../overlay.js';
import { Composer } from './composer.js';
import { drawThread } from './status.js';
import { troubleButton } from './trouble.js';

export class MastodonPane {
  constructor(root, stage) {
    Object.assign(this, { root, stage, who: '', filter: '' });
    this.composer = new Composer(root, this);
    this.build();
    stage.watch((state) => this.update(state));
  }

  build() {
    this.tabs = h('div', { class: 'topics', role: 'tablist', 'aria-label': 'Timelines' });
    this.list = h('ol', { class: 'timeline', 'aria-label': 'Timeline' });
    this.scroller = h('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Timeline' }, this.list);
    this.news = h('div', { class: 'sr-only', 'aria-live': 'polite' });
    this.root.querySelector('.acting').before(troubleButton(this.root, this.stage));
    fill(this.root.querySelector('.pane-body'), h('div', { class: 'main' }, this.composer.node, this.tabs, this.scroller), this.news);
  }

  act(path, body) { return this.stage.act(`visit/${path}`, { as: this.who, ...body }); }

  toggle(post, name, on) { return trying(this.root, () => this.act(on ? `un${name}` : name, { id: post.id })); }

  remove(post) { return trying(this.root, () => this.act('delete', { id: post.id })); }

  async as(name) {
    this.who = name.toLowerCase();
    this.composer.forget();
    await this.stage.look({ as: this.who });
  }

  /** The post that an address of this network leads to; null for any other address. */
  leads(address) {
    const found = address.origin === new URL(this.stage.address).origin && /^\/@[\w.@-]+\/(\w+)$/.exec(address.pathname);
    return found ? found[1] : null;
  }

  /** Show a post, wherever it is. */
  open(id) {
    this.filter = '';
    this.update(this.state);
    this.reveal(id);
  }

  /** Scroll to a post once it is there, and let it shine for a moment. */
  reveal(id) {
    const show = (again) => {
      const found = [...this.list.querySelectorAll('.status')].find((node) => node.dataset.id === String(id));
      if (!found) { if (again) setTimeout(() => show(again - 1), 150); return; }
      found.scrollIntoView({ block: 'nearest', behavior: 'smooth' });
      found.classList.add('flash');
      setTimeout(() => found.classList.remove('flash'), 1500);
    };
    show(10);
  }

  threads() {
    const posts = this.state.timeline;
    const byThread = new Map();
    for (const post of posts) {
      if (post.reblog_of) continue;
      byThread.set(post.thread, [...(byThread.get(post.thread) ?? []), post]);
    }
    const made = [...byThread.values()].map((found) => {
      const [root, ...replies] = [...found].reverse();
      return { root, replies, newest: found[0].at, boosted: '' };
    });
    for (const post of posts.filter((one) => one.reblog_of)) made.push({ root: post.reblog_of, replies: [], newest: post.at, boosted: post.author.name, id: post.id });
    return made
      .filter((thread) => !this.filter || thread.root.author.username === this.filter || thread.boosted.toLowerCase() === this.filter)
      .sort((a, b) => b.newest.localeCompare(a.newest));
  }

  update(state) {
    this.state = state;
    this.handle = state.accounts.find((a) => a.username === this.who)?.acct ?? this.who;
    const ours = state.accounts.filter((a) => a.ours);
    const tabs = [{ id: '', label: 'Everything' }, ...ours.map((a) => ({ id: a.username, label: `@${a.username}` }))]
      .map((tab) => ({ ...tab, current: tab.id === this.filter }));
    keep(this.tabs, tabs, (t) => t.id, (t) => h('button', {
      type: 'button', role: 'tab', 'aria-selected': String(t.current), data: { focus: `tab-${t.id}` },
      on: { click: () => { this.filter = t.id; this.update(this.state); } },
    }, t.label));
    const threads = this.threads();
    const newest = state.timeline[0];
    if (this.newest && newest && newest.id !== this.newest && newest.author.username !== this.who) this.news.textContent = `${newest.author.name} posted.`;
    this.newest = newest?.id ?? 'none';
    keep(this.list, threads, (t) => `${this.who}-${t.id ?? t.root.id}`, (t) => drawThread(t, this), (t) => JSON.stringify([t.root, t.replies]));
    this.list.classList.toggle('empty', !threads.length);
    this.composer.counted();
  }
}
