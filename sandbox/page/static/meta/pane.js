// A Page on Facebook or an account on Instagram: what it is, its posts, newest first, and where a visitor writes.

import { fill, h, keep } from '../dom.js';
import { trying } from '../overlay.js';
import { avatar } from '../people.js';
import { Composer } from './composer.js';
import { hourButton } from './hour.js';
import { drawPost } from './post.js';

export class MetaPane {
  /** `network`: FACEBOOK or INSTAGRAM. */
  constructor(root, stage, network) {
    Object.assign(this, { root, stage, network, who: '' });
    this.composer = new Composer(root, this);
    this.build();
    stage.watch((state) => this.update(state));
  }

  build() {
    this.head = h('div', { class: 'profiles' });
    this.list = h('ol', { class: 'timeline', 'aria-label': `Posts on ${this.network.name}` });
    this.scroller = h('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': `Posts on ${this.network.name}` }, this.head, this.list);
    this.root.querySelector('.acting').before(hourButton(this.root, this.stage));
    fill(this.root.querySelector('.pane-body'), h('div', { class: 'main' }, this.composer.node, this.scroller));
  }

  /** Do something as the visitor; a refusal is shown as its sentence. */
  act(deed, ...given) { return trying(this.root, () => this.network[deed](this.stage, this.who, ...given)); }

  async as(name) {
    this.who = name.toLowerCase();
    this.composer.forget();
    await this.stage.refresh();
  }

  /** What changes when there is something new to see here. */
  mark(state) {
    const under = (comment) => [comment.id, comment.text, comment.replies.map(under)];
    return JSON.stringify(this.network.read(state, '').posts.map((post) => [post.id, post.text, post.comments.map(under)]));
  }

  /** The post or comment here that an address of the sandbox leads to; null for any other address. */
  leads(address) {
    const found = address.origin === new URL(this.stage.address).origin && /^\/www\/(\w+)$/.exec(address.pathname);
    return found && this.shown(found[1]) ? found[1] : null;
  }

  shown(id) { return [...this.list.querySelectorAll('[data-id]')].find((node) => node.dataset.id === id); }

  /** Scroll to a post or comment, and let it shine for a moment. */
  open(id) {
    const found = this.shown(id);
    if (!found) return;
    found.scrollIntoView({ block: 'nearest', behavior: 'smooth' });
    found.classList.add('flash');
    setTimeout(() => found.classList.remove('flash'), 1500);
  }

  update(state) {
    const profile = this.network.read(state, this.who);
    const { posts, stories, ...about } = profile;
    this.profile = profile;
    keep(this.head, [{ ...about, stories }], () => 'profile', (one) => this.drawProfile(one));
    keep(this.list, posts, (post) => `${this.who}-${post.id}`, (post) => drawPost(post, this));
    this.list.classList.toggle('empty', !posts.length);
    this.composer.named(profile.name);
  }

  drawProfile(profile) {
    const people = new Intl.NumberFormat().format(profile.people);
    return h('div', { class: 'profile' },
      profile.cover ? h('img', { class: 'cover', src: profile.cover, alt: '' }) : null,
      h('div', { class: 'profile-line' },
        profile.picture ? h('img', { class: 'portrait', src: profile.picture, alt: '' }) : avatar(profile.name),
        h('div', { class: 'names' }, h('b', {}, profile.name), h('span', { class: 'handle' }, `${profile.handle} · ${people} ${this.network.followers}`))),
      profile.about ? h('p', {}, profile.about) : null,
      profile.stories.length ? h('div', { class: 'stories', role: 'group', 'aria-label': 'Stories' }, profile.stories.map((story) =>
        (story.film ? h('video', { src: story.url, controls: true, 'aria-label': 'Story' }) : h('img', { src: story.url, alt: 'Story' })))) : null);
  }
}
