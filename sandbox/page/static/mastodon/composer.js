// Where a visitor writes: a new post, an answer, or a change of their own post.

import { fill, h, icon, iconButton } from '../dom.js';
import { Attachments } from '../files.js';
import { trying } from '../overlay.js';
import { grows, suggest } from '../suggest.js';

const VISIBILITIES = [['public', 'Public'], ['unlisted', 'Quiet public'], ['private', 'Followers'], ['direct', 'Only mentioned']];

export class Composer {
  constructor(pane, desk) {
    Object.assign(this, { pane, desk, about: null });
    this.attachments = new Attachments({ alt: true, accept: 'image/*,video/*', most: 4, label: 'Add a picture' });
    this.field = h('textarea', { rows: 2, 'aria-label': 'What is on your mind?', placeholder: 'What is on your mind?' });
    this.fit = grows(this.field);
    this.attachments.listenTo(this.field);
    const list = suggest(this.field, (before) => this.suggestions(before));
    this.warning = h('input', { type: 'text', placeholder: 'Content warning', 'aria-label': 'Content warning', hidden: true });
    this.warningButton = h('button', { type: 'button', class: 'chip', 'aria-pressed': 'false', title: 'Hide it behind a content warning', on: { click: () => this.warn(this.warning.hidden) } }, 'CW');
    this.visibility = h('select', { 'aria-label': 'Who sees it' }, VISIBILITIES.map(([value, label]) => h('option', { value }, label)));
    this.count = h('span', { class: 'count' });
    this.banner = h('div', { class: 'reply-banner', hidden: true });
    this.send = h('button', { type: 'submit', class: 'button primary' }, 'Post');
    this.node = h('form', { class: 'composer' }, list, this.banner, this.warning, this.field, this.attachments.strip,
      h('div', { class: 'composer-row' }, this.attachments.button, this.attachments.input, this.warningButton, this.visibility, this.count, this.send));
    this.field.addEventListener('input', () => this.counted());
    this.node.addEventListener('submit', (event) => { event.preventDefault(); this.submit(); });
    this.node.addEventListener('keydown', (event) => {
      if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) { event.preventDefault(); this.submit(); }
      if (event.key === 'Escape' && this.about) { event.stopPropagation(); this.forget(); }
    });
    this.counted();
  }

  /** Characters as the server counts them, near enough to guide: links take 23, far domains of mentions nothing. */
  counted() {
    const text = this.field.value.replace(/https?:\/\/\S+/g, 'x'.repeat(23)).replace(/(@\w+)@[\w.-]+/g, '$1');
    this.count.textContent = String((this.desk.state?.max_characters ?? 500) - [...text].length - [...this.warning.value].length);
  }

  put(text) {
    this.field.value = text;
    this.field.focus();
    this.field.setSelectionRange(text.length, text.length);
    this.fit();
    this.counted();
  }

  warn(on, text = '') {
    this.warning.hidden = !on;
    this.warning.value = text;
    this.warningButton.setAttribute('aria-pressed', String(on));
    if (on && !text) this.warning.focus();
  }

  replyTo(post) {
    const others = post.mentions.filter((acct) => acct !== this.desk.handle && acct !== post.author.acct);
    const names = [...(post.author.acct === this.desk.handle ? [] : [post.author.acct]), ...others].map((acct) => `@${acct} `).join('');
    this.about = { kind: 'reply', post };
    this.visibility.value = post.visibility;
    this.show(`Answer to ${post.author.name}`, post.text);
    this.warn(Boolean(post.warning), post.warning);
    this.put(names);
  }

  edit(post) {
    this.about = { kind: 'edit', post };
    this.show('Change your post', post.text);
    this.warn(Boolean(post.warning), post.warning);
    this.put(post.text);
    this.send.textContent = 'Save';
  }

  show(title, words) {
    fill(this.banner, icon('reply'), h('div', {}, h('b', {}, title), h('span', {}, words.replace(/\s+/g, ' ').slice(0, 90))), iconButton('close', 'Never mind', () => this.forget()));
    this.banner.hidden = false;
    this.node.scrollIntoView({ block: 'nearest' });
  }

  forget() {
    this.about = null;
    this.banner.hidden = true;
    this.visibility.value = 'public';
    this.send.textContent = 'Post';
    this.warn(false);
    this.field.value = '';
    this.fit();
    this.counted();
  }

  suggestions(before) {
    const mention = /(?:^|\s)@(\w*)$/.exec(before);
    const accounts = this.desk.state?.accounts ?? [];
    const items = mention ? accounts.filter((a) => a.username.startsWith(mention[1].toLowerCase()) && a.username !== this.desk.who) : [];
    return items.length ? { from: before.length - mention[1].length - 1, items: items.map((a) => ({ insert: `@${a.acct} `, label: a.name, hint: `@${a.acct}` })) } : null;
  }

  async submit() {
    const text = this.field.value.trim();
    const { about } = this;
    const warning = this.warning.hidden ? '' : this.warning.value.trim();
    if (!text && !this.attachments.files.length) return;
    const done = await trying(this.pane, () => {
      if (about?.kind === 'edit') return this.desk.act('edit', { id: about.post.id, text, warning });
      const media = this.attachments.files.map(({ preview, ...file }) => file);
      return this.desk.act('post', { text, warning, visibility: this.visibility.value, reply_to: about?.post.id, media });
    });
    if (!done) return;
    this.attachments.take();
    this.forget();
    this.desk.reveal(done.id);
  }
}
