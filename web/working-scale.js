// Working below a photo's own size: core/inference/working_scale.py. The photo is shrunk for the network, and its rain
// layer R enlarged again. Photos are { pixels, width, height } with RGBA in `pixels`; what is made of them are planes.

import { mean3, nearest, symmetric } from './filters.js';

const NOISE = 4; // detail of the shrunk photo below this, of 255, says nothing of R
const BEND = -0.75; // of OpenCV's cubic
const BAND = 256, SHRINK_MARGIN = 16; // rows of the photo that are shrunk at once, and shrunk rows seen beyond them
const REACH = 4, ROUNDS = 2;

export const shrunkSize = (length, scale) => Math.ceil(length / scale);

// A part of the photo, shrunk: three planes of whole numbers 0 … 255, and their size. Means over blocks, sharpened by
// what means do to a photo that was enlarged; where saturated pixels hide what was enlarged, that is corrected. Blocks
// that reach beyond the part continue it by its last pixels.
export function shrink(photo, scale, { top, left, bottom, right }) {
  const height = shrunkSize(bottom - top, scale), width = shrunkSize(right - left, scale);
  const planes = [0, 1, 2].map(() => new Uint8ClampedArray(height * width));
  const rows = scale === 1 ? height : Math.max(Math.floor(BAND / scale), 1);
  for (let start = 0; start < height; start += rows) {
    const first = Math.max(start - SHRINK_MARGIN, 0), stop = Math.min(start + rows, height);
    const last = Math.min(stop + SHRINK_MARGIN, height);
    const place = { top: top + first * scale, left, bottom: Math.min(top + last * scale, bottom), right };
    const band = scale === 1 ? null : { height: last - first, width, saturated: isSaturated(photo, place) };
    planes.forEach((plane, channel) => {
      const x = planeOf(photo, channel, place, scale === 1 ? { height, width } : { height: band.height * scale, width: width * scale });
      const small = scale === 1 ? x : shrinkPlane(x, scale, band);
      plane.set(scale === 1 ? x : small.subarray((start - first) * width, (stop - first) * width), start * width);
    });
  }
  return { planes, height, width };
}

function isSaturated({ pixels, width }, { top, left, bottom, right }) {
  for (let y = top; y < bottom; y++) {
    for (let at = 4 * (y * width + left), end = 4 * (y * width + right); at < end; at++) {
      if (at % 4 !== 3 && (pixels[at] === 0 || pixels[at] === 255)) return true;
    }
  }
  return false;
}

// One channel of a part of the photo, continued by its last pixels to a size.
function planeOf(photo, channel, { top, left, bottom, right }, { height, width }) {
  const out = new Uint8ClampedArray(height * width);
  for (let y = 0, to = 0; y < height; y++) {
    const from = Math.min(top + y, bottom - 1) * photo.width;
    for (let x = 0; x < width; x++, to++) out[to] = photo.pixels[4 * (from + Math.min(left + x, right - 1)) + channel];
  }
  return out;
}

function shrinkPlane(x, scale, { height, width, saturated }) {
  const pitch = width * scale, clip = (value) => Math.min(255, Math.max(0, value));
  const small = sharpened(blockMeans(height, width, scale, (y, add) => add(x.subarray(y * pitch, (y + 1) * pitch))), height, width, scale);
  for (let at = 0; at < small.length; at++) small[at] = clip(small[at]);
  const cubic = enlarger({ height, width }, pitch, scale, cubicTaps), line = new Float32Array(pitch);
  for (let round = 0; saturated && round < ROUNDS; round++) {
    const hidden = blockMeans(height, width, scale, (y, add) => {
      cubic(small, y, line);
      for (let i = 0; i < pitch; i++) line[i] = x[y * pitch + i] - clip(line[i]);
      add(line);
    });
    const more = sharpened(hidden, height, width, scale);
    for (let at = 0; at < small.length; at++) small[at] = clip(small[at] + more[at]);
  }
  return small;
}

// Means over blocks of rows that rowOf(y, add) adds.
function blockMeans(height, width, scale, rowOf) {
  const means = new Float32Array(height * width);
  for (let y = 0; y < height * scale; y++) {
    const to = Math.floor(y / scale) * width;
    rowOf(y, (line) => {
      for (let x = 0, at = 0; x < width; x++) for (let k = 0; k < scale; k++, at++) means[to + x] += line[at];
    });
  }
  return means.map((sum) => sum / (scale * scale));
}

const sharpened = (means, height, width, scale) => symmetric(means, height, width, sharpening(scale), means, nearest);

const sharpenings = new Map();

