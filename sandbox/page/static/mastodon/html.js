// A post's HTML as nodes: read without being run, and only the few kinds of element that posts have are copied.

import { h, link } from '../dom.js';

const PLAIN = { P: 'p', BR: 'br', SPAN: 'span', STRONG: 'b', B: 'b', EM: 'i', I: 'i', DEL: 's', CODE: 'code', PRE: 'pre', UL: 'ul', OL: 'ol', LI: 'li', BLOCKQUOTE: 'blockquote' };
const CLASSES = ['invisible', 'ellipsis'];

function copied(node) {
  if (node.nodeType === Node.TEXT_NODE) return node.textContent;
  if (node.nodeType !== Node.ELEMENT_NODE) return null;
  const inside = [...node.childNodes].map(copied);
  if (node.tagName === 'A') return link(node.getAttribute('href') ?? '', inside);
  const tag = PLAIN[node.tagName];
  const known = CLASSES.filter((name) => node.classList.contains(name)).join(' ');
  return tag ? h(tag, { class: known || null }, inside) : inside;
}

/** The nodes of a post's content. */
export function content(html) {
  const read = new DOMParser().parseFromString(html, 'text/html');
  return [...read.body.childNodes].map(copied);
}
