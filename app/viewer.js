// The viewer: pictures of one size side by side or under a wipe, moved and zoomed as one.
// Gradio runs this with `element`, `props`, `trigger` and `watch`; app/viewer.py describes `props.value`.

const LARGEST = 32; // screen pixels a pixel of the picture
const STEP = 1.3; // one press of + or −
const HEAT = [[0, 0, 4], [66, 10, 104], [147, 38, 103], [221, 81, 58], [252, 165, 10], [252, 255, 164]];
const HELP = 'Drag to move; pinch, double-click, or wheel (with Ctrl, or once a picture was clicked) to zoom. Keys: '
  + '+ and − zoom, arrows move, F fits, W wipes, R held shows the rainy image';

const root = element.querySelector('.viewer');
const state = { wipe: false, show: 'picture', gain: { layer: 2, difference: 4 }, split: 50, rainy: false };
const chosen = {}; // what was chosen as left, right and from; otherwise the usual
const view = { zoom: 1, x: 0, y: 0 }; // zoom over the fit; the point of the picture in the middle of every stage
let value = null;
let pictures = new Map(); // url -> { image, pixels }
let stages = []; // { node, layers: [{ pane, canvas }] }
let size = { width: 1, height: 1 };
let sent = false;

// Pictures and what is computed from them

async function load(url) {
  if (!pictures.has(url)) {
    const image = new Image();
    image.src = url;
    const loading = image.decode().then(() => ({ image, pixels: null }));
    pictures.set(url, loading);
    loading.catch(() => pictures.delete(url));
  }
  return pictures.get(url);
}

function pixelsOf(picture) {
  if (!picture.pixels) {
    const canvas = new OffscreenCanvas(size.width, size.height);
    const context = canvas.getContext('2d', { willReadFrequently: true });
    context.drawImage(picture.image, 0, 0);
    picture.pixels = context.getImageData(0, 0, size.width, size.height).data;
  }
  return picture.pixels;
}

// R = x − ỹ: what was taken away in its own colour, what was added in magenta.
function layerMap(rainy, derained, gain) {
  const out = new ImageData(size.width, size.height);
  for (let i = 0; i < rainy.length; i += 4) {
    const red = rainy[i] - derained[i], green = rainy[i + 1] - derained[i + 1], blue = rainy[i + 2] - derained[i + 2];
    const mean = (red + green + blue) / 3;
    out.data[i] = gain * (mean < 0 ? -mean : red);
    out.data[i + 1] = mean < 0 ? 0 : gain * green;
    out.data[i + 2] = gain * (mean < 0 ? -mean : blue);
    out.data[i + 3] = 255;
  }
  return out;
}

const PALETTE = Array.from({ length: 256 }, (_, level) => {
  const at = (level / 255) * (HEAT.length - 1), low = Math.min(Math.floor(at), HEAT.length - 2);
  return HEAT[low].map((from, channel) => Math.round(from + (at - low) * (HEAT[low + 1][channel] - from)));
});

// The mean of |a − b| over the channels, as heat.
function differenceMap(a, b, gain) {
  const out = new ImageData(size.width, size.height);
  for (let i = 0; i < a.length; i += 4) {
    const mean = (Math.abs(a[i] - b[i]) + Math.abs(a[i + 1] - b[i + 1]) + Math.abs(a[i + 2] - b[i + 2])) / 3;
    const [red, green, blue] = PALETTE[Math.min(255, Math.round(gain * mean))];
    out.data[i] = red;
    out.data[i + 1] = green;
    out.data[i + 2] = blue;
    out.data[i + 3] = 255;
  }
  return out;
}

const ready = () => (value ? value.panes.filter((pane) => pane.picture) : []);
const paneOf = (id) => ready().find((pane) => pane.id === id);
const firstOf = (role) => ready().find((pane) => pane.role === role);
const rainyPane = () => firstOf('rainy');

// The id of the pane that is left, right, or what differences are from.
function id(place) {
  const usual = { left: rainyPane(), right: firstOf('derained') || firstOf('clean'), from: firstOf('clean') || rainyPane() };
  return paneOf(chosen[place]) ? chosen[place] : usual[place]?.id;
}

