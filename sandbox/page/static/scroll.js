// A conversation that scrolls: it follows its end while one is there, and leads back to it from anywhere else.

import { h, iconButton } from './dom.js';

//: Pixels from the end that still count as being there; milliseconds within which news answers what one did.
const NEAR = 80;
const ANSWER = 5000;

export class Conversation {
  /** Around `list`, whose items carry data-id; `label`: its name for those who hear the page. */
  constructor(list, label) {
    this.list = list;
    this.stays = true;
    this.top = 0;
    this.asked = 0;
    this.button = iconButton('down', 'To the newest message', () => this.toEnd(), { class: 'icon-button to-end', hidden: true });
    this.node = h('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': label }, list, this.button);
    this.node.addEventListener('scroll', () => this.look());
    // Pictures that arrive late, and another size of the window, must not push the end out of sight.
    const sizes = new ResizeObserver(() => {
      this.notice();
      if (this.stays) this.toEnd();
      else this.look();
    });
    sizes.observe(this.node);
    sizes.observe(list);
  }

  /** Somebody acts here: the next message, if it comes at once, is brought into sight. */
  acts() { this.asked = Date.now(); }

  /** Let `draw` change the list; then be at its end if `fresh`, if one was there, or if one is being answered. */
  change(draw, fresh = false) {
    this.notice();
    const last = this.list.lastElementChild?.dataset.id;
    draw();
    const answered = this.list.lastElementChild?.dataset.id !== last && Date.now() - this.asked < ANSWER;
    if (answered) this.asked = 0;
    if (fresh || answered || this.stays) this.toEnd();
    else this.look();
  }

  toEnd() {
    this.node.scrollTop = this.node.scrollHeight;
    this.top = this.node.scrollTop;
    this.stays = true;
    this.button.hidden = true;
  }

  /** Somebody may have scrolled away this very moment: the event comes a frame later than news can. */
  notice() {
    if (this.node.scrollTop !== this.top) this.look();
  }

  look() {
    this.top = this.node.scrollTop;
    this.stays = this.node.scrollHeight - this.node.scrollTop - this.node.clientHeight < NEAR;
    this.button.hidden = this.stays;
  }
}
