// Chooses the working scale of a photo by how wide its rain is: core/inference/rain_scale.py, whose constants, which
// depend on the weights, come in rain_scale.json; docs/scale.md tells why like this.

import { gaussian } from './filters.js';
import { shrink, shrunkSize } from './working-scale.js';

const SCALES = [1, 2, 3, 4];
const SIDE = 96; // of a crop in the shrunk photo
const PLACES = [[1 / 6, 5 / 12], [1 / 2, 1 / 4], [5 / 6, 11 / 12], [1 / 4, 4 / 5], [3 / 4, 1 / 5]];
const LEAST_SIDE = 192, LEAST_PIXELS = 80_000;
const HALF_PRESENCE = 2, FLOOR = 0.05;

const sum = (values) => values.reduce((a, b) => a + b, 0);
const dot = (values, factors) => sum(values.map((value, i) => value * factors[i]));
const clamp = (value, low, high) => Math.min(high, Math.max(low, value));

// The working scale of a photo, 1 … 4. maskOf(planes, height, width) gives a promise of the mask's plane, 0 … 1.
export async function chooseScale(photo, maskOf, constants) {
  const largest = largestScale(photo.height, photo.width);
  if (largest === 1) return 1;
  const width = rainWidth(await look(photo, maskOf), constants);
  if (width === null) return largest;
  const far = (scale) => Math.abs(Math.log2(scale / width));
  return SCALES.slice(0, largest).reduce((best, scale) => (far(scale) < far(best) ? scale : best));
}

// The largest scale at which the shrunk photo still has enough pixels.
export function largestScale(height, width) {
  if (Math.min(height, width) < LEAST_SIDE) return 1;
  return Math.max(1, ...SCALES.filter((s) => shrunkSize(height, s) * shrunkSize(width, s) >= LEAST_PIXELS));
}

// Looks at each place at every scale: [place][scale] of { features, presence }.
export async function look(photo, maskOf) {
  const seen = [];
  for (const [down, across] of PLACES) {
    const place = [];
    for (const scale of SCALES) {
      const side = SIDE * scale;
      const top = Math.trunc(clamp(down * photo.height - side / 2, 0, Math.max(0, photo.height - side)));
      const left = Math.trunc(clamp(across * photo.width - side / 2, 0, Math.max(0, photo.width - side)));
      const tall = Math.floor(Math.min(side, photo.height - top) / scale / 16) * 16 * scale;
      const wide = Math.floor(Math.min(side, photo.width - left) / scale / 16) * 16 * scale;
      const small = shrink(photo, scale, { top, left, bottom: top + tall, right: left + wide });
      const mask = (await maskOf(small.planes, small.height, small.width)).map((value) => value * 255);
      place.push(describe(mask, greyOf(small.planes), small.height, small.width));
    }
    seen.push(place);
  }
  return seen;
}

// How many times wider the rain is than what the network knows best; null where there is no rain to be seen.
export function rainWidth(seen, { least_presence: least, weights, biases, slopes, intercept }) {
  if (Math.max(...seen.flatMap((place) => place.slice(1).map(({ presence }) => presence))) < least) return null;
  const all = summary(seen), units = weights.map((row, i) => Math.tanh(dot(all, row) + biases[i]));
  return 2 ** (intercept + dot(units, slopes));
}

// What the crops say of the whole photo: at each scale the features' means over the places, those with rain first;
// then how the mask grows from each scale to the next.
function summary(seen) {
  const means = SCALES.flatMap((_, j) => {
    const weights = seen.map((place) => place[j].presence / (place[j].presence + HALF_PRESENCE) + 1e-3);
    return seen[0][j].features.map((_, k) => dot(seen.map((place) => place[j].features[k]), weights) / sum(weights));
  });
  const mask = SCALES.map((_, j) => Math.log(sum(seen.map((place) => place[j].presence)) / seen.length + FLOOR));
  return [...means, ...mask.slice(1).map((value, j) => value - mask[j])];
}

function greyOf([red, green, blue]) {
  return Float32Array.from(red, (value, i) => (value + green[i] + blue[i]) / 3);
}

// A crop's features, as they stand in rain_scale.py, and its mean mask; mask and grey 0 … 255.
export function describe(mask, grey, height, width) {
  const blurred = gaussian(mask, height, width, 1.5).map((value) => value + 0.02);
  const level = sum(blurred) / blurred.length, weight = blurred.map((value) => value / level);
  const ofMask = partsOf(mask, height, width), ofGrey = partsOf(grey, height, width);
  const logs = (sizes) => sizes.map((size) => Math.log(size + FLOOR));
  const m = logs(ofMask.map((part) => size(part))), everywhere = logs(ofGrey.map((part) => size(part)));
  const w = logs(ofGrey.map((part) => size(part, weight)));
  const presence = sum(mask) / mask.length, mean = Math.log(presence + FLOOR);
  const [one, two, four, across, along] = [0, 1, 2, 3, 4];
  const features = [
    m[one] - mean, m[two] - m[one], m[four] - m[two], m[across] - m[along], mean,
    w[two] - w[one], w[four] - w[two], w[across] - w[one], w[along] - w[across],
    w[one] - everywhere[one], w[two] - everywhere[two], everywhere[two] - everywhere[one],
    m[across] - m[two],
  ];
  return { features, presence };
}

// Three bands, finest first, then the differences across and along the vertical.
function partsOf(values, height, width) {
  const [fine, middle, coarse] = [1, 2, 4].map((sigma) => gaussian(values, height, width, sigma));
  const across = values.map((value, at) => (at % width ? value - values[at - 1] : 0));
  const along = values.map((value, at) => (at >= width ? value - values[at - width] : 0));
  return [values.map((v, i) => v - fine[i]), fine.map((v, i) => v - middle[i]), middle.map((v, i) => v - coarse[i]), across, along];
}

function size(part, weight = null) {
  let total = 0;
  for (let i = 0; i < part.length; i++) total += (weight ? weight[i] : 1) * part[i] * part[i];
  return Math.sqrt(total / part.length);
}
