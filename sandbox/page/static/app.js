// Puts the page together: the chats and the networks, who one is in each, the story above them, tabs, light and dark.

import { h, iconButton } from './dom.js';
import { MastodonPane } from './mastodon/pane.js';
import { FACEBOOK } from './meta/facebook.js';
import { INSTAGRAM } from './meta/instagram.js';
import { MetaPane } from './meta/pane.js';
import { avatar, TEAM } from './people.js';
import { SlackPane } from './slack/pane.js';
import { Stage } from './stage.js';
import { storyStrip } from './story.js';
import { Tabs } from './tabs.js';
import { TelegramPane } from './telegram/pane.js';

const VISITORS = ['Nora', 'Oleg', 'Pia'];
const NETWORKS = { mastodon: 'Mastodon', facebook: 'Facebook', instagram: 'Instagram' };
const TITLES = { slack: 'Slack', telegram: 'Telegram', ...NETWORKS };

const config = await (await fetch('/config.json')).json();
const stages = Object.fromEntries(Object.entries(config.addresses).map(([name, address]) => [name, new Stage(address)]));
const root = (id) => document.getElementById(id);
const panes = {
  slack: new SlackPane(root('slack'), stages.slack, config.slack),
  telegram: new TelegramPane(root('telegram'), stages.telegram),
  mastodon: new MastodonPane(root('mastodon'), stages.mastodon),
  facebook: new MetaPane(root('facebook'), stages.meta, FACEBOOK),
  instagram: new MetaPane(root('instagram'), stages.meta, INSTAGRAM),
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
  for (const pane of Object.keys(panes)) {
    const names = pane in NETWORKS ? VISITORS : TEAM.map((p) => p.name);
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

// -- one pane at a time on a narrow window, one network at a time on a wide one -----------------------------------------

const lists = [new Tabs(root('tabs'), TITLES, show), new Tabs(root('networks'), NETWORKS, show)];

function show(pane) {
  document.body.dataset.pane = pane;
  if (pane in NETWORKS) document.body.dataset.network = pane;
  lists.forEach((list) => list.show(pane));
}

function watchForNews() {
  for (const [name, pane] of Object.entries(panes)) {
    let known = null;
    pane.stage.watch((state) => {
      const mark = pane.mark ? pane.mark(state) : state.version;
      if (known !== null && mark !== known) lists.forEach((list) => list.news(name));
      known = mark;
    });
  }
}

// -- links to a network open in its pane, not in a new window -----------------------------------------------------------

document.addEventListener('click', (event) => {
  const anchor = event.target.closest?.('a[href]');
  if (!anchor || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  const address = new URL(anchor.href);
  const name = Object.keys(NETWORKS).find((pane) => panes[pane].leads(address));
  if (!name) return;
  event.preventDefault();
  show(name);
  panes[name].open(panes[name].leads(address));
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
show('mastodon');
show('slack');
watchForNews();
storyStrip(root('story'), { panes, stages, become, becomeMember, show });
await Promise.all([
  become('slack', remembered('who-slack', 'Ada')),
  become('telegram', remembered('who-telegram', 'Ada')),
  ...Object.keys(NETWORKS).map((network) => become(network, remembered(`who-${network}`, 'Nora'))),
]);
document.body.dataset.ready = 'yes';