async function draw(layer) {
  const held = state.rainy && rainyPane();
  const pane = held || paneOf(layer.id);
  if (!pane) return;
  const against = held || state.show === 'picture' ? null : state.show === 'layer' ? rainyPane() : paneOf(id('from'));
  const wanted = [pane.picture.url, against?.picture.url, state.show, state.gain[state.show]].join(' ');
  if (layer.wanted === wanted) return;
  layer.wanted = wanted;
  const [picture, other] = await Promise.all([load(pane.picture.url), against ? load(against.picture.url) : null]);
  if (layer.wanted !== wanted) return; // asked for something else meanwhile
  const context = layer.canvas.getContext('2d');
  if (!other || pane === against) context.drawImage(picture.image, 0, 0);
  else {
    const map = state.show === 'layer' ? layerMap : differenceMap;
    context.putImageData(map(pixelsOf(other), pixelsOf(picture), state.gain[state.show]), 0, 0);
  }
  layer.canvas.dataset.drawn = wanted;
}

const drawAll = () => stages.forEach((stage) => stage.layers.forEach(draw));

// Moving and zooming

function fitOf(node) {
  return Math.min(node.clientWidth / size.width, node.clientHeight / size.height) || 1;
}

function clamp(number, low, high) {
  return low > high ? (low + high) / 2 : Math.min(high, Math.max(low, number));
}

function place() {
  if (!stages.length) return;
  const { clientWidth: width, clientHeight: height } = stages[0].node;
  const fit = fitOf(stages[0].node);
  view.zoom = clamp(view.zoom, 1, Math.max(1, LARGEST / fit));
  const scale = fit * view.zoom;
  view.x = clamp(view.x, width / 2 / scale, size.width - width / 2 / scale);
  view.y = clamp(view.y, height / 2 / scale, size.height - height / 2 / scale);
  for (const stage of stages) {
    const x = width / 2 - view.x * scale, y = height / 2 - view.y * scale;
    for (const { canvas } of stage.layers) canvas.style.transform = 'translate(' + x + 'px, ' + y + 'px) scale(' + scale + ')';
    stage.node.classList.toggle('coarse', scale * devicePixelRatio >= 2);
    stage.node.style.touchAction = view.zoom > 1 ? 'none' : 'pan-y';
  }
  const percent = root.querySelector('.zoom output');
  if (percent) percent.textContent = Math.round(100 * scale) + ' %';
}

// Zooms by `factor` and keeps the point under (x, y) of the stage where it is.
function zoomAt(node, factor, x, y) {
  const dx = x - node.clientWidth / 2, dy = y - node.clientHeight / 2;
  const before = fitOf(node) * view.zoom;
  view.zoom = clamp(view.zoom * factor, 1, Math.max(1, LARGEST / fitOf(node)));
  const after = fitOf(node) * view.zoom;
  view.x += dx / before - dx / after;
  view.y += dy / before - dy / after;
  place();
}

const zoomBy = (factor) => stages.length && zoomAt(stages[0].node, factor, stages[0].node.clientWidth / 2, stages[0].node.clientHeight / 2);

function moveBy(node, dx, dy) {
  const scale = fitOf(node) * view.zoom;
  view.x -= dx / scale;
  view.y -= dy / scale;
  place();
}

function fit() {
  Object.assign(view, { zoom: 1, x: size.width / 2, y: size.height / 2 });
  place();
}

function listen(node) {
  const pointers = new Map();
  const at = (event) => {
    const box = node.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  const spread = () => {
    const [a, b] = [...pointers.values()];
    return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2, length: Math.hypot(a.x - b.x, a.y - b.y) };
  };
  node.addEventListener('pointerdown', (event) => {
    if (event.button) return;
    node.setPointerCapture(event.pointerId);
    pointers.set(event.pointerId, at(event));
  });
  node.addEventListener('pointermove', (event) => {
    if (!pointers.has(event.pointerId)) return;
    const before = pointers.size === 2 ? spread() : pointers.get(event.pointerId);
    pointers.set(event.pointerId, at(event));
    const after = pointers.size === 2 ? spread() : at(event);
    if (pointers.size === 2) zoomAt(node, after.length / (before.length || 1), after.x, after.y);
    if (pointers.size <= 2) moveBy(node, after.x - before.x, after.y - before.y);
  });
  for (const name of ['pointerup', 'pointercancel']) node.addEventListener(name, (event) => pointers.delete(event.pointerId));
  node.addEventListener('wheel', (event) => {
    if (!event.ctrlKey && document.activeElement !== node) return;
    if (event.deltaY > 0 && view.zoom === 1 && !event.ctrlKey) return; // nothing to zoom out of: the page scrolls
    event.preventDefault();
    const { x, y } = at(event);
    zoomAt(node, Math.exp(-clamp(event.deltaY, -100, 100) / 300), x, y);
  }, { passive: false });
  node.addEventListener('dblclick', (event) => {
    const { x, y } = at(event);
    if (view.zoom > 1.01) fit();
    else zoomAt(node, Math.max(2, 1 / fitOf(node)), x, y);
  });
}

