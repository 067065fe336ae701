// The rain measures of a mask: core/metrics/rain_measures.py, with its names and its bands of rows.

import { gaussian, scharr } from './filters.js';

export const THRESHOLD = Math.fround(10 / 255);
const SMALLEST_STREAK = 12, LEAST_ALIGNMENT = 0.2, MOST_COVERED = 0.75;
const EDGE_SCALE = 1, WINDOW_SCALE = 3, BAND = 1024, HALO = 24;
const REACH = 3; // columns on each side in which other streaks hide a tip

// Coverage in per cent, direction and spread in degrees or null, density in streaks a megapixel or null.
// bandOf(first, stop) gives the mask's rows as a plane of its own, 0 … 1, which is written over.
export function measureRain(height, width, bandOf) {
  const size = height * width;
  let rainy = 0, covered = 0, blocked = 0, tips = 0, across = 0, along = 0, length = 0;
  for (let start = 0; start < height; start += BAND) {
    const first = Math.max(start - HALO, 0), own = Math.min(start + BAND, height);
    const last = Math.min(own + HALO, height), rows = last - first;
    const mask = bandOf(first, last), core = [start - first, own - first];
    for (let at = core[0] * width; at < core[1] * width; at++) if (mask[at] > THRESHOLD) rainy++;
    const smooth = gaussian(mask, rows, width, EDGE_SCALE, mask), streaks = withoutSpecks(smooth, rows, width);
    for (let at = 0; at < smooth.length; at++) smooth[at] = Math.max(smooth[at] - THRESHOLD / 2, 0);
    const [dx, dy] = doubledAngles(smooth, rows, width);
    for (let at = core[0] * width; at < core[1] * width; at++) {
      across += dx[at];
      along += dy[at];
      length += Math.hypot(dx[at], dy[at]);
    }
    const wide = dilated(streaks, rows, width);
    for (let at = core[0] * width; at < core[1] * width; at++) {
      covered += streaks[at];
      blocked += wide[at];
    }
    tips += lowerTips(streaks, core[0], Math.min(core[1], rows - 1), width);
  }
  const { direction, spread } = rainy ? axialMean(across, along, length) : { direction: null, spread: null };
  const tellable = covered <= MOST_COVERED * size && blocked < size;
  const density = tellable ? tips / (1 - blocked / size) / (size / 1e6) : null;
  return { coverage: (100 * rainy) / size, direction, spread, density };
}

// The local structure tensor J as the vector (Jxx − Jyy, 2 Jxy): its angle is twice that of the gradient.
function doubledAngles(mask, height, width) {
  const [gx, gy] = scharr(mask, height, width);
  for (let i = 0; i < gx.length; i++) {
    const x = gx[i], y = gy[i];
    gx[i] = x * x - y * y;
    gy[i] = 2 * x * y;
  }
  return [gx, gy].map((part) => gaussian(part, height, width, WINDOW_SCALE, part));
}

function axialMean(x, y, length) {
  const alignment = length > 0 ? Math.hypot(x, y) / length : 0;
  if (alignment < LEAST_ALIGNMENT) return { direction: null, spread: null };
  const degrees = 180 / Math.PI;
  return {
    direction: 0.5 * degrees * Math.atan2(y, x),
    spread: 0.5 * degrees * Math.sqrt(-2 * Math.log(Math.min(alignment, 1))),
  };
}

// 1 where the mask is above the threshold and at least SMALLEST_STREAK such pixels hang together, corners included.
function withoutSpecks(values, height, width) {
  const kept = new Uint8Array(values.length), waiting = [];
  const unseen = Uint8Array.from(values, (value) => (value > THRESHOLD ? 1 : 0));
  for (let seed = 0; seed < unseen.length; seed++) {
    if (!unseen[seed]) continue;
    unseen[seed] = 0;
    waiting.length = 0;
    waiting.push(seed);
    for (let next = 0; next < waiting.length; next++) {
      const at = waiting[next], x = at % width, y = (at - x) / width;
      for (let v = Math.max(y - 1, 0); v <= Math.min(y + 1, height - 1); v++) {
        for (let u = Math.max(x - 1, 0); u <= Math.min(x + 1, width - 1); u++) {
          const other = v * width + u;
          if (!unseen[other]) continue;
          unseen[other] = 0;
          waiting.push(other);
        }
      }
    }
    if (waiting.length >= SMALLEST_STREAK) for (const at of waiting) kept[at] = 1;
  }
  return kept;
}

// 1 where a streak is here or in the row above, at most REACH columns away.
function dilated(streaks, height, width) {
  const out = new Uint8Array(streaks.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = y * width + x;
      if (!streaks[at]) continue;
      const low = Math.max(x - REACH, 0), high = Math.min(x + REACH, width - 1) + 1;
      out.fill(1, y * width + low, y * width + high);
      if (y < height - 1) out.fill(1, (y + 1) * width + low, (y + 1) * width + high);
    }
  }
  return out;
}

// Horizontal runs of rainy pixels, in rows from … stop − 1, with nothing rainy below them or at their lower corners.
function lowerTips(streaks, from, stop, width) {
  let tips = 0;
  for (let y = from; y < stop; y++) {
    const row = y * width, below = row + width;
    for (let x = 0; x < width; x++) {
      if (!streaks[row + x]) continue;
      let supported = x > 0 && streaks[below + x - 1] === 1;
      for (; x < width && streaks[row + x]; x++) supported ||= streaks[below + x] === 1;
      supported ||= x < width && streaks[below + x] === 1;
      if (!supported) tips++;
    }
  }
  return tips;
}
