// Puts the page together: three panes, who one is in each, the story above them, tabs on a phone, light and dark.

import { h, iconButton } from './dom.js';
import { MastodonPane } from './mastodon/pane.js';
import { avatar, TEAM } from './people.js';
import { SlackPane } from './slack/pane.js';
import { Stage } from './stage.js';
import { storyStrip } from './story.js';
import { TelegramPane } from './telegram/pane.js';

const VISITORS = ['Nora', 'Oleg', 'Pia'];
const TITLES = { slack: 'Slack', telegram: 'Telegram', mastodon: 'Mastodon' };

const config = await (await fetch('/config.json')).json();
const stages = Object.fromEntries(Object.entries(config.addresses).map(([name, address]) => [name, new Stage(address)]));
const root = (id) => document.getElementById(id);
const panes = {
  slack: new SlackPane(root('slack'), stages.slack, config.slack),
  telegram: new TelegramPane(root('telegram'), stages.telegram),
  mastodon: new MastodonPane(root('mastodon'), stages.mastodon),
};

// -- who one is --------------------------------------------------------------------------------------------------------

const remembered = (name, otherwise) => sessionStorage.getItem(name) ?? otherwise;

async function become(pane, name) {
  sessionStorage.setItem(`who-${pane}`, name);
  root(`${pane}-who`).value = name;
  mark();
  await panes[pane].as(name);
}

/** Be this member of the team in both chats. */
async function becomeMember(name) {
  await Promise.all([become('slack', name), become('telegram', name)]);
}

function mark() {
  const both = ['slack', 'telegram'].map((pane) => root(`${pane}-who`).value);
  for (const chip of root('who').querySelectorAll('button')) {
    chip.setAttribute('aria-pressed', String(both.every((name) => name === chip.dataset.name)));
  }
}

function buildWho() {
  root('who').setAttribute('role', 'group');
  root('who').setAttribute('aria-label', 'Who are you?');
  root('who').append(h('span', { class: 'who-ask' }, 'Who are you?'), ...TEAM.map(({ name, role }) => h('button', {
    type: 'button', class: 'person-chip', 'aria-pressed': 'false', title: `${name} ${role}`, data: { name }, on: { click: () => becomeMember(name) },
  }, avatar(name, 'small'), h('span', {}, h('b', {}, name), h('small', {}, role)))));
  const lists = { slack: TEAM.map((p) => p.name), telegram: TEAM.map((p) => p.name), mastodon: VISITORS };
  for (const [pane, names] of Object.entries(lists)) {
    const select = root(`${pane}-who`);
    select.append(...names.map((name) => h('option', { value: name }, name)));
    select.addEventListener('change', () => become(pane, select.value));
  }
}

// -- light and dark ----------------------------------------------------------------------------------------------------

function buildTheme() {
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const saved = localStorage.getItem('theme');
  if (saved) document.documentElement.dataset.theme = saved;
  const isDark = () => (document.documentElement.dataset.theme ?? (dark.matches ? 'dark' : 'light')) === 'dark';
  const tools = root('tools');
  const draw = () => tools.replaceChildren(iconButton(isDark() ? 'sun' : 'moon', isDark() ? 'Light colours' : 'Dark colours', () => {
    const next = isDark() ? 'light' : 'dark';
    document.documentElement.dataset.theme = next;
    localStorage.setItem('theme', next);
    draw();
    tools.firstChild.focus();
  }));
  dark.addEventListener('change', draw);
  draw();
}

// -- tabs on a narrow window -------------------------------------------------------------------------------------------

function show(pane) {
  document.body.dataset.pane = pane;
  for (const tab of root('tabs').children) {
    const current = tab.dataset.pane === pane;
    tab.setAttribute('aria-selected', String(current));
    tab.tabIndex = current ? 0 : -1;
    if (current) tab.classList.remove('news');
  }
}

function buildTabs() {
  const names = Object.keys(TITLES);
  root('tabs').append(...names.map((pane) => h('button', {
    type: 'button', role: 'tab', 'aria-controls': pane, class: `tab tab-${pane}`, data: { pane }, on: { click: () => show(pane) },
  }, TITLES[pane], h('span', { class: 'dot' }))));
  root('tabs').addEventListener('keydown', (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const next = names[(names.indexOf(document.body.dataset.pane) + step + names.length) % names.length];
    show(next);
    root('tabs').querySelector(`[data-pane="${next}"]`).focus();
  });
  for (const pane of names) {
    let known = null;
    stages[pane].watch((state) => {
      const tab = root('tabs').querySelector(`[data-pane="${pane}"]`);
      if (known !== null && state.version > known && document.body.dataset.pane !== pane) tab.classList.add('news');
      known = state.version;
    });
  }
  show('slack');
}

// -- links to the network open in its pane, not in a new window ---------------------------------------------------------

document.addEventListener('click', (event) => {
  const anchor = event.target.closest?.('a[href]');
  if (!anchor || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  const address = new URL(anchor.href);
  const found = /^\/@[\w.@-]+\/(\w+)$/.exec(address.pathname);
  if (address.origin !== new URL(config.addresses.mastodon).origin || !found) return;
  event.preventDefault();
  show('mastodon');
  panes.mastodon.filter = '';
  panes.mastodon.update(panes.mastodon.state);
  panes.mastodon.reveal(found[1]);
});

// -- a demo that ended and runs again ----------------------------------------------------------------------------------

let searching = 0;

/** The sandboxes of another demo have other addresses: the page begins anew with them. */
async function search() {
  const found = await fetch('/config.json').then((answer) => answer.json()).catch(() => null);
  if (found && JSON.stringify(found.addresses) !== JSON.stringify(config.addresses)) location.reload();
}

document.addEventListener('stage-lost', () => {
  root('lost').hidden = false;
  searching ||= setInterval(search, 2000);
});
document.addEventListener('stage-found', () => {
  root('lost').hidden = true;
  searching = clearInterval(searching);
});

buildWho();
buildTheme();
buildTabs();
storyStrip(root('story'), { panes, stages, become, becomeMember, show });
await Promise.all([
  become('slack', remembered('who-slack', 'Ada')),
  become('telegram', remembered('who-telegram', 'Ada')),
  become('mastodon', remembered('who-mastodon', 'Nora')),
]);
document.body.dataset.ready = 'yes';
