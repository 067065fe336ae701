// The brush: strength painted on a photo. Gradio runs this with `element`, `props`, `trigger` and `watch`;
// app/derain/brush.py describes `props.value`; app/widget.js stands before it. The map holds 128 for the chosen strength, 0 for none, 255 for twice it.

const AS_CHOSEN = 128, MOST = 2, SENT_SIDE = 800, UNDOS = 20;
const TOOLS = [
  ['back', 'Put back', 0, 'The photo as it came: for faces, railings, wires'],
  ['more', 'Take more', 255, 'Twice the strength: where rain is left'],
  ['undone', 'Erase', AS_CHOSEN, 'Takes off what was painted'],
];

const HELP = 'Choose what the brush does, then paint: where the photo should stay as it came, or where more should go. Downloads follow it.';

const root = element.querySelector('.brush');
let value = null, rainy = null, derained = null, map = null, undo = [], tool = null, radius = 40;
let canvas = null, context = null, at = null;

async function pixelsOf(url) {
  const image = new Image();
  image.src = url;
  await image.decode();
  const sheet = new OffscreenCanvas(value.width, value.height).getContext('2d', { willReadFrequently: true });
  sheet.drawImage(image, 0, 0);
  return sheet.getImageData(0, 0, value.width, value.height).data;
}

// x + s(ỹ − x) within a rectangle, kept inside the picture.
function draw(left = 0, top = 0, right = value.width, bottom = value.height) {
  if (!rainy || !derained) return;
  left = Math.max(0, Math.floor(left));
  top = Math.max(0, Math.floor(top));
  right = Math.min(value.width, Math.ceil(right));
  bottom = Math.min(value.height, Math.ceil(bottom));
  if (left >= right || top >= bottom) return;
  const out = context.createImageData(right - left, bottom - top);
  for (let y = top, o = 0; y < bottom; y++) {
    for (let x = left; x < right; x++, o += 4) {
      const place = y * value.width + x, i = 4 * place;
      const s = Math.min(MOST, value.strength * map[place] / AS_CHOSEN);
      for (let c = 0; c < 3; c++) out.data[o + c] = rainy[i + c] + s * (derained[i + c] - rainy[i + c]);
      out.data[o + 3] = rainy[i + 3];
    }
  }
  context.putImageData(out, left, top);
}

// One touch of the brush: whole in the middle, fading to its edge.
function touch({ x, y }) {
  const target = TOOLS.find(([name]) => name === tool)[2], r = reach();
  for (let row = Math.max(0, Math.ceil(y - r)); row < Math.min(value.height, y + r); row++) {
    for (let column = Math.max(0, Math.ceil(x - r)); column < Math.min(value.width, x + r); column++) {
      const part = Math.min(1, 2.5 * (1 - Math.hypot(column - x, row - y) / r));
      const place = row * value.width + column;
      if (part > 0) map[place] += Math.round(part * (target - map[place]));
    }
  }
  draw(x - r, y - r, x + r, y + r);
}

const perScreen = () => value.width / (canvas.getBoundingClientRect().width || value.width);
const reach = () => Math.max(1, radius / 2 * perScreen());

function pointOf(event) {
  const box = canvas.getBoundingClientRect();
  return { x: (event.clientX - box.left) * value.width / box.width, y: (event.clientY - box.top) * value.height / box.height };
}

function stroke(to) {
  const length = Math.hypot(to.x - at.x, to.y - at.y), steps = Math.max(1, Math.ceil(length / (reach() / 3)));
  const from = at;
  for (let i = 1; i <= steps; i++) touch({ x: from.x + (to.x - from.x) * i / steps, y: from.y + (to.y - from.y) * i / steps });
  at = to;
}

function remember() {
  undo.push(map.slice());
  if (undo.length > UNDOS) undo.shift();
}

function send() {
  root.querySelector('.undo').disabled = !undo.length;
  root.querySelector('.reset').disabled = map.every((level) => level === AS_CHOSEN);
  trigger('painted', { map: root.querySelector('.reset').disabled ? '' : picture() });
}

function picture() {
  const sheet = document.createElement('canvas');
  Object.assign(sheet, { width: value.width, height: value.height });
  const levels = new ImageData(value.width, value.height);
  new Uint32Array(levels.data.buffer).set(Uint32Array.from(map, (level) => 0xff000000 | (level << 16) | (level << 8) | level));
  sheet.getContext('2d').putImageData(levels, 0, 0);
  const share = Math.min(1, SENT_SIDE / Math.max(value.width, value.height));
  const small = document.createElement('canvas');
  Object.assign(small, { width: Math.max(1, Math.round(value.width * share)), height: Math.max(1, Math.round(value.height * share)) });
  small.getContext('2d').drawImage(sheet, 0, 0, small.width, small.height);
  return small.toDataURL('image/png');
}

