// The photo, in a worker: opens it, has the network derain it, and makes the pictures and files of it. Every answer
// carries the turn of the photo that it is about; what belongs to an earlier turn is no longer wanted.

import { RAIN_SCALE } from './build.js';
import { openPhoto } from './decode.js';
import { derain, mixed } from './derainer.js';
import { withSegments } from './jpeg.js';
import { Network, Stopped } from './network.js';
import * as pictures from './pictures.js';
import { writePng } from './png.js';
import { measureRain } from './rain-measures.js';
import { packed, Refusal } from './refusal.js';
import * as words from './words.js';

const PREVIEW_SIDE = 1600, FIRST_LOOK_PIXELS = 150_000, LARGE_PIXELS = 400_000, QUALITY = 0.95;
const HUGE_PIXELS = 4_000_000; // from there on the network's memory is given back before the measures take theirs

let turn = 0, working = false, photo = null, made = null;
const tell = (event, facts = {}) => postMessage({ event, turn, ...facts });
const network = new Network((done, total) => working && tell('fetching', { done, total }));

// Runs `work`; what goes wrong is told, unless another photo came meanwhile.
async function inTurn(work) {
  const mine = turn;
  try {
    await work(() => { if (turn !== mine) throw new Stopped(); });
  } catch (error) {
    if (turn !== mine) return;
    if (error instanceof Stopped) tell('stopped');
    else if (error instanceof RangeError) tell('failed', { sentence: words.NO_MEMORY });
    else {
      if (!(error instanceof Refusal)) console.error(error);
      tell('failed', { sentence: packed(error).sentence ?? words.OURS });
    }
  } finally {
    if (turn === mine) working = false;
  }
}

async function open({ file }) {
  const opened = await openPhoto(file); // one that cannot be read changes nothing
  network.stop();
  turn++;
  photo = opened;
  made = null;
  const space = pictures.colourSpaceOf(photo.facts.profile);
  photo.space = photo.facts.kept.length ? space : 'srgb';
  photo.small = pictures.small(photo, PREVIEW_SIDE);
  const { width, height } = photo.small;
  tell('opened', { facts: words.photoFacts(photo), name: photo.name, width, height, rainy: await shown(photo.small) });
}

const shown = (picture) => pictures.toBlob(picture, { type: 'image/png' }, photo.space);

async function work({ scale, tile }) {
  turn++;
  made = null;
  await inTurn(async (check) => {
    working = true;
    await network.ready();
    check();
    if (photo.width * photo.height > LARGE_PIXELS) await firstLook(tile, check);
    const progress = (done, total) => tell('progress', { done, total });
    const constants = RAIN_SCALE;
    const result = await derain(photo, network, { scale, tile, constants, progress });
    check();
    made = { ...result, small: pictures.small({ ...photo, pixels: result.pixels }, PREVIEW_SIDE) };
    await tellFound(check);
    const { width, height } = photo, rainy = photo.pixels;
    if (width * height > HUGE_PIXELS) network.stop();
    const measures = measureRain(height, width, (first, stop) => pictures.takenLight(rainy, result.pixels, width, first, stop));
    tell('done', { measures, scale: result.scale, leftOut: photo.facts.leftOut });
  });
}

async function firstLook(tile, check) {
  const { small } = photo, scale = Math.ceil(Math.sqrt(small.width * small.height / FIRST_LOOK_PIXELS));
  tell('looking');
  const look = await derain({ ...small, facts: photo.facts }, network, { scale, tile });
  check();
  tell('derained', { derained: await shown({ ...small, pixels: look.pixels }) });
}

async function tellFound(check) {
  const removed = pictures.stretched(pictures.removedLayer(photo.small, made.small));
  const { width, height } = photo;
  const mask = pictures.stretched(pictures.greyPicture(pictures.small({ pixels: made.mask, width, height }, PREVIEW_SIDE)));
  const blobs = await Promise.all([removed, mask].map(({ picture }) => pictures.toBlob(picture)));
  check();
  tell('found', { removed: blobs[0], gain: removed.gain, mask: blobs[1], maskGain: mask.gain });
}

async function strength({ strength: share }) {
  if (!made) return;
  const mine = turn, pixels = mixed(photo.small.pixels, made.small.pixels, share);
  const derained = await shown({ ...photo.small, pixels });
  if (turn === mine) tell('derained', { derained, strength: share });
}

// The derained photo as a file: JPEG stays JPEG, all else becomes PNG; what the photo's file told of it comes along.
async function save({ strength: share }) {
  const { width, height, facts } = photo, stem = photo.name.replace(/\.[^.]*$/, '') || 'photo';
  const picture = { pixels: mixed(photo.pixels, made.pixels, share), width, height };
  if (facts.format !== 'JPEG') {
    const bytes = await writePng(picture, facts.format === 'PNG' ? facts : { alpha: facts.alpha });
    return tell('file', { file: new Blob([bytes], { type: 'image/png' }), name: `${stem}_derained.png` });
  }
  const blob = await pictures.toBlob(picture, { type: 'image/jpeg', quality: QUALITY });
  const bytes = withSegments(new Uint8Array(await blob.arrayBuffer()), facts.kept);
  const ending = /\.(jpe?g|jpe|jfif)$/i.exec(photo.name)?.[0] ?? '.jpg';
  tell('file', { file: new Blob([bytes], { type: 'image/jpeg' }), name: `${stem}_derained${ending}` });
}

async function saveMask() {
  const { width, height } = photo;
  const bytes = await writePng(pictures.greyPicture({ pixels: made.mask, width, height }), { grey: true });
  tell('file', { file: new Blob([bytes], { type: 'image/png' }), name: `${photo.name.replace(/\.[^.]*$/, '')}_mask.png` });
}

function stop() {
  turn++;
  network.stop();
  tell('stopped');
}

function clear() {
  turn++;
  network.stop();
  photo = made = null;
}

const acts = {
  open: (message) => inTurn(() => open(message)),
  derain: work,
  strength: (message) => inTurn(() => strength(message)),
  save: (message) => made && inTurn(() => save(message)),
  saveMask: () => made && inTurn(saveMask),
  warm: () => network.ready().catch(() => {}), // what goes wrong is told once a photo is there
  stop,
  clear,
};

addEventListener('message', ({ data }) => acts[data.op](data));
