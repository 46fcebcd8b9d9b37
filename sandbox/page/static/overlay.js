// Dialogs, menus and toasts that stay inside one pane, so that the other panes can be watched meanwhile.

import { h, icon } from './dom.js';

/** Lay `content` over the pane. Esc and a press beside it call `dismiss`. Returns a function that takes it away. */
export function overlay(pane, content, { label, dismiss, kind = '' }) {
  const body = pane.querySelector('.pane-body');
  const before = document.activeElement;
  const box = h('div', { class: `dialog ${kind}`, role: 'dialog', 'aria-label': label, tabindex: '-1' }, content);
  const veil = h('div', { class: 'veil', on: { mousedown: (event) => { if (event.target === veil) dismiss(); } } }, box);
  veil.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    event.stopPropagation();
    dismiss();
  });
  pane.append(veil);
  body.inert = true;
  (box.querySelector('[autofocus], input, textarea, select') ?? box.querySelector('button') ?? box).focus({ preventScroll: true });
  return () => {
    veil.remove();
    if (!pane.querySelector('.veil')) body.inert = false;
    if (before?.isConnected) before.focus({ preventScroll: true });
  };
}

/** Ask yes or no; a promise of true or false. */
export function confirmIn(pane, { title, text, yes = 'OK', no = 'Cancel', danger = false }) {
  return new Promise((answer) => {
    const done = (value) => { close(); answer(value); };
    const content = [
      title ? h('h3', {}, title) : null,
      h('p', {}, text),
      h('div', { class: 'dialog-actions' },
        no === null ? null : h('button', { type: 'button', class: 'button', on: { click: () => done(false) } }, no),
        h('button', { type: 'button', class: `button ${danger ? 'danger' : 'primary'}`, autofocus: true, on: { click: () => done(true) } }, yes)),
    ];
    const close = overlay(pane, content, { label: title || text, dismiss: () => done(false), kind: 'small' });
  });
}

/** Tell something that has to be read. */
export function tellIn(pane, text) {
  return confirmIn(pane, { title: '', text, yes: 'OK', no: null });
}

/** A note that goes away by itself; read out by screen readers. */
export function toast(pane, text, kind = '') {
  let tray = pane.querySelector('.toasts');
  if (!tray) {
    tray = h('div', { class: 'toasts', role: 'status', 'aria-live': 'polite' });
    pane.append(tray);
  }
  const note = h('div', { class: `toast ${kind}` }, text);
  tray.append(note);
  setTimeout(() => note.remove(), Math.max(4000, text.length * 70));
}

/** Run something that the sandbox may refuse and show its sentence. Returns what it returned, or undefined. */
export async function trying(pane, deed) {
  try {
    return await deed();
  } catch (error) {
    toast(pane, error.message, 'refused');
    return undefined;
  }
}

/** A button that opens a small menu; `items()` gives [{label, icon?, act, danger?}]. Arrow keys move, Esc closes. */
export function menuButton(button, items) {
  button.setAttribute('aria-haspopup', 'menu');
  button.setAttribute('aria-expanded', 'false');
  button.addEventListener('click', (event) => {
    event.stopPropagation();
    if (button.getAttribute('aria-expanded') === 'true') return;
    const entries = items().map(({ label, icon: sign, act, danger }) =>
      h('button', { type: 'button', role: 'menuitem', class: danger ? 'danger' : '', on: { click: () => { close(); act(); } } },
        sign ? icon(sign) : null, label));
    const menu = h('div', { class: 'menu', role: 'menu' }, entries);
    const outside = (press) => { if (!menu.contains(press.target)) close(); };
    function close() {
      menu.remove();
      document.removeEventListener('pointerdown', outside);
      button.setAttribute('aria-expanded', 'false');
      if (button.isConnected) button.focus({ preventScroll: true });
    }
    menu.addEventListener('keydown', (key) => {
      const at = entries.indexOf(document.activeElement);
      const moves = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: entries.length - 1 };
      if (key.key === 'Escape' || key.key === 'Tab') { key.stopPropagation(); close(); }
      if (!(key.key in moves)) return;
      key.preventDefault();
      entries.at(moves[key.key] % entries.length).focus();
    });
    place(menu, button);
    document.addEventListener('pointerdown', outside);
    button.setAttribute('aria-expanded', 'true');
    entries[0]?.focus({ preventScroll: true });
  });
  return button;
}

function place(menu, button) {
  document.body.append(menu);
  const around = button.getBoundingClientRect();
  const { width, height } = menu.getBoundingClientRect();
  const left = Math.min(Math.max(8, around.right - width), innerWidth - width - 8);
  const below = around.bottom + height + 8 < innerHeight;
  menu.style.left = `${left}px`;
  menu.style.top = `${below ? around.bottom + 4 : around.top - height - 4}px`;
}
