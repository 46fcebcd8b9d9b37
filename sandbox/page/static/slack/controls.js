// Everything in Block Kit that takes a value: text inputs, selects, pickers, boxes and files.

import { h } from '../dom.js';
import { Attachments } from '../files.js';

const optionsOf = (element) => [...(element.options ?? []), ...(element.option_groups ?? []).flatMap((group) => group.options)];
const words = (option) => option.text.text;

function option(one, chosen) {
  return h('option', { value: one.value, selected: chosen.includes(one.value) }, words(one));
}

function offered(element, context) {
  const people = context.members.filter((member) => !member.is_bot).map((m) => ({ value: m.id, text: { text: m.name } }));
  const rooms = context.channels.filter((c) => !c.im).map((c) => ({ value: c.id, text: { text: `#${c.name}` } }));
  if (/users_select/.test(element.type)) return { options: people };
  if (/conversations_select|channels_select/.test(element.type)) return { options: rooms };
  return element;
}

function select(element, { id, value, change, context }) {
  const many = element.type.startsWith('multi_');
  const source = offered(element, context);
  const chosen = [value ?? []].flat();
  const groups = source.option_groups?.map((group) => h('optgroup', { label: group.label.text }, group.options.map((one) => option(one, chosen))));
  const empty = many ? null : h('option', { value: '' }, element.placeholder?.text ?? 'Choose …');
  const field = h('select', { id, multiple: many, size: many ? Math.min(6, Math.max(2, optionsOf(source).length)) : null },
    empty, groups ?? (source.options ?? []).map((one) => option(one, chosen)));
  if (!many) field.value = chosen[0] ?? '';
  field.addEventListener('change', () => change(many ? [...field.selectedOptions].map((o) => o.value) : field.value));
  return field;
}

function boxes(element, { id, value, change, label }) {
  const kind = element.type === 'checkboxes' ? 'checkbox' : 'radio';
  const chosen = [value ?? []].flat();
  const group = h('div', { class: 'boxes', role: kind === 'radio' ? 'radiogroup' : 'group', id, 'aria-label': label });
  element.options.forEach((one, at) => {
    const box = h('input', { type: kind, name: id, value: one.value, checked: chosen.includes(one.value), data: { focus: `${id}-${at}` } });
    box.addEventListener('change', () => {
      const checked = [...group.querySelectorAll('input:checked')].map((input) => input.value);
      change(kind === 'radio' ? checked[0] : checked);
    });
    group.append(h('label', {}, box, h('span', {}, words(one), one.description ? h('small', {}, one.description.text) : null)));
  });
  return group;
}

function typed(element, { id, value, change, enter }) {
  const common = {
    id, placeholder: element.placeholder?.text, maxlength: element.max_length, data: { focus: id }, value: value ?? '',
    autofocus: element.focus_on_load,
  };
  if (element.type === 'plain_text_input' && element.multiline) {
    return h('textarea', { ...common, rows: 4, on: { input: (event) => change(event.target.value) } });
  }
  const kinds = { url_text_input: 'url', email_text_input: 'email' };
  const field = h('input', { ...common, type: kinds[element.type] ?? 'text', inputmode: element.type === 'number_input' ? 'decimal' : null });
  field.addEventListener('input', () => change(field.value));
  field.addEventListener('keydown', (event) => { if (event.key === 'Enter') { event.preventDefault(); enter?.(); } });
  return field;
}

function moment(element, { id, value, change }) {
  const kind = { datepicker: 'date', timepicker: 'time', datetimepicker: 'datetime-local' }[element.type];
  const local = (seconds) => new Date(seconds * 1000 - new Date(seconds * 1000).getTimezoneOffset() * 60000).toISOString().slice(0, 16);
  const shown = kind === 'datetime-local' && value ? local(value) : value ?? '';
  const field = h('input', { id, type: kind, value: shown, data: { focus: id } });
  field.addEventListener('change', () => change(kind === 'datetime-local' ? Math.floor(new Date(field.value).getTime() / 1000) : field.value));
  return field;
}

function files(element, { id, value, change, kept }) {
  const accept = (element.filetypes ?? []).map((kind) => `.${kind}`).join(',');
  const attachments = new Attachments({ accept, most: element.max_files ?? 10, label: 'Add files' });
  attachments.files = kept ?? [];
  attachments.button.append('Add files');
  attachments.button.classList.add('wide');
  attachments.button.id = id;
  attachments.draw();
  const known = h('p', { class: 'hint', hidden: attachments.files.length > 0 || !value?.length }, (value ?? []).map((f) => f.name).join(', '));
  attachments.changed = () => { known.hidden = true; change([...attachments.files]); };
  return h('div', { class: 'file-input' }, attachments.strip, known, attachments.button, attachments.input);
}

/** The value of an element's state (`values[block][action]`) in the simple form that the stage takes. */
export function simple(state) {
  if (!state) return undefined;
  const { type, ...rest } = state;
  const [value] = Object.values(rest);
  if (value === null || value === undefined) return undefined;
  if (type === 'file_input') return value;
  if (Array.isArray(value)) return value.map((one) => one.value ?? one);
  return value.value ?? value;
}

/** The control for an element, or null for a kind that takes no value. */
export function control(element, how) {
  if (/select$/.test(element.type)) return select(element, how);
  if (['checkboxes', 'radio_buttons'].includes(element.type)) return boxes(element, how);
  if (/picker$/.test(element.type)) return moment(element, how);
  if (element.type === 'file_input') return files(element, how);
  if (/_input$/.test(element.type)) return typed(element, how);
  return null;
}