// The parts of the page

function pressed(label, on, act) {
  return make('button', { type: 'button', 'aria-pressed': String(on), onclick: act }, label);
}

function choice(label, options, current, act) {
  const select = make('select', { 'aria-label': label, onchange: (event) => act(event.target.value) });
  for (const [id, text] of options) select.append(make('option', { value: id, selected: id === current }, text));
  return make('label', {}, label, select);
}

function toolbar() {
  const panes = ready();
  const named = panes.map((pane) => [pane.id, pane.label]);
  const bar = make('div', { class: 'tools' });
  bar.append(make('div', { class: 'pair', role: 'group', 'aria-label': 'Arrangement' },
    pressed('Side by side', !state.wipe, () => arrange(false)),
    pressed('Wipe', state.wipe, () => arrange(true))));
  if (state.wipe && panes.length > 2) {
    bar.append(choice('Left', named, id('left'), (to) => { chosen.left = to; render(); }));
    bar.append(choice('Right', named, id('right'), (to) => { chosen.right = to; render(); }));
  }
  bar.append(choice('Show', [['picture', 'Photos'], ['layer', 'What was taken out'], ['difference', 'Difference']],
    state.show, (show) => { state.show = show; render(); }));
  if (state.show === 'difference') bar.append(choice('from', named, id('from'), (to) => { chosen.from = to; render(); }));
  if (state.show !== 'picture') {
    const gain = make('output', {}, '× ' + state.gain[state.show]);
    bar.append(make('label', { class: 'gain' }, 'Gain', make('input', {
      type: 'range', min: 1, max: 16, value: state.gain[state.show], 'aria-label': 'Gain',
      oninput: (event) => { state.gain[state.show] = Number(event.target.value); gain.textContent = '× ' + event.target.value; drawAll(); legend(); },
    }), gain));
  }
  const hold = (on) => () => { if (state.rainy !== on) { state.rainy = on; drawAll(); root.classList.toggle('held', on); } };
  if (rainyPane()) {
    bar.append(make('button', {
      type: 'button', class: 'hold', title: 'Shows the rainy image in every picture as long as it is held (R)',
      onpointerdown: hold(true), onpointerup: hold(false), onpointerleave: hold(false), onpointercancel: hold(false),
      onkeydown: (event) => { if ([' ', 'Enter'].includes(event.key)) { event.preventDefault(); hold(true)(); } },
      onkeyup: hold(false), onblur: hold(false),
    }, 'Hold for rainy'));
  }
  bar.append(make('div', { class: 'zoom', role: 'group', 'aria-label': 'Zoom' },
    make('button', { type: 'button', 'aria-label': 'Zoom out', onclick: () => zoomBy(1 / STEP) }, '−'),
    make('output', { 'aria-label': 'Screen pixels a pixel' }, ''),
    make('button', { type: 'button', 'aria-label': 'Zoom in', onclick: () => zoomBy(STEP) }, '+'),
    make('button', { type: 'button', onclick: fit }, 'Fit')));
  return bar;
}

function legend() {
  const note = root.querySelector('.legend');
  if (!note) return;
  const gain = state.gain[state.show];
  note.hidden = state.show === 'picture';
  note.replaceChildren(...(state.show === 'layer'
    ? ['Black: nothing removed. Light: what was taken out of the rainy image, ×' + gain + '. ',
      make('i', { class: 'added' }), ' Magenta: light that was added.']
    : ['0 ', make('i', { class: 'heat' }), ' ' + Math.round(255 / gain) + ' of 255 and more: mean of |a − b| over the channels.']));
}

function stageOf(ids, label) {
  const node = make('div', { class: 'stage', tabindex: 0, role: 'img', 'aria-label': label });
  node.style.aspectRatio = size.width + ' / ' + size.height;
  const layers = ids.map((id) => {
    const canvas = make('canvas', { width: size.width, height: size.height });
    node.append(make('div', { class: 'layer' }, canvas));
    return { id, canvas, wanted: '' };
  });
  listen(node);
  stages.push({ node, layers });
  return node;
}

const WAITING = { waiting: 'Waits', running: 'Running …', stopped: 'Stopped', failed: 'Failed' };

