// What may go wrong between the desk and the network, made to happen: a menu of disturbances for the next post.

import { iconButton } from '../dom.js';
import { menuButton, toast, trying } from '../overlay.js';

const NEXT_POST = 'POST /api/v1/statuses';
const refusal = (status, error, headers = {}) => ({ kind: 'status', status, headers, body: JSON.stringify({ error }) });

const TROUBLES = [
  { label: 'Refuse the next post', told: 'The next post of the desk will be refused.',
    fault: refusal(422, 'Validation failed: Text contains a word that this server does not allow') },
  { label: 'Lose the answer to the next post', told: 'The next post of the desk will be made, but the desk will not hear of it.',
    fault: { kind: 'drop_after' } },
  { label: 'Be out of order for the next post', told: 'The network will be out of order once, when the desk posts next.',
    fault: refusal(503, 'Service Unavailable') },
  { label: 'Ask the desk to slow down', told: 'The network will ask the desk to wait, when it posts next.',
    fault: refusal(429, 'Too many requests', { 'Retry-After': '10' }) },
];

/** The button with the menu. */
export function troubleButton(pane, stage) {
  return menuButton(iconButton('bolt', 'Make trouble for the next post', () => {}, { class: 'icon-button trouble' }), () => TROUBLES.map(({ label, told, fault }) => ({
    label,
    act: async () => {
      const done = await trying(pane, () => stage.act('faults', { match: NEXT_POST, ...fault }));
      if (done) toast(pane, told);
    },
  })));
}
