// Modals: the top of the member's stack, with everything they typed kept while it is redrawn.

import { h, iconButton } from '../dom.js';
import { confirmIn, overlay, trying } from '../overlay.js';
import { sent } from '../files.js';
import { drawBlocks } from './blocks.js';
import { control, simple } from './controls.js';

export class Modals {
  constructor(pane, desk) {
    Object.assign(this, { pane, desk, shown: null, mark: '' });
  }

  /** Show the top view of the stack, or nothing. */
  update(stack) {
    const view = stack.at(-1) ?? null;
    const mark = view ? JSON.stringify([view.id, view.hash, view.errors, view.blocks]) : '';
    if (mark === this.mark) return;
    const same = view && this.shown?.view.id === view.id;
    const changed = same ? this.shown.changed : new Map();
    const at = same ? document.activeElement?.dataset?.focus : null;
    const scrolled = same ? this.shown.form.querySelector('.modal-body').scrollTop : 0;
    this.shown?.close();
    this.shown = null;
    this.mark = mark;
    if (view) this.open(view, changed, { at, scrolled, depth: stack.length });
  }

  open(view, changed, { at, scrolled, depth }) {
    const shown = { view, changed };
    const drawing = {
      ...this.desk.forView(view), prefix: view.id, values: view.values,
      press: (element, block, chosen) => this.press(shown, element, block, chosen),
      input: (block) => this.field(shown, block),
    };
    const submit = view.submit ? h('button', { type: 'submit', class: 'button primary' }, view.submit.text) : null;
    shown.form = h('form', { class: 'modal', novalidate: true },
      h('header', {}, h('h3', {}, view.title.text), iconButton('close', 'Close', () => this.dismiss(shown, true))),
      h('div', { class: 'modal-body' }, drawBlocks(view.blocks, drawing)),
      h('footer', {}, h('button', { type: 'button', class: 'button', on: { click: () => this.dismiss(shown, false) } }, view.close?.text ?? (depth > 1 ? 'Back' : 'Cancel')), submit));
    shown.form.addEventListener('submit', (event) => { event.preventDefault(); this.submit(shown, submit); });
    shown.close = overlay(this.pane, shown.form, { label: view.title.text, dismiss: () => this.leave(shown), kind: 'modal-dialog' });
    this.shown = shown;
    shown.form.querySelector('.modal-body').scrollTop = scrolled;
    const wrong = Object.keys(view.errors)[0];
    const wanted = wrong ? shown.form.querySelector('[aria-invalid]') : [...shown.form.querySelectorAll('[data-focus]')].find((e) => e.dataset.focus === at);
    wanted?.focus();
  }

  field(shown, block) {
    const { view, changed } = shown;
    const { element } = block;
    const id = `${view.id}-${block.block_id}`;
    const error = view.errors[block.block_id];
    const state = view.values[block.block_id]?.[element.action_id];
    const typed = changed.get(block.block_id);
    const input = control(element, {
      id, label: block.label.text, context: this.desk.context, kept: element.type === 'file_input' ? typed : undefined,
      value: element.type === 'file_input' || typed === undefined ? simple(state) : typed,
      enter: () => (block.dispatch_action ? this.press(shown, element, block, changed.get(block.block_id)) : shown.form.requestSubmit()),
      change: (value) => {
        changed.set(block.block_id, value);
        if (block.dispatch_action && !/_input$/.test(element.type)) this.press(shown, element, block, value);
      },
    });
    const notes = [block.hint ? `${id}-hint` : '', error ? `${id}-error` : ''].filter(Boolean).join(' ');
    if (notes) input.setAttribute('aria-describedby', notes);
    if (error) input.setAttribute('aria-invalid', 'true');
    return h('div', { class: `field${error ? ' wrong' : ''}` },
      h('label', { for: id }, block.label.text, block.optional ? h('small', {}, ' (optional)') : null),
      input,
      block.hint ? h('p', { class: 'hint', id: `${id}-hint` }, block.hint.text) : null,
      error ? h('p', { class: 'error', id: `${id}-error`, role: 'alert' }, error) : null);
  }

  async press(shown, element, block, chosen) {
    const body = { view_id: shown.view.id, action_id: element.action_id, block_id: block.block_id };
    if (element.type === 'button') body.value = element.value;
    else body.selected = chosen ?? '';
    await trying(this.pane, () => this.desk.act('press', body));
  }

  async submit(shown, button) {
    const values = {};
    for (const [block, value] of shown.changed) {
      const isFiles = shown.view.blocks.some((b) => b.block_id === block && b.element?.type === 'file_input');
      values[block] = isFiles ? sent(value) : value;
    }
    button.disabled = true;
    button.classList.add('waiting');
    const answer = await trying(this.pane, () => this.desk.act('submit', { view_id: shown.view.id, values }));
    button.disabled = false;
    button.classList.remove('waiting');
    if (answer?.trouble) this.desk.toast(answer.trouble);
  }

  /** Esc or a press beside it: ask first when something was typed. */
  async leave(shown) {
    if (shown.changed.size) {
      const sure = await confirmIn(this.pane, { title: 'Leave without saving?', text: 'What you typed will be lost.', yes: 'Leave', no: 'Stay', danger: true });
      if (!sure) return;
    }
    await this.dismiss(shown, true);
  }

  async dismiss(shown, everything) {
    await trying(this.pane, () => this.desk.act('close', { view_id: shown.view.id, all: everything }));
  }
}