function figureOf(pane, index) {
  const figure = make('figure', { class: 'pane ' + pane.state, 'data-id': pane.id, 'data-pane': JSON.stringify(pane) });
  if (pane.picture) figure.append(stageOf([pane.id], pane.label + ' of ' + value.name));
  else {
    const empty = make('div', { class: 'stage empty', role: 'status' }, WAITING[pane.state] || '');
    empty.style.aspectRatio = size.width + ' / ' + size.height;
    figure.append(empty);
  }
  const caption = make('figcaption', {}, make('b', {}, pane.label), make('span', {}, pane.sentence || pane.facts || ''));
  figure.append(caption);
  if (value.blind && pane.role === 'derained') {
    figure.classList.toggle('picked', value.blind.picked === pane.id);
    if (!value.blind.done) caption.append(make('button', { type: 'button', class: 'pick', onclick: () => pick(index) }, 'Pick ' + pane.label + ' ', make('kbd', {}, String(index))));
  }
  return figure;
}

const present = () => value.panes.filter((pane) => pane.state !== 'missing');
const numberOf = (pane) => present().filter((other) => other.role === 'derained').indexOf(pane) + 1;

function grid() {
  const panes = present();
  const box = make('div', { class: 'panes' }, ...panes.map((pane) => figureOf(pane, numberOf(pane))));
  box.style.setProperty('--columns', columnsOf(panes.length));
  return box;
}

function columnsOf(count) {
  const width = root.clientWidth || innerWidth;
  if (width < 700) return Math.min(count, 2);
  if (count <= 3) return count;
  if (count === 4) return width > 1100 && size.height > size.width ? 4 : 2;
  return count <= 6 ? 3 : 4;
}

