// What money does for a post: a badge, as the public would see that it is one, and a meter, as the ad account counts it.

import { h, icon } from '../dom.js';

const BADGES = { boosted: 'Boosted', 'in review': 'Ad in review', refused: 'Ad refused', paused: 'Boost paused', ended: 'Boost ended', trouble: 'Ad in trouble' };

/** Minor units as people write money. */
function money(currency) {
  const format = new Intl.NumberFormat(undefined, { style: 'currency', currency });
  return (minor) => format.format(minor / 10 ** format.resolvedOptions().maximumFractionDigits);
}

/** One ad behind a post: its state, what it spent of what it may (of the day, where its budget is a daily one), and what that brought. */
export function drawBoost(boost) {
  const amount = money(boost.currency);
  const daily = boost.lifetime_budget === null;
  const [spent, most] = daily ? [boost.spent_today, boost.daily_budget] : [boost.spent, boost.lifetime_budget];
  const told = `${amount(spent)} of ${amount(most)} spent${daily ? ` today, ${amount(boost.spent)} in all` : ''}`;
  const why = Object.values(boost.feedback).map((words) => h('p', { class: 'boost-why' }, String(words)));
  return h('div', { class: `boost boost-${boost.badge.replace(' ', '-')}`, data: { ad: boost.ad }, role: 'group', 'aria-label': BADGES[boost.badge] ?? boost.badge },
    h('div', { class: 'boost-line' }, h('span', { class: 'badge' }, icon('bolt'), BADGES[boost.badge] ?? boost.badge),
      h('span', { class: 'boost-reach' }, `${new Intl.NumberFormat().format(boost.reach)} reached`)),
    h('progress', { max: String(most), value: String(spent), 'aria-label': told }),
    h('p', { class: 'boost-spent' }, told), why);
}
