// Words people wrote, as nodes: lines stay lines, addresses become links; and when they wrote them.

import { h, link } from '../dom.js';

const ADDRESS = /(https?:\/\/[^\s<>"]*[^\s<>".,;:!?)\]])/;

/** A text with its addresses as links. */
export function words(text) {
  return text.split(ADDRESS).map((part, at) => (at % 2 ? link(part, part) : part));
}

/** When something was written. */
export function written({ at, edited }) {
  const moment = at.replace(/\+0000$/, 'Z');
  const date = new Date(moment);
  const label = date.toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit' });
  return h('time', { datetime: moment, title: date.toLocaleString() }, label, edited ? ' · edited' : '');
}
