// Reactions: how many there are of each kind, and the button with which a visitor gives theirs or takes it back.

import { h, icon } from '../dom.js';
import { menuButton } from '../overlay.js';

/** What stands below a post or comment, with more words behind it; nothing where nobody reacted. */
export function reactionsOf({ reactions }, network, more = '') {
  const counts = new Map();
  for (const { type } of reactions) counts.set(type, (counts.get(type) ?? 0) + 1);
  const kinds = [...counts].map(([type, count]) => {
    const [sign, label] = network.reactions[type] ?? ['✦', type.toLowerCase()];
    return h('span', { title: label }, h('span', { 'aria-hidden': 'true' }, `${sign} `), h('span', { class: 'sr-only' }, `${label}: `), String(count));
  });
  const ours = reactions.some((one) => one.ours) ? h('span', {}, 'liked by the Page') : null;
  return kinds.length || more ? h('div', { class: 'reactions' }, kinds, ours, more ? h('span', {}, more) : null) : null;
}

/** One press where there is one kind of reaction, a menu where there are several. */
export function reactButton(node, desk) {
  const { reactions } = desk.network;
  const mine = node.reactions.find((one) => one.mine)?.type ?? null;
  const [sign, label] = reactions[mine ?? 'LIKE'] ?? ['✦', 'Like'];
  const give = (type) => desk.act('react', node.id, type);
  const button = h('button', { type: 'button', class: 'act act-react', 'aria-pressed': String(mine !== null), data: { focus: `react-${node.id}` } },
    mine ? h('span', { 'aria-hidden': 'true' }, sign) : icon('heart'), label);
  if (Object.keys(reactions).length === 1) {
    button.addEventListener('click', () => give(mine ? null : 'LIKE'));
    return button;
  }
  return menuButton(button, () => [
    ...Object.entries(reactions).map(([type, [emoji, name]]) => ({ label: `${emoji} ${name}`, act: () => give(type) })),
    ...(mine ? [{ label: 'Take it back', icon: 'close', act: () => give(null) }] : []),
  ]);
}
