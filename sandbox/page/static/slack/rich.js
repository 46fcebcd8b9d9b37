// The rich_text block: sections, lists, quotes and preformatted text; nothing in it is parsed.

import { h, link } from '../dom.js';
import { emoji } from './text.js';

const STYLES = { bold: 'b', italic: 'i', strike: 's', underline: 'u', code: 'code' };

function styled(node, style = {}) {
  return Object.entries(STYLES).reduce((inner, [name, tag]) => (style[name] ? h(tag, {}, inner) : inner), node);
}

function piece(element, names) {
  const { style } = element;
  switch (element.type) {
    case 'text': return styled(element.text, style);
    case 'link': return styled(link(element.url, element.text || element.url), style);
    case 'user': return styled(h('span', { class: 'mention' }, `@${names.member(element.user_id) ?? element.user_id}`), style);
    case 'channel': return styled(h('span', { class: 'mention' }, `#${names.channel(element.channel_id) ?? element.channel_id}`), style);
    case 'broadcast': return h('span', { class: 'mention broadcast' }, `@${element.range}`);
    case 'usergroup': return h('span', { class: 'mention broadcast' }, `@${element.usergroup_id}`);
    case 'emoji': return emoji(`:${element.name}:`);
    case 'date': return element.fallback || new Date(element.timestamp * 1000).toLocaleString();
    default: return element.text ?? '';
  }
}

function pieces(part, names) {
  return (part.elements ?? []).map((element) => piece(element, names));
}

function part(element, names) {
  switch (element.type) {
    case 'rich_text_quote': return h('blockquote', {}, pieces(element, names));
    case 'rich_text_preformatted': return h('pre', {}, pieces(element, names));
    case 'rich_text_list': {
      const tag = element.style === 'ordered' ? 'ol' : 'ul';
      return h(tag, { class: `indent-${element.indent ?? 0}` }, element.elements.map((item) => h('li', {}, pieces(item, names))));
    }
    default: return h('div', { class: 'rich-section' }, pieces(element, names));
  }
}

/** The block as one element. */
export function richText(block, names) {
  return h('div', { class: 'rich' }, block.elements.map((element) => part(element, names)));
}
