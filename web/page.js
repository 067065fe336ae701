// The page: what happens on it goes to the photo's worker, and what that tells is shown.

import { GENERATOR, LARGE, LINKS } from './build.js';
import { cards } from './cards.js';
import { listenForPhotos } from './intake.js';
import { make } from './make.js';
import { startViewer } from './viewer.js';
import * as words from './words.js';

const PHONE_TILE = 672, TILE = 832; // longest side of what the network sees at once
const find = (selector) => document.querySelector(selector);
const phone = matchMedia('(pointer: coarse)').matches || navigator.deviceMemory <= 4;

const state = { turn: 0, photo: null, found: null, derained: null, scale: 'auto', strength: 1, running: false, done: false, shows: 0 };
const viewer = startViewer(find('#closer'));
let worker = null;

function send(op, facts = {}) {
  worker.postMessage({ op, ...facts });
}

// Blobs on the page have addresses, which are given back once another blob takes their place.
const addresses = new Map();
function addressOf(place, blob) {
  const old = addresses.get(place);
  if (old) setTimeout(() => URL.revokeObjectURL(old), 10_000); // the viewer may still be reading it
  addresses.delete(place);
  if (blob) addresses.set(place, URL.createObjectURL(blob));
  return addresses.get(place) ?? null;
}

function show(id, address, alt) {
  const box = find(`#${id}`), image = box.querySelector('img');
  if (!address) image?.remove();
  else if (image) image.src = address;
  else box.append(make('img', { src: address, alt }));
}

function say(sentence, { progress = null, nothing = false, stoppable = false, again = false } = {}) {
  const parts = [make('p', { role: 'status', class: nothing ? 'nothing' : null }, sentence)];
  if (progress) parts.push(make('progress', progress[1] ? { value: progress[0], max: progress[1], 'aria-label': 'Progress' } : { 'aria-label': 'Progress' }));
  const status = find('#status'), line = status.querySelector('p');
  if (line && parts[0].className === line.className) { // a status that stays is read out when its words change
    if (line.textContent !== sentence) line.textContent = sentence;
    status.replaceChildren(line, ...parts.slice(1));
  } else status.replaceChildren(...parts);
  find('#stop').hidden = !stoppable;
  find('#again').hidden = !again;
  state.running = stoppable;
}

function fail(sentence) {
  const box = find('#failure');
  box.querySelector('p').textContent = sentence;
  box.hidden = false;
}

function forget() {
  Object.assign(state, { found: null, derained: null, done: false });
  for (const place of ['removed', 'mask', 'derained']) addressOf(place, null);
  show('mask', null);
  show('derained', null);
  find('#measures').replaceChildren();
  find('#found-facts').textContent = find('#derained-facts').textContent = '';
  for (const id of ['save', 'save-mask']) find(`#${id}`).disabled = true;
  viewer.show(null);
}

function take(file) {
  find('#failure').hidden = true;
  say(words.OPENING, { progress: [] });
  send('open', { file });
}

function derain() {
  forget();
  say(words.working(0, 1), { progress: [], stoppable: true });
  send('derain', { scale: state.scale === 'auto' ? 'auto' : Number(state.scale), tile: phone ? PHONE_TILE : TILE });
}

function showFound() {
  const { found } = state, view = find('#view input:checked').value;
  if (!found) return;
  show('mask', found[view].address, 'The rain that was found in the photo');
  find('#found-facts').textContent = words.brightened(found[view].gain);
}

function showCloser() {
  const { photo, derained } = state;
  const pane = (id, label, role, url) => ({ id, label, role, state: 'ready', picture: { url }, facts: '', sentence: '' });
  const panes = [pane('rainy', 'Photo', 'rainy', photo.address), pane('derained', 'Without rain', 'derained', derained)];
  viewer.show({ id: String(photo.number), name: photo.name, width: photo.width, height: photo.height, panes, blind: null, wipe: true });
}

