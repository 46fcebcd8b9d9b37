// The strip above the panes: what to try first, in steps that take one there and are ticked off when done.

import { h, icon } from './dom.js';

const words = (message) => JSON.stringify([message.text, message.blocks ?? '']);
const bySlackBot = (state, wanted) => state.channels.some((c) => c.messages.some((m) => m.bot && wanted.test(words(m))));
const byTelegramBot = (state, wanted) => state.chats.some((c) => c.messages.some((m) => m.from.is_bot && wanted.test(m.text)));
const isOurs = (state, node) => [...state.pages.pages, ...state.instagram.accounts].some((one) => one.id === node.from.id);
const ourPosts = (state) => [
  ...state.pages.pages.flatMap((page) => page.posts.filter((post) => isOurs(state, post))),
  ...state.instagram.accounts.flatMap((account) => account.media),
];
//: The head of a post's card, and of one that has its approvals.
const DRAFTED = /P\d+ · /;
const APPROVED = /P\d+ · (Approved|Scheduled|Publishing|Published)/;

/** What is seen in the states so far, kept once seen: a step stays done. */
const SEEN = {
  draft: { slack: (s) => bySlackBot(s, DRAFTED), telegram: (s) => byTelegramBot(s, DRAFTED) },
  approve: { slack: (s) => bySlackBot(s, APPROVED), telegram: (s) => byTelegramBot(s, APPROVED) },
  publish: { mastodon: (s) => s.timeline.some((p) => p.author.ours && !p.reply_to), meta: (s) => ourPosts(s).length > 0 },
  answer: {
    mastodon: (s) => s.timeline.some((p) => p.author.ours && (p.reply_to || p.mentions.length)),
    meta: (s) => ourPosts(s).some((post) => post.comments.some((comment) => comment.replies.some((reply) => isOurs(s, reply)))),
  },
  boost: { meta: (s) => s.ads.boosts.some((ad) => ad.badge === 'boosted') },
  look: { slack: (s) => Boolean(s.home) },
};

function steps({ panes, become, becomeMember, show }) {
  const slackDraft = async () => {
    await becomeMember('Ada');
    panes.slack.go('C0REVIEW01');
    show('slack');
    panes.slack.composer.put('/social post ');
  };
  return [
    { name: 'draft', title: 'Draft', text: 'As Ada, with a picture: /social post in Slack, or /post in Telegram.', go: slackDraft },
    { name: 'approve', title: 'Approve', text: 'Submit it. Bruno approves in Telegram, Chiara in Slack.',
      go: async () => { await becomeMember('Bruno'); panes.telegram.go('Desk', 'Review'); show('telegram'); } },
    { name: 'publish', title: 'Publish', text: 'As Bruno: schedule “tomorrow 9”, or press Publish now.',
      go: async () => { await becomeMember('Bruno'); panes.slack.go('C0REVIEW01'); show('slack'); } },
    { name: 'answer', title: 'Answer', text: 'Nora replies on the network; Chiara takes it and answers.',
      go: async () => { await become('mastodon', 'Nora'); await becomeMember('Chiara'); panes.slack.go('C0INBOX001'); panes.telegram.go('Desk', 'Inbox'); show('mastodon'); } },
    { name: 'boost', title: 'Boost', text: 'Ada presses Boost on a post of the Page; Bruno and Chiara agree.',
      go: async () => { await becomeMember('Ada'); panes.slack.go('C0REVIEW01'); show('facebook'); show('slack'); } },
    { name: 'look', title: 'Look around', text: 'Home in Slack, START in Telegram, or ask /social help.',
      go: async () => { panes.slack.go('home'); panes.telegram.go('private'); show('slack'); } },
  ];
}

/** Build the strip; each step is a button that takes one there. */
export function storyStrip(list, desk) {
  for (const step of steps(desk)) {
    const item = h('li', { class: 'step', data: { step: step.name } },
      h('button', { type: 'button', on: { click: step.go } }, h('span', { class: 'step-mark', 'aria-hidden': 'true' }, icon('check')),
        h('span', { class: 'step-words' }, h('b', {}, step.title, h('span', { class: 'sr-only step-done' })), h('small', {}, step.text))));
    list.append(item);
    for (const [sandbox, seen] of Object.entries(SEEN[step.name])) {
      desk.stages[sandbox].watch((state) => {
        if (!seen(state) || item.classList.contains('done')) return;
        item.classList.add('done');
        item.querySelector('.step-done').textContent = ' (done)';
      });
    }
  }
}
