// A message's segments as nodes: plain pieces with styles; quotes and code blocks joined over their pieces.

import { h, link, safeUrl } from '../dom.js';

const TAGS = { bold: 'b', italic: 'i', underline: 'u', strikethrough: 's', code: 'code' };
const BLOCKS = { blockquote: 'blockquote', expandable_blockquote: 'blockquote', pre: 'pre' };

function piece(segment, desk) {
  let node = segment.text;
  for (const style of segment.styles) if (TAGS[style]) node = h(TAGS[style], {}, node);
  if (segment.styles.includes('spoiler')) node = spoiler(node);
  const command = segment.styles.includes('bot_command');
  if (command) return h('button', { type: 'button', class: 'textual', on: { click: () => desk.say(segment.text) } }, node);
  const target = segment.url ?? (segment.styles.includes('url') ? withScheme(segment.text) : null);
  if (target) return deepLink(target, desk, node) ?? link(target, node);
  if (segment.styles.some((s) => ['mention', 'text_mention', 'hashtag'].includes(s))) return h('span', { class: 'mention' }, node);
  return node;
}

const withScheme = (text) => (/^https?:/.test(text) ? text : `https://${text}`);

/** A link to the bot itself with a start parameter opens the private chat, as in the app. */
function deepLink(target, desk, node) {
  const address = safeUrl(target) && new URL(target, location.href);
  if (!address || address.hostname !== 't.me' || !address.searchParams.has('start')) return null;
  return h('button', { type: 'button', class: 'textual', on: { click: () => desk.start(address.searchParams.get('start')) } }, node);
}

function spoiler(node) {
  const hidden = h('span', { class: 'spoiler', role: 'button', tabindex: '0', 'aria-label': 'Hidden text; press to show' }, node);
  const show = () => { hidden.classList.add('shown'); hidden.removeAttribute('role'); hidden.removeAttribute('aria-label'); };
  hidden.addEventListener('click', show);
  hidden.addEventListener('keydown', (event) => { if (event.key === 'Enter' || event.key === ' ') show(); });
  return hidden;
}

/** Without the line breaks around quotes and code, which stand apart anyhow. */
function trimmed(list) {
  const apart = (segment) => Boolean(segment?.styles.some((style) => BLOCKS[style]));
  return list.map((segment, at) => {
    if (apart(segment)) return segment;
    const after = apart(list[at - 1]) ? segment.text.replace(/^\n/, '') : segment.text;
    return { ...segment, text: apart(list[at + 1]) ? after.replace(/\n$/, '') : after };
  });
}

/** All segments of a message. `desk` can `say` a command and `start` with a payload. */
export function segments(list, desk) {
  const nodes = [];
  let open = null;
  for (const segment of trimmed(list)) {
    const block = segment.styles.find((style) => BLOCKS[style]);
    if (!block) {
      open = null;
      nodes.push(piece(segment, desk));
      continue;
    }
    if (open?.block !== block) {
      const inside = h(BLOCKS[block], {});
      open = { block, inside };
      nodes.push(block === 'expandable_blockquote' ? h('details', { class: 'expandable' }, h('summary', {}, 'Quote'), inside) : inside);
    }
    open.inside.append(piece(segment, desk));
  }
  return nodes;
}
