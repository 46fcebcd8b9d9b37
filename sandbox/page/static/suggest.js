// Suggestions while somebody types: commands and people.

import { h } from './dom.js';

let serial = 0;

/**
 * Offer completions for a textarea. `find(before)` gets the text before the caret and returns
 * {from, items: [{insert, label, hint}]} or null. Arrow keys choose, Tab and Enter take, Esc hides.
 */
export function suggest(field, find) {
  serial += 1;
  const list = h('ul', { class: 'suggestions', role: 'listbox', id: `suggestions-${serial}`, hidden: true, 'aria-label': 'Suggestions' });
  Object.entries({ role: 'combobox', 'aria-autocomplete': 'list', 'aria-expanded': 'false', 'aria-controls': list.id })
    .forEach(([name, value]) => field.setAttribute(name, value));
  let found = null;
  let chosen = 0;

  function hide() {
    found = null;
    list.hidden = true;
    field.setAttribute('aria-expanded', 'false');
    field.removeAttribute('aria-activedescendant');
  }

  function take(at) {
    const { from } = found;
    const { insert } = found.items[at];
    field.setRangeText(insert, from, field.selectionStart, 'end');
    hide();
    field.dispatchEvent(new Event('input'));
    field.focus();
  }

  function draw() {
    list.replaceChildren(...found.items.map((item, at) => h('li', {
      role: 'option', id: `${list.id}-${at}`, 'aria-selected': String(at === chosen),
      on: { mousedown: (event) => { event.preventDefault(); take(at); } },
    }, h('b', {}, item.label), item.hint ? h('span', {}, item.hint) : null)));
    list.hidden = false;
    field.setAttribute('aria-expanded', 'true');
    field.setAttribute('aria-activedescendant', `${list.id}-${chosen}`);
    list.children[chosen]?.scrollIntoView({ block: 'nearest' });
  }

  field.addEventListener('input', () => {
    found = find(field.value.slice(0, field.selectionStart));
    chosen = 0;
    if (found?.items.length) draw();
    else hide();
  });
  field.addEventListener('blur', hide);
  field.addEventListener('keydown', (event) => {
    if (!found) return;
    const { length } = found.items;
    if (event.key === 'ArrowDown') chosen = (chosen + 1) % length;
    else if (event.key === 'ArrowUp') chosen = (chosen + length - 1) % length;
    else if (event.key === 'Tab' || event.key === 'Enter') { event.preventDefault(); event.stopImmediatePropagation(); take(chosen); return; }
    else if (event.key === 'Escape') { event.stopPropagation(); hide(); return; }
    else return;
    event.preventDefault();
    draw();
  });
  return list;
}

/** A textarea grows with its text, up to a third of the window. */
export function grows(field) {
  const fit = () => {
    field.style.height = 'auto';
    const most = innerHeight / 3;
    field.style.height = `${Math.min(field.scrollHeight, most)}px`;
    field.style.overflowY = field.scrollHeight > most ? 'auto' : 'hidden';
  };
  field.addEventListener('input', fit);
  field.style.overflowY = 'hidden';
  return fit;
}
