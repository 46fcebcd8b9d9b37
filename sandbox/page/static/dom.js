// Making and keeping DOM nodes. Data only ever becomes text or checked attributes, never markup.

const SVG = 'http://www.w3.org/2000/svg';

/** An element. `props`: attributes; `on`: {event: listener}; `data`: {name: value}; `class`; null and false are left out. */
export function h(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name === 'on') Object.entries(value).forEach(([event, listener]) => node.addEventListener(event, listener));
    else if (name === 'data') Object.entries(value).forEach(([key, text]) => { node.dataset[key] = text; });
    else if (name === 'value') node.value = value;
    else if (name === 'href' || name === 'src') { const safe = safeUrl(value); if (safe) node.setAttribute(name, safe); }
    else node.setAttribute(name, value === true ? '' : String(value));
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/** The address if a page may link to it (http, https, data pictures and blobs), else nothing. */
export function safeUrl(address) {
  try {
    const { protocol } = new URL(address, location.href);
    if (['http:', 'https:', 'blob:'].includes(protocol)) return address;
    return String(address).startsWith('data:image/') ? address : null;
  } catch {
    return null;
  }
}

/** A link that opens beside this page. */
export function link(address, ...children) {
  const safe = safeUrl(address);
  return safe ? h('a', { href: safe, target: '_blank', rel: 'noopener noreferrer' }, ...children) : h('span', {}, ...children);
}

const kept = new WeakMap();

/**
 * Let `parent` show one node per item, in this order. A node whose item did not change stays the very same node, so that
 * focus, selection and open details survive; one that changed is replaced and gets the focus its predecessor had.
 */
export function keep(parent, items, key, draw, signature = JSON.stringify) {
  const before = kept.get(parent) ?? new Map();
  const after = new Map();
  for (const item of items) {
    const name = key(item);
    const mark = signature(item);
    const old = before.get(name);
    if (old && old.mark === mark) {
      after.set(name, old);
      continue;
    }
    const node = draw(item);
    if (old) refocus(old.node, node);
    after.set(name, { mark, node });
  }
  for (const [name, old] of before) {
    if (after.get(name)?.node !== old.node) old.node.remove();
  }
  let place = parent.firstChild;
  for (const { node } of after.values()) {
    if (node === place) place = place.nextSibling;
    else parent.insertBefore(node, place);
  }
  kept.set(parent, after);
}

let pendingFocus = null;

function refocus(old, fresh) {
  const active = document.activeElement;
  if (!active || !old.contains(active)) return;
  const wanted = active.dataset.focus;
  const { selectionStart, selectionEnd } = active;
  pendingFocus = () => {
    const found = wanted && [...fresh.querySelectorAll('[data-focus]')].find((e) => e.dataset.focus === wanted);
    const target = found || fresh;
    if (!found) fresh.setAttribute('tabindex', '-1');
    target.focus({ preventScroll: true });
    if (found && typeof selectionStart === 'number') trySelect(found, selectionStart, selectionEnd);
  };
  queueMicrotask(() => { pendingFocus?.(); pendingFocus = null; });
}

function trySelect(field, start, end) {
  if (['text', 'textarea', 'search', 'url'].includes(field.type)) field.setSelectionRange(start, end);
}

/** Replace all children. */
export function fill(parent, ...children) {
  kept.delete(parent);
  parent.replaceChildren(...children.flat(Infinity).filter(Boolean));
}

const ICONS = {
  hash: 'M5 9h14M5 15h14M10 4 8 20M16 4l-2 16',
  lock: 'M7 11V8a5 5 0 0 1 10 0v3M6 11h12v9H6z',
  home: 'M4 11 12 4l8 7M6 10v10h12V10',
  send: 'M4 12 20 4l-6 16-3-6z',
  clip: 'm20 11-8.5 8.5a5 5 0 0 1-7-7L13 4a3.4 3.4 0 0 1 5 5l-8.5 8.5a1.7 1.7 0 0 1-2.5-2.5L15 7',
  reply: 'M10 8 5 13l5 5M5 13h9a5 5 0 0 1 5 5v1',
  more: 'M6 12h.01M12 12h.01M18 12h.01',
  close: 'M6 6l12 12M18 6 6 18',
  star: 'm12 4 2.5 5.2 5.7.8-4.1 4 1 5.7-5.1-2.7-5.1 2.7 1-5.7-4.1-4 5.7-.8z',
  boost: 'M4 9l3-3 3 3M7 6v9a3 3 0 0 0 3 3h4M20 15l-3 3-3-3M17 18V9a3 3 0 0 0-3-3h-4',
  globe: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18M3 12h18M12 3c5 5 5 13 0 18M12 3c-5 5-5 13 0 18',
  moon: 'M20 14A8.5 8.5 0 0 1 10 4a8.5 8.5 0 1 0 10 10',
  at: 'M16 12a4 4 0 1 0-8 0 4 4 0 0 0 8 0v1.5a2.5 2.5 0 0 0 5 0V12a9 9 0 1 0-4 7.5',
  edit: 'M4 20h4L19 9l-4-4L4 16z',
  trash: 'M5 7h14M9 7V4h6v3M7 7l1 13h8l1-13',
  image: 'M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M15 9h.01',
  back: 'M14 6l-6 6 6 6',
  down: 'M12 5v14M6 13l6 6 6-6',
  sun: 'M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8M12 2v2M12 20v2M4.9 4.9l1.4 1.4M17.7 17.7l1.4 1.4M2 12h2M20 12h2M4.9 19.1l1.4-1.4M17.7 6.3l1.4-1.4',
  thread: 'M5 5h14v10h-8l-4 4v-4H5z',
  slash: 'M15 4 9 20',
  check: 'M5 13l4 4L19 7',
  clock: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18M12 7v5l3.5 2',
  heart: 'M12 20C5 15 3 11.5 3 8.5A4.5 4.5 0 0 1 12 7a4.5 4.5 0 0 1 9 1.5C21 11.5 19 15 12 20z',
  share: 'M13 5l7 6-7 6v-4c-5 0-8 2-9 5 0-6 3-9 9-9z',
  bolt: 'M13 3 5 14h6l-1 7 8-11h-6z',
  eye: 'M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12M12 9.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5',
  play: 'M8 5l11 7-11 7z',
};

/** A drawn sign, hidden from screen readers: its button carries the words. */
export function icon(name) {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('class', `icon icon-${name}`);
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS(SVG, 'path');
  path.setAttribute('d', ICONS[name]);
  svg.append(path);
  return svg;
}

/** A button with a sign and words for those who do not see it. */
export function iconButton(name, label, press, props = {}) {
  return h('button', { type: 'button', class: 'icon-button', 'aria-label': label, title: label, ...props, on: { click: press } }, icon(name));
}