// The right half of the filter that undoes cubic enlargement and means over blocks, one after the other.
function sharpening(scale) {
  if (!sharpenings.has(scale)) {
    const length = 8 * REACH + 1, middle = (length - 1) / 2, point = new Float32Array(length);
    point[middle] = 1;
    const line = new Float32Array(length * scale);
    enlarger({ height: 1, width: length }, line.length, scale, cubicTaps)(point, 0, line);
    const means = blockMeans(1, length, scale, (y, add) => { if (y === 0) add(line); }).map((value) => value * scale);
    const wave = (k, n) => Math.cos((2 * Math.PI * k * n) / length);
    const all = Array.from({ length }, (_, k) => k);
    const spectrum = all.map((k) => all.reduce((sum, n) => sum + means[n] * wave(k, n - middle), 0));
    const half = all.slice(0, REACH + 1).map((n) => all.reduce((sum, k) => sum + wave(k, n) / spectrum[k], 0) / length);
    const total = half[0] + 2 * half.slice(1).reduce((a, b) => a + b);
    sharpenings.set(scale, Float32Array.from(half, (value) => value / total));
  }
  return sharpenings.get(scale);
}

// R and the mask in the photo's own size, row by row: calls use(y, [R, R, R], mask) with rows of the photo.
// R = R↑ + a↑ (x − x↓↑), where a is the slope of R over x in a window of the shrunk photo.
export function enlargeRows(photo, small, rain, mask, scale, use) {
  const { height, width } = photo, share = shareOf(small, rain);
  const cubic = enlarger(small, width, scale, cubicTaps), linear = enlarger(small, width, scale, linearTaps);
  const x = small.planes.map((plane) => Float32Array.from(plane, (value) => value / 255));
  const layer = rain.map(() => new Float32Array(width)), row = new Float32Array(width);
  const smooth = new Float32Array(width), follows = new Float32Array(width);
  for (let y = 0; y < height; y++) {
    linear(share, y, follows);
    for (let channel = 0; channel < 3; channel++) {
      cubic(rain[channel], y, row);
      cubic(x[channel], y, smooth);
      const out = layer[channel];
      for (let i = 0, at = y * width * 4 + channel; i < width; i++, at += 4) {
        out[i] = row[i] + follows[i] * (photo.pixels[at] / 255 - smooth[i]);
      }
    }
    cubic(mask, y, row);
    use(y, layer, row);
  }
}

// Slope of R over x around each pixel, 0 … 1: the channels share it, as rain is grey.
function shareOf({ planes, height, width }, rain) {
  const together = new Float32Array(height * width), alone = new Float32Array(height * width);
  planes.forEach((plane, channel) => {
    const x = Float32Array.from(plane, (value) => value / 255), r = rain[channel];
    const mx = mean3(x, height, width), mr = mean3(r, height, width);
    const xr = mean3(x.map((value, i) => value * r[i]), height, width);
    const xx = mean3(x.map((value) => value * value), height, width);
    for (let i = 0; i < x.length; i++) {
      together[i] += xr[i] - mx[i] * mr[i];
      alone[i] += xx[i] - mx[i] * mx[i];
    }
  });
  const floor = (NOISE / 255) ** 2, count = planes.length;
  return together.map((value, i) => Math.min(1, Math.max(0, value / count / (alone[i] / count + floor))));
}

function cubicTaps(t) {
  const outer = (s) => ((BEND * s - 5 * BEND) * s + 8 * BEND) * s - 4 * BEND;
  const inner = (s) => ((BEND + 2) * s - (BEND + 3)) * s * s + 1;
  const taps = [outer(t + 1), inner(t), inner(1 - t)];
  return [-1, [...taps, 1 - taps[0] - taps[1] - taps[2]]];
}

const linearTaps = (t) => [0, [1 - t, t]];

// A function (plane, y, out) that writes a row of the plane enlarged `scale` times, its first `total` columns.
function enlarger({ height, width }, total, scale, taps) {
  const phases = Array.from({ length: scale }, (_, k) => {
    const position = (k + 0.5) / scale - 0.5, floor = Math.floor(position);
    const [first, values] = taps(position - floor);
    return { first: floor + first, values };
  });
  const count = phases[0].values.length;
  const indices = new Int32Array(total * count), factors = new Float32Array(total * count);
  for (let x = 0; x < total; x++) {
    const { first, values } = phases[x % scale];
    for (let k = 0; k < count; k++) {
      indices[x * count + k] = Math.min(width - 1, Math.max(0, Math.floor(x / scale) + first + k));
      factors[x * count + k] = values[k];
    }
  }
  const line = new Float32Array(width);
  return (plane, y, out) => {
    const { first, values } = phases[y % scale];
    line.fill(0);
    for (let k = 0; k < count; k++) {
      const from = Math.min(height - 1, Math.max(0, Math.floor(y / scale) + first + k)) * width, factor = values[k];
      for (let x = 0; x < width; x++) line[x] += factor * plane[from + x];
    }
    for (let x = 0, at = 0; x < total; x++) {
      let sum = 0;
      for (let k = 0; k < count; k++, at++) sum += factors[at] * line[indices[at]];
      out[x] = sum;
    }
  };
}
