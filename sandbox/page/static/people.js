// Who is who: colours, initials, and one sentence about each.

import { h } from './dom.js';

export const TEAM = [
  { name: 'Ada', role: 'writes and publishes' },
  { name: 'Bruno', role: 'approves and publishes' },
  { name: 'Chiara', role: 'approves, answers, in Italian' },
  { name: 'Dario', role: 'runs the desk' },
  { name: 'Eve', role: 'a stranger' },
];

const COLOURS = {
  Ada: 'terracotta', Bruno: 'pine', Chiara: 'plum', Dario: 'ochre', Eve: 'slate', Bottega: 'bot',
  Nora: 'rose', Oleg: 'sea', Pia: 'moss', Acme: 'acme', 'Acme Italia': 'acme-it', Desk: 'sea', 'Review room': 'moss',
};

/** A round picture with the first letter; decoration only, the name always stands beside it. */
export function avatar(name, size = '') {
  const colour = COLOURS[name] ?? COLOURS[name.split(' ')[0]] ?? 'slate';
  return h('span', { class: `avatar avatar-${colour} ${size}`, 'aria-hidden': 'true' }, name === 'Bottega' ? '⌂' : (name[0] ?? '?').toUpperCase());
}

const CLOCK = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const FULL = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'short' });

/** A time element for Unix seconds. */
export function clock(seconds) {
  const at = new Date(seconds * 1000);
  return h('time', { datetime: at.toISOString(), title: FULL.format(at) }, CLOCK.format(at));
}