const heard = {
  opened({ rainy, facts, name, width, height }) {
    const number = (state.photo?.number ?? 0) + 1;
    forget();
    state.photo = { name, width, height, number, address: addressOf('rainy', rainy) };
    find('#triptych').style.setProperty('--aspect', (width / height).toFixed(4));
    show('rainy', state.photo.address, 'The photo as it came');
    find('#rainy-facts').textContent = facts;
    find('#clear').disabled = false;
    if (innerWidth < 1000) find('#derained-panel').scrollIntoView({ block: 'start' });
    derain();
  },
  fetching({ done, total }) {
    say(words.fetching(done, total), { progress: [done, total], stoppable: true });
  },
  looking() {
    say(words.LOOKING, { progress: [], stoppable: true });
  },
  progress({ done, total }) {
    say(words.working(done, total), { progress: [done, total], stoppable: true });
  },
  found({ removed, gain, mask, maskGain }) {
    state.found = { removed: { address: addressOf('removed', removed), gain }, mask: { address: addressOf('mask', mask), gain: maskGain } };
    showFound();
    send('strength', { strength: state.strength });
  },
  derained({ derained, strength }) {
    state.derained = addressOf('derained', derained);
    show('derained', state.derained, 'The photo without its rain');
    if (strength === undefined) return; // a first look
    showCloser();
    for (const id of ['save', 'save-mask']) find(`#${id}`).disabled = false;
  },
  done({ measures, scale, leftOut }) {
    state.done = true;
    find('#measures').replaceChildren(cards(measures));
    find('#derained-facts').textContent = words.madeBy(GENERATOR);
    say(words.finished(measures, scale, leftOut), { nothing: words.foundLittle(measures) });
  },
  file({ file, name }) {
    const address = URL.createObjectURL(file);
    make('a', { href: address, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(address), 60_000);
  },
  stopped() {
    say(words.STOPPED, { again: true });
  },
  failed({ sentence }) {
    fail(sentence);
    if (!state.running) say('');
    else say('', { again: true });
  },
};

function hear({ data: { event, turn, ...facts } }) {
  if (turn < state.turn) return;
  state.turn = turn;
  heard[event](facts);
}

function clear() {
  send('clear');
  state.turn++;
  forget();
  addressOf('rainy', null);
  show('rainy', null);
  Object.assign(state, { photo: null });
  find('#rainy-facts').textContent = '';
  find('#clear').disabled = true;
  say('');
}

function listen() {
  listenForPhotos(take);
  find('#clear').addEventListener('click', clear);
  find('#stop').addEventListener('click', () => send('stop'));
  find('#again').addEventListener('click', derain);
  find('#failure button').addEventListener('click', () => { find('#failure').hidden = true; });
  find('#view').addEventListener('change', showFound);
  find('#scale').addEventListener('change', (event) => {
    state.scale = event.target.value;
    if (state.photo) derain();
  });
  find('#strength').addEventListener('input', ({ target }) => setStrength(Number(target.value)));
  find('#reset').addEventListener('click', () => {
    find('#strength').value = 1;
    setStrength(1);
  });
  find('#save').addEventListener('click', () => send('save', { strength: state.strength }));
  find('#save-mask').addEventListener('click', () => send('saveMask'));
  find('.lamp').addEventListener('click', () => document.documentElement.classList.toggle('dark'));
}

function setStrength(strength) {
  state.strength = strength;
  find('#strength-value').textContent = strength.toFixed(2);
  if (state.done) send('strength', { strength });
}

function start() {
  const { OffscreenCanvas, CompressionStream, createImageBitmap } = globalThis;
  if (!OffscreenCanvas || !CompressionStream || !createImageBitmap) return fail(words.TOO_OLD);
  worker = new Worker(new URL('photo-worker.js', import.meta.url), { type: 'module' });
  worker.addEventListener('message', hear);
  worker.addEventListener('error', (event) => fail(event.message ? words.OURS : words.TOO_OLD));
  listen();
  find('#camera-button').hidden = !matchMedia('(pointer: coarse)').matches;
  find('#first-bytes').textContent = `${(LARGE.bytes / 1e6).toFixed(0)} MB`;
  if (LINKS.demo) find('#demo').append(make('a', { href: LINKS.demo }, 'Compare methods on the demo’s server'));
  if (!navigator.connection?.saveData) send('warm');
  navigator.serviceWorker?.register('sw.js').catch(() => {}); // without it the page works, but not offline
}

start();
