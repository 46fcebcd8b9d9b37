// Pictures and files people add: chosen, pasted, or a sample drawn here.

import { h, iconButton } from './dom.js';
import { menuButton } from './overlay.js';

/** A chosen File as the stages take it: {name, mime, base64}, and `preview` for the page. */
export async function described(file) {
  const address = await new Promise((done, failed) => {
    const reader = new FileReader();
    reader.onload = () => done(reader.result);
    reader.onerror = () => failed(new Error(`${file.name} cannot be read.`));
    reader.readAsDataURL(file);
  });
  const mime = file.type || 'application/octet-stream';
  return { name: file.name, mime, base64: address.slice(address.indexOf(',') + 1), preview: mime.startsWith('image/') ? address : '' };
}

/** Without the preview: what is sent. */
export function sent(files) {
  return files.map(({ preview, ...file }) => file);
}

const SCENES = [
  { name: 'lake.jpg', sky: ['#f6c48f', '#d9798a', '#5b4a86'], hills: ['#6b5b95', '#3f3b6c', '#24264a'], sun: '#ffe3b0' },
  { name: 'morning.jpg', sky: ['#d8ecf7', '#a9d2e8', '#f7e3c1'], hills: ['#8fb8a8', '#5c927f', '#2f6b5d'], sun: '#fff6da' },
  { name: 'dunes.jpg', sky: ['#fbe4cf', '#f2b591', '#c9744f'], hills: ['#d9915f', '#b0653b', '#7a4026'], sun: '#fff0d4' },
];
let drawn = 0;

/** A picture for those who have none at hand; a JPEG, which every network takes. */
export function samplePicture() {
  const scene = SCENES[drawn % SCENES.length];
  drawn += 1;
  const canvas = h('canvas', { width: 960, height: 600 });
  const pen = canvas.getContext('2d');
  const sky = pen.createLinearGradient(0, 0, 0, 600);
  scene.sky.forEach((colour, at) => sky.addColorStop(at / 2, colour));
  pen.fillStyle = sky;
  pen.fillRect(0, 0, 960, 600);
  pen.fillStyle = scene.sun;
  pen.beginPath();
  pen.arc(620 - drawn * 40, 210, 62, 0, 7);
  pen.fill();
  scene.hills.forEach((colour, row) => {
    pen.fillStyle = colour;
    pen.beginPath();
    pen.moveTo(0, 600);
    for (let x = 0; x <= 960; x += 12) {
      pen.lineTo(x, 330 + row * 85 - Math.sin(x / (140 + row * 40) + row * 2 + drawn) * (60 - row * 12) - Math.sin(x / 53) * 6);
    }
    pen.lineTo(960, 600);
    pen.fill();
  });
  const preview = canvas.toDataURL('image/jpeg', 0.9);
  return { name: scene.name, mime: 'image/jpeg', base64: preview.slice(preview.indexOf(',') + 1), preview };
}

/** A paper-clip that adds files, with the strip of what was added. `alt`: ask for a description of each. */
export class Attachments {
  constructor({ alt = false, accept = '', most = 10, label = 'Add a picture or file' } = {}) {
    this.files = [];
    this.alt = alt;
    this.most = most;
    this.strip = h('div', { class: 'attached', hidden: true });
    this.input = h('input', { type: 'file', multiple: most > 1, accept, hidden: true, tabindex: '-1', 'aria-hidden': 'true' });
    this.input.addEventListener('change', () => { this.add([...this.input.files]); this.input.value = ''; });
    this.button = menuButton(iconButton('clip', label, () => {}), () => [
      { label: 'From this computer …', icon: 'clip', act: () => this.input.click() },
      { label: 'A sample picture', icon: 'image', act: () => this.put(samplePicture()) },
    ]);
  }

  async add(chosen) {
    for (const file of chosen) this.put(await described(file));
  }

  put(file) {
    if (this.files.length < this.most) this.files.push(file);
    this.draw();
    this.changed?.();
  }

  /** What was added, which is then no longer here; `give` puts it back. */
  take() {
    const { files } = this;
    this.give([]);
    return files;
  }

  give(files) {
    this.files = files;
    this.draw();
    this.changed?.();
  }

  /** Let pasted pictures be added too. */
  listenTo(field) {
    field.addEventListener('paste', (event) => {
      const pasted = [...(event.clipboardData?.files ?? [])];
      if (pasted.length) { event.preventDefault(); this.add(pasted); }
    });
  }

  draw() {
    this.strip.hidden = !this.files.length;
    this.strip.replaceChildren(...this.files.map((file, at) => h('div', { class: 'attachment' },
      file.preview ? h('img', { src: file.preview, alt: '' }) : h('span', { class: 'paper' }, file.name.split('.').pop()),
      h('span', { class: 'attachment-name' }, file.name),
      this.alt ? h('input', {
        type: 'text', placeholder: 'Describe it for those who cannot see it', 'aria-label': `Alt text of ${file.name}`,
        value: file.description ?? '', on: { input: (event) => { file.description = event.target.value; } },
      }) : null,
      iconButton('close', `Remove ${file.name}`, () => { this.files.splice(at, 1); this.draw(); this.changed?.(); }))));
  }
}
