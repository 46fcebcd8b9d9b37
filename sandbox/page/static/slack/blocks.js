// Block Kit drawn: every kind of block that Slack knows, with its buttons and menus.

import { h, icon, safeUrl } from '../dom.js';
import { confirmIn, menuButton } from '../overlay.js';
import { control, simple } from './controls.js';
import { richText } from './rich.js';
import { emoji, markdown, textObject } from './text.js';

/**
 * Draw blocks. `view`: {pane, names, context, press(element, block, chosen), open(url), values, input(block)};
 * `values` is what the member chose so far; `input` draws an input block (only in forms).
 */
export function drawBlocks(blocks, view) {
  return blocks.map((block) => (DRAW[block.type] ?? unknown)(block, view));
}

const unknown = (block) => h('p', { class: 'hint' }, `(${block.type})`);

function image(block, view) {
  const picture = h('img', { src: block.image_url, alt: block.alt_text, loading: 'lazy' });
  return h('figure', { class: 'block-image' },
    block.title ? h('figcaption', {}, textObject(block.title, view.names)) : null,
    block.image_url ? picture : h('span', { class: 'hint' }, `🖼 ${block.alt_text}`));
}

async function agreed(element, view) {
  if (!element.confirm) return true;
  const { title, text, confirm, deny, style } = element.confirm;
  return confirmIn(view.pane, {
    title: title.text, text: text.text, yes: confirm?.text ?? 'Yes', no: deny?.text ?? 'No', danger: style === 'danger',
  });
}

function button(element, block, view) {
  const style = element.style ? ` ${element.style}` : '';
  const shown = h(element.url ? 'a' : 'button', {
    class: `block-button${style}`, type: element.url ? null : 'button', href: element.url ?? null,
    target: element.url ? '_blank' : null, rel: element.url ? 'noopener noreferrer' : null,
    'aria-label': element.accessibility_label, data: { focus: element.action_id },
  }, emoji(element.text.text));
  shown.addEventListener('click', async () => {
    if (element.url && !safeUrl(element.url)) return;
    if (!(await agreed(element, view))) return;
    shown.classList.add('waiting');
    try { await view.press(element, block); } finally { shown.classList.remove('waiting'); }
  });
  return shown;
}

function overflow(element, block, view) {
  const shown = h('button', { type: 'button', class: 'block-button overflow', 'aria-label': 'More actions', data: { focus: element.action_id } }, icon('more'));
  return menuButton(shown, () => element.options.map((one) => ({
    label: one.text.text,
    act: async () => {
      if (one.url && safeUrl(one.url)) window.open(one.url, '_blank', 'noopener');
      if (await agreed(element, view)) await view.press(element, block, one.value);
    },
  })));
}

function interactive(element, block, view) {
  if (element.type === 'image') return h('img', { class: 'accessory-image', src: element.image_url, alt: element.alt_text });
  if (element.type === 'button') return button(element, block, view);
  if (element.type === 'overflow') return overflow(element, block, view);
  const label = element.placeholder?.text ?? block.text?.text ?? 'Choose';
  const shown = control(element, {
    id: `${view.prefix ?? ''}${block.block_id}-${element.action_id}`, label, context: view.context,
    value: simple(view.values?.[block.block_id]?.[element.action_id]),
    change: async (value) => { if (await agreed(element, view)) await view.press(element, block, value); },
  });
  if (shown && !shown.hasAttribute('aria-label')) shown.setAttribute('aria-label', label);
  return shown;
}

const DRAW = {
  header: (block) => h('h4', { class: 'block-header' }, emoji(block.text.text)),
  divider: () => h('hr'),
  image,
  section: (block, view) => h('div', { class: `block-section${block.accessory ? ' with-accessory' : ''}` },
    h('div', { class: 'block-words' },
      block.text ? h('div', { class: 'block-text' }, textObject(block.text, view.names)) : null,
      block.fields ? h('div', { class: 'block-fields' }, block.fields.map((field) => h('div', {}, textObject(field, view.names)))) : null),
    block.accessory ? interactive(block.accessory, block, view) : null),
  context: (block, view) => h('div', { class: 'block-context' }, block.elements.map((element) => (
    element.type === 'image' ? h('img', { src: element.image_url, alt: element.alt_text }) : h('span', {}, textObject(element, view.names))))),
  actions: (block, view) => h('div', { class: 'block-actions' }, block.elements.map((element) => interactive(element, block, view))),
  rich_text: (block, view) => richText(block, view.names),
  markdown: (block) => h('div', { class: 'block-markdown' }, markdown(block.text)),
  input: (block, view) => (view.input ? view.input(block) : h('label', { class: 'field' }, h('span', {}, block.label.text), interactive(block.element, block, view))),
};
