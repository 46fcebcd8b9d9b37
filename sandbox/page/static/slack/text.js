// Slack's texts as nodes: mrkdwn with its escapes, plain text, and the markdown block.

import { h, link } from '../dom.js';

const EMOJI = {
  tada: '🎉', wave: '👋', white_check_mark: '✅', x: '❌', warning: '⚠️', eyes: '👀', heart: '❤️', fire: '🔥', rocket: '🚀',
  thumbsup: '👍', '+1': '👍', '-1': '👎', smile: '😄', grinning: '😀', pencil: '📝', calendar: '📅', hourglass: '⌛',
  bulb: '💡', lock: '🔒', bell: '🔔', link: '🔗', speech_balloon: '💬', raised_hands: '🙌', pray: '🙏', clap: '👏',
};

export const decoded = (text) => text.replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&amp;/g, '&');
export const emoji = (text) => text.replace(/:([a-z0-9_+-]+):/g, (whole, name) => EMOJI[name] ?? whole);

/** A reference between angle brackets: member, channel, everybody, or a link. */
export function reference(inside, names) {
  const [target, label] = inside.split('|');
  if (target.startsWith('@')) return h('span', { class: 'mention' }, `@${names.member(target.slice(1)) ?? label ?? target.slice(1)}`);
  if (target.startsWith('#')) return h('span', { class: 'mention' }, `#${names.channel(target.slice(1)) ?? label ?? target.slice(1)}`);
  if (target.startsWith('!date')) return label ?? '';
  if (target.startsWith('!')) return h('span', { class: 'mention broadcast' }, `@${label ?? target.slice(1)}`);
  return link(decoded(target), decoded(label ?? target));
}

const INLINE = /(`[^`\n]+`)|(<[^<>\n]+>)|(?<![\w*])\*(?=\S)([^*\n]*[^*\s])\*(?![\w*])|(?<![\w_])_(?=\S)([^_\n]*[^_\s])_(?![\w_])|(?<![\w~])~(?=\S)([^~\n]*[^~\s])~(?![\w~])/;

function inline(text, names) {
  const nodes = [];
  let rest = text;
  for (let found = INLINE.exec(rest); found; found = INLINE.exec(rest)) {
    if (found.index) nodes.push(emoji(decoded(rest.slice(0, found.index))));
    const [whole, code, angle, bold, italic, strike] = found;
    if (code) nodes.push(h('code', {}, decoded(code.slice(1, -1))));
    else if (angle) nodes.push(reference(angle.slice(1, -1), names));
    else if (bold) nodes.push(h('b', {}, inline(bold, names)));
    else if (italic) nodes.push(h('i', {}, inline(italic, names)));
    else nodes.push(h('s', {}, inline(strike, names)));
    rest = rest.slice(found.index + whole.length);
  }
  if (rest) nodes.push(emoji(decoded(rest)));
  return nodes;
}

/** mrkdwn as nodes: code fences, quotes, then everything inside a line. */
export function mrkdwn(text, names) {
  return text.split(/```\n?([\s\S]*?)\n?```/).map((part, at) => {
    if (at % 2) return h('pre', {}, decoded(part));
    const groups = [];
    for (const line of part.split('\n')) {
      const quoted = /^(&gt;|>) ?/.exec(line);
      const last = groups.at(-1);
      const words = quoted ? line.slice(quoted[0].length) : line;
      if (last && last.quoted === Boolean(quoted)) last.lines.push(words);
      else groups.push({ quoted: Boolean(quoted), lines: [words] });
    }
    return groups.map((group) => {
      const nodes = inline(group.lines.join('\n'), names);
      return group.quoted ? h('blockquote', {}, nodes) : nodes;
    });
  });
}

/** A text object: plain_text or mrkdwn. */
export function textObject(object, names) {
  if (!object) return [];
  if (object.type === 'mrkdwn') return mrkdwn(object.text, names);
  return [object.emoji === false ? object.text : emoji(object.text)];
}

function marks(text) {
  const pattern = /`([^`]+)`|\*\*(.+?)\*\*|__(.+?)__|~~(.+?)~~|\[([^\]]+)\]\(([^)\s]+)\)|\*(.+?)\*|_(.+?)_/;
  const nodes = [];
  let rest = text;
  for (let found = pattern.exec(rest); found; found = pattern.exec(rest)) {
    nodes.push(rest.slice(0, found.index));
    const [whole, code, strong, strong2, strike, label, target, em, em2] = found;
    if (code) nodes.push(h('code', {}, code));
    else if (strong ?? strong2) nodes.push(h('b', {}, marks(strong ?? strong2)));
    else if (strike) nodes.push(h('s', {}, marks(strike)));
    else if (label) nodes.push(link(target, label));
    else nodes.push(h('i', {}, marks(em ?? em2)));
    rest = rest.slice(found.index + whole.length);
  }
  nodes.push(rest);
  return nodes;
}

/** The markdown block: headings, lists, quotes, fences and what stands inside a line. */
export function markdown(text) {
  return text.split(/```\w*\n?([\s\S]*?)\n?```/).flatMap((part, at) => {
    if (at % 2) return [h('pre', {}, part)];
    return part.split(/\n{2,}/).filter((one) => one.trim()).map((paragraph) => {
      const lines = paragraph.split('\n');
      const heading = /^#{1,6} (.*)$/.exec(paragraph);
      if (heading) return h('h4', {}, marks(heading[1]));
      if (lines.every((line) => /^\s*[-*] /.test(line))) return h('ul', {}, lines.map((line) => h('li', {}, marks(line.replace(/^\s*[-*] /, '')))));
      if (lines.every((line) => /^\s*\d+\. /.test(line))) return h('ol', {}, lines.map((line) => h('li', {}, marks(line.replace(/^\s*\d+\. /, '')))));
      if (lines.every((line) => line.startsWith('>'))) return h('blockquote', {}, marks(lines.map((line) => line.replace(/^> ?/, '')).join('\n')));
      return h('p', {}, marks(paragraph));
    });
  });
}
