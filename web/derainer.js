// Derains one photo of any size: core/inference/derainer.py. Whole when it is small, else in tiles; at a scale above 1
// the network sees the photo shrunk, and R is enlarged.

import { STRIDE } from './build.js';
import { chooseScale } from './rain-scale.js';
import { blend, cut, cutFreely } from './tiles.js';
import { enlargeRows, shrink } from './working-scale.js';

const OVERLAP = 224; // pixels that neighbouring tiles share

// network: { run(planes, height, width), mask(planes, height, width) }, promises of planes in 0 … 1.
// Gives { pixels: RGBA, mask: 0 … 255, scale }. Clamped arrays round as NumPy does, and keep to 0 … 255.
export async function derain(photo, network, { scale = 'auto', tile, constants, progress = () => {} }) {
  const chosen = scale === 'auto' ? await chooseScale(photo, network.mask, constants) : scale;
  const out = await (chosen === 1 ? full : shrunk)(photo, network, { scale: chosen, tile, progress });
  for (let at = 3; at < out.pixels.length; at += 4) out.pixels[at] = photo.pixels[at];
  return { ...out, scale: chosen };
}

const emptyFor = ({ height, width }) => ({ pixels: new Uint8ClampedArray(height * width * 4), mask: new Uint8ClampedArray(height * width) });

// What the network gives for planes: [red, green, blue, mask].
async function predict(photo, network, { planes, height, width }) {
  const { derained, mask } = await network.run(planes, height, width);
  return [...(photo.facts.grey ? equal(derained) : derained), mask];
}

// The part of planes that two spans cut out.
function cutOut({ planes, width }, row, column) {
  const tall = row.stop - row.start, wide = column.stop - column.start;
  const parts = planes.map((plane) => {
    const part = new Uint8ClampedArray(tall * wide);
    for (let y = 0; y < tall; y++) {
      const from = (row.start + y) * width + column.start;
      part.set(plane.subarray(from, from + wide), y * wide);
    }
    return part;
  });
  return { planes: parts, height: tall, width: wide };
}

// A grey photo's derained image is grey: the mean of the channels.
function equal([red, green, blue]) {
  const mean = red.map((value, at) => (value + green[at] + blue[at]) / 3);
  return [mean, mean.slice(), mean.slice()];
}

async function counted(parts, total, progress, use) {
  let done = 0;
  progress(0, total);
  for await (const part of parts) {
    use(part);
    progress(++done, total);
  }
}

async function full(photo, network, { tile, progress }) {
  const { height, width } = photo, out = emptyFor(photo), [rows, columns] = cut(height, width, tile, OVERLAP, STRIDE);
  const parts = blend(rows, columns, (row, column) => {
    const place = { top: row.start, bottom: row.stop, left: column.start, right: column.stop };
    return predict(photo, network, shrink(photo, 1, place));
  });
  await counted(parts, rows.length * columns.length, progress, (part) => {
    for (let y = 0; y < part.height; y++) {
      for (let x = 0, to = (part.top + y) * width + part.left, from = y * part.pitch; x < part.width; x++, to++, from++) {
        for (let channel = 0; channel < 3; channel++) out.pixels[4 * to + channel] = 255 * part.planes[channel][from];
        out.mask[to] = 255 * part.planes[3][from];
      }
    }
  });
  return out;
}

async function shrunk(photo, network, { scale, tile, progress }) {
  const small = shrink(photo, scale, { top: 0, left: 0, bottom: photo.height, right: photo.width });
  const { height, width } = small, [rows, columns] = cutFreely(height, width, tile, OVERLAP, STRIDE);
  const found = [0, 1, 2, 3].map(() => new Float32Array(height * width));
  const parts = blend(rows, columns, async (row, column) => {
    const part = cutOut(small, row, column), made = await predict(photo, network, part);
    part.planes.forEach((plane, channel) => {
      for (let at = 0; at < plane.length; at++) made[channel][at] = plane[at] / 255 - made[channel][at];
    });
    return made;
  });
  await counted(parts, rows.length * columns.length, progress, (part) => {
    part.planes.forEach((plane, channel) => {
      for (let y = 0; y < part.height; y++) {
        const from = y * part.pitch;
        found[channel].set(plane.subarray(from, from + part.width), (part.top + y) * width + part.left);
      }
    });
  });
  const out = emptyFor(photo);
  enlargeRows(photo, small, found.slice(0, 3), found[3], scale, (y, layer, mask) => {
    for (let x = 0, at = y * photo.width; x < photo.width; x++, at++) {
      for (let channel = 0; channel < 3; channel++) {
        out.pixels[4 * at + channel] = photo.pixels[4 * at + channel] - 255 * layer[channel][x];
      }
      out.mask[at] = 255 * mask[x];
    }
  });
  return out;
}

// x + s(ỹ − x), rounded, of two RGBA pictures; s = 1 gives ỹ itself.
export function mixed(rainy, derained, strength) {
  if (strength === 1) return derained;
  const out = new Uint8ClampedArray(rainy);
  for (let at = 0; at < out.length; at++) {
    if (at % 4 !== 3) out[at] = rainy[at] + strength * (derained[at] - rainy[at]);
  }
  return out;
}
