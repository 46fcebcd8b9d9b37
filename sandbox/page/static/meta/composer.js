// Where a visitor writes: on the Page itself where the network has that, a comment, an answer, or a change of a comment.

import { fill, h, icon, iconButton } from '../dom.js';
import { grows } from '../suggest.js';

export class Composer {
  constructor(pane, desk) {
    Object.assign(this, { pane, desk, about: null, name: '' });
    this.field = h('textarea', { rows: 1 });
    this.fit = grows(this.field);
    this.banner = h('div', { class: 'reply-banner', hidden: true });
    this.send = h('button', { type: 'submit', class: 'button primary' }, 'Post');
    this.node = h('form', { class: 'composer' }, this.banner, h('div', { class: 'composer-row' }, this.field, this.send));
    this.node.addEventListener('submit', (event) => { event.preventDefault(); this.submit(); });
    this.node.addEventListener('keydown', (event) => {
      if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) { event.preventDefault(); this.submit(); }
      if (event.key === 'Escape' && this.about) { event.stopPropagation(); this.forget(); }
    });
    this.forget();
  }

  /** Whose page this is. */
  named(name) {
    if (name === this.name) return;
    this.name = name;
    this.label();
  }

  comment(post) { this.begin('comment', post, `Comment on “${brief(post.text) || post.label || 'a picture'}”`); }

  reply(comment) { this.begin('comment', comment, `Answer to ${comment.author.name}: “${brief(comment.text)}”`); }

  edit(node) {
    this.begin('edit', node, 'Change your words');
    this.field.value = node.text;
    this.fit();
  }

  begin(deed, node, title) {
    this.about = { deed, id: node.id };
    this.field.value = '';
    fill(this.banner, icon('reply'), h('div', {}, h('span', {}, title)), iconButton('close', 'Never mind', () => this.forget()));
    this.label();
    this.node.scrollIntoView({ block: 'nearest' });
    this.field.focus();
  }

  forget() {
    this.about = null;
    this.field.value = '';
    this.fit();
    this.label();
  }

  /** Words and buttons for what is being written; nothing can be where the network has no posts of visitors. */
  label() {
    this.node.hidden = !this.about && !this.desk.network.write;
    this.banner.hidden = !this.about;
    this.send.textContent = this.about?.deed === 'edit' ? 'Save' : 'Post';
    const words = { comment: 'Write a comment', edit: 'Your words' }[this.about?.deed] ?? `Write on ${this.name}’s Page`;
    this.field.setAttribute('aria-label', words);
    this.field.placeholder = words;
  }

  async submit() {
    const text = this.field.value.trim();
    if (!text) return;
    const done = this.about ? await this.desk.act(this.about.deed, this.about.id, text) : await this.desk.act('write', text);
    if (done) this.forget();
  }
}

function brief(text) {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > 60 ? `${line.slice(0, 60)}…` : line;
}