function wipe() {
  const left = paneOf(id('left')), right = paneOf(id('right'));
  const node = stageOf([right.id, left.id], left.label + ' on the left and ' + right.label + ' on the right, of ' + value.name);
  node.style.maxWidth = 78 * size.width / size.height + 'vh';
  const upper = node.lastChild;
  node.setAttribute('role', 'group'); // a picture may hold no handle
  const handle = make('div', {
    class: 'handle', role: 'slider', tabindex: 0, 'aria-label': 'Wipe', 'aria-orientation': 'horizontal',
    'aria-valuemin': 0, 'aria-valuemax': 100,
  });
  const move = (percent) => {
    state.split = clamp(percent, 0, 100);
    upper.style.clipPath = 'inset(0 ' + (100 - state.split) + '% 0 0)';
    handle.style.left = state.split + '%';
    handle.setAttribute('aria-valuenow', Math.round(state.split));
    handle.setAttribute('aria-valuetext', Math.round(state.split) + ' % ' + left.label);
  };
  handle.addEventListener('pointerdown', (event) => { event.stopPropagation(); handle.setPointerCapture(event.pointerId); });
  handle.addEventListener('pointermove', (event) => {
    if (!handle.hasPointerCapture(event.pointerId)) return;
    const box = node.getBoundingClientRect();
    move(100 * (event.clientX - box.left) / box.width);
  });
  handle.addEventListener('dblclick', (event) => event.stopPropagation());
  handle.addEventListener('keydown', (event) => {
    const by = event.shiftKey ? 10 : 2;
    const to = { ArrowLeft: state.split - by, ArrowRight: state.split + by, Home: 0, End: 100 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    move(to);
  });
  const names = [left, right].map((pane, index) => make('span', { class: index ? 'right' : 'left' }, pane.label));
  node.append(handle, ...names);
  move(state.split);
  return make('div', { class: 'wiped' }, node);
}

function missing() {
  const lacking = value.panes.filter((pane) => pane.state === 'missing');
  return lacking.length ? make('ul', { class: 'missing' }, ...lacking.map((pane) => make('li', {}, make('b', {}, pane.label), ' ' + pane.sentence))) : null;
}

function verdict() {
  if (!value.blind) return null;
  if (value.blind.done) return make('div', { class: 'verdict' }, make('span', { role: 'status' }, value.blind.said), make('button', { type: 'button', class: 'next', onclick: next }, 'Next photo ', make('kbd', {}, 'Enter')));
  return make('div', { class: 'verdict' }, make('span', {}, 'Which one is best?'), make('button', { type: 'button', class: 'pick', onclick: () => pick(0) }, 'No difference ', make('kbd', {}, '0')));
}

function arrange(on) {
  state.wipe = on && ready().length > 1;
  render();
  root.querySelector('.tools button[aria-pressed=true]')?.focus();
}

function render() {
  stages = [];
  if (!value) return root.replaceChildren();
  if (ready().length < 2) state.wipe = false;
  const focused = root.contains(document.activeElement) ? document.activeElement.getAttribute('aria-label') : null;
  root.replaceChildren(...[toolbar(), make('p', { class: 'legend', hidden: true }), state.wipe ? wipe() : grid(), verdict(),
    make('p', { class: 'help' }, HELP + (value.blind ? ', digits pick.' : '.')), missing()].filter(Boolean));
  if (focused) [...root.querySelectorAll('[aria-label]')].find((node) => node.getAttribute('aria-label') === focused)?.focus({ preventScroll: true });
  legend();
  place();
  drawAll();
}

// Another step of the same photo: only what changed is made anew, so that nobody's drag is cut short.
function refresh() {
  const figures = [...root.querySelectorAll('.pane')];
  const panes = present();
  if (figures.length !== panes.length || figures.some((figure, index) => figure.dataset.id !== panes[index].id)) return render();
  figures.forEach((figure, index) => {
    if (figure.dataset.pane === JSON.stringify(panes[index])) return;
    stages = stages.filter((stage) => !figure.contains(stage.node));
    figure.replaceWith(figureOf(panes[index], numberOf(panes[index])));
  });
  root.querySelector('.tools').replaceWith(toolbar());
  place();
  drawAll();
}

// Blind: the pick goes to the server, which alone knows what hides behind the letters.

function pick(index) {
  if (!value?.blind || value.blind.done || sent) return;
  sent = true;
  trigger('pick', { index });
}

function next() {
  if (!value?.blind?.done || sent) return;
  sent = true;
  trigger('next', {});
}

// Keys: a focused picture hears all, the blind test's digits are heard wherever nothing is being typed.

const typing = (node) => node.closest?.('input, select, textarea, [contenteditable]');
const visible = () => root.isConnected && root.offsetParent !== null;

root.addEventListener('keydown', (event) => {
  if (typing(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
  const node = stages[0]?.node;
  if (!node) return;
  const step = node.clientWidth / 10;
  const acts = {
    '+': () => zoomBy(STEP), '=': () => zoomBy(STEP), '-': () => zoomBy(1 / STEP), f: fit, w: () => arrange(!state.wipe),
    ArrowLeft: () => moveBy(node, step, 0), ArrowRight: () => moveBy(node, -step, 0),
    ArrowUp: () => moveBy(node, 0, step), ArrowDown: () => moveBy(node, 0, -step),
  };
  const act = acts[event.key] || acts[event.key.toLowerCase()];
  if (event.key.startsWith('Arrow') && (view.zoom === 1 || !event.target.classList.contains('stage'))) return;
  if (event.key.toLowerCase() === 'r' && !event.repeat && rainyPane()) { state.rainy = true; drawAll(); root.classList.add('held'); }
  else if (act) { event.preventDefault(); act(); }
});
root.addEventListener('keyup', (event) => {
  if (event.key.toLowerCase() === 'r') { state.rainy = false; drawAll(); root.classList.remove('held'); }
});

function hearDigits(event) {
  if (!root.isConnected) return document.removeEventListener('keydown', hearDigits);
  if (!value?.blind || !visible() || typing(event.target) || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  const count = ready().filter((pane) => pane.role === 'derained').length;
  if (/^[0-9]$/.test(event.key) && Number(event.key) <= count) { event.preventDefault(); pick(Number(event.key)); }
  else if (event.key === 'Enter' && value.blind.done && !event.target.closest('button, a, [role=tab]')) { event.preventDefault(); next(); }
}
document.addEventListener('keydown', hearDigits);

function take() {
  const before = value;
  value = props.value?.panes ? props.value : null;
  sent = false;
  if (value && (!before || before.id !== value.id)) {
    const kept = new Set(value.panes.map((pane) => pane.picture?.url));
    pictures = new Map([...pictures].filter(([url]) => kept.has(url)));
    size = { width: value.width, height: value.height };
    for (const place in chosen) delete chosen[place];
    if (value.wipe) state.wipe = true;
    Object.assign(view, { zoom: 1, x: size.width / 2, y: size.height / 2 });
  }
  const same = value && before && before.id === value.id && !value.blind && !state.wipe;
  if (same) refresh();
  else render();
}

new ResizeObserver(() => {
  const box = root.querySelector('.panes');
  if (box) box.style.setProperty('--columns', columnsOf(box.childElementCount));
  place();
}).observe(root);
watch('value', take);
take();