function replaceMap(to) {
  map = to;
  draw();
  send();
}

function choose(name) {
  tool = tool === name ? null : name;
  for (const button of root.querySelectorAll('.tool')) button.setAttribute('aria-pressed', String(button.dataset.tool === tool));
  canvas.style.touchAction = tool ? 'none' : 'auto';
  canvas.classList.toggle('painting', Boolean(tool));
  root.querySelector('.trio').classList.remove('asked');
  root.querySelector('.help').textContent = HELP;
}

function listen() {
  canvas.addEventListener('pointerdown', (event) => {
    if (event.button) return;
    if (!tool) return ask();
    event.preventDefault();
    canvas.setPointerCapture(event.pointerId);
    remember();
    at = pointOf(event);
    touch(at);
  });
  canvas.addEventListener('pointermove', (event) => { if (at && canvas.hasPointerCapture(event.pointerId)) stroke(pointOf(event)); });
  for (const name of ['pointerup', 'pointercancel']) canvas.addEventListener(name, () => { if (at) { at = null; send(); } });
  // How much one touch covers, where the pointer is.
  const follow = (event) => {
    if (!tool || event.pointerType === 'touch') return;
    const { x, y } = pointOf(event);
    showSpot({ x: x / value.width, y: y / value.height });
  };
  for (const name of ['pointerenter', 'pointermove']) canvas.addEventListener(name, follow);
  canvas.addEventListener('pointerleave', () => showSpot(null));
  const spot = { x: 0.5, y: 0.5 };
  canvas.addEventListener('keydown', (event) => {
    const by = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (!tool || (!by && ![' ', 'Enter'].includes(event.key))) return;
    event.preventDefault();
    if (by) {
      spot.x = Math.min(1, Math.max(0, spot.x + by[0] * 0.02));
      spot.y = Math.min(1, Math.max(0, spot.y + by[1] * 0.02));
    } else {
      remember();
      touch({ x: spot.x * value.width, y: spot.y * value.height });
      send();
    }
    showSpot(spot);
  });
  canvas.addEventListener('blur', () => showSpot(null));
}

function showSpot(spot) {
  const mark = root.querySelector('.spot');
  mark.hidden = !spot;
  if (spot) Object.assign(mark.style, { left: 100 * spot.x + '%', top: 100 * spot.y + '%', width: radius + 'px', height: radius + 'px' });
}

// A stroke without a tool would do nothing and say nothing.
function ask() {
  const help = root.querySelector('.help');
  help.textContent = 'First choose what the brush does: Put back, or Take more.';
  root.querySelector('.trio').classList.add('asked');
}

function build() {
  canvas = make('canvas', {
    width: value.width, height: value.height, tabindex: 0, role: 'img',
    'aria-label': 'Photo to paint on. Choose a tool first; then drag, or move with the arrows and press space.',
  });
  context = canvas.getContext('2d');
  root.replaceChildren(
    make('h2', {}, 'Brush'),
    make('p', { class: 'help', role: 'status' }, HELP),
    make('div', { class: 'tools' },
      make('div', { class: 'trio', role: 'group', 'aria-label': 'What the brush does' }, ...TOOLS.map(([name, label, , title]) =>
        make('button', { type: 'button', class: 'tool', 'data-tool': name, 'aria-pressed': 'false', title, onclick: () => choose(name) }, label))),
      make('label', {}, 'Size', make('input', {
        type: 'range', min: 8, max: 160, value: radius, 'aria-label': 'Size of the brush', oninput: (event) => { radius = Number(event.target.value); },
      })),
      make('button', { type: 'button', class: 'undo', disabled: true, onclick: () => replaceMap(undo.pop()) }, 'Undo'),
      make('button', { type: 'button', class: 'reset', disabled: true, onclick: () => { remember(); replaceMap(new Uint8ClampedArray(map.length).fill(AS_CHOSEN)); } }, 'Erase all')),
    make('div', { class: 'sheet' }, canvas, make('i', { class: 'spot', hidden: true })));
  listen();
}

async function take() {
  const before = value;
  value = props.value?.rainy ? props.value : null;
  if (!value) return root.replaceChildren();
  if (before && before.id === value.id && before.derained.url === value.derained.url) return draw();
  rainy = derained = null;
  map = new Uint8ClampedArray(value.width * value.height).fill(AS_CHOSEN);
  undo = [];
  tool = null;
  build();
  const mine = value.id;
  const [x, y] = await Promise.all([pixelsOf(value.rainy.url), pixelsOf(value.derained.url)]);
  if (value?.id !== mine) return; // another photo came meanwhile
  [rainy, derained] = [x, y];
  draw();
}

take();
watch('value', take);
