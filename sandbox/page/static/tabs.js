// Tabs that choose among panes, with a dot where something is new; arrow keys move.

import { h } from './dom.js';

export class Tabs {
  /** In `list`: `titles` {pane: title}; `choose(pane)` is called when somebody does. */
  constructor(list, titles, choose) {
    this.list = list;
    const names = Object.keys(titles);
    list.append(...names.map((pane) => h('button', {
      type: 'button', role: 'tab', 'aria-controls': pane, class: `tab tab-${pane}`, data: { pane }, on: { click: () => choose(pane) },
    }, titles[pane], h('span', { class: 'dot' }))));
    list.addEventListener('keydown', (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      const next = names[(names.indexOf(this.current) + step + names.length) % names.length];
      choose(next);
      this.tab(next).focus();
    });
  }

  tab(pane) { return this.list.querySelector(`[data-pane="${pane}"]`); }

  /** This pane is shown now. */
  show(pane) {
    if (!this.tab(pane)) return;
    this.current = pane;
    for (const tab of this.list.children) {
      const current = tab.dataset.pane === pane;
      tab.setAttribute('aria-selected', String(current));
      tab.tabIndex = current ? 0 : -1;
      if (current) tab.classList.remove('news');
    }
    this.tab(pane).scrollIntoView?.({ block: 'nearest', inline: 'nearest' });
  }

  /** Something is new in a pane. */
  news(pane) {
    if (pane !== this.current) this.tab(pane)?.classList.add('news');
  }
}
