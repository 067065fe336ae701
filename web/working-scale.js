// Working below a photo's own size: core/inference/working_scale.py. The photo is shrunk for the network, and its rain
// layer R enlarged again. Photos are { pixels, width, height } with RGBA in `pixels`; what is made of them are planes.

import { mean3, rint } from './filters.js';

const NOISE = 4; // detail of the shrunk photo below this, of 255, says nothing of R
const BEND = -0.75; // of OpenCV's cubic

export const shrunkSize = (length, scale) => Math.ceil(length / scale);

// Means over blocks of scale × scale pixels of a part of the photo: three planes of whole numbers 0 … 255, and their
// size. Blocks that reach beyond the photo continue it by its last pixels.
export function shrink(photo, scale, { top, left, bottom, right }) {
  const height = Math.ceil((bottom - top) / scale), width = Math.ceil((right - left) / scale);
  const planes = [0, 1, 2].map(() => new Uint8Array(height * width));
  const area = scale * scale, half = scale === 2 ? 2 : 0;
  const columns = Int32Array.from({ length: width * scale }, (_, x) => 4 * Math.min(left + x, right - 1));
  const sums = new Uint32Array(3 * width);
  for (let y = 0; y < height; y++) {
    sums.fill(half);
    for (let k = 0; k < scale; k++) {
      const from = Math.min(top + y * scale + k, bottom - 1) * photo.width * 4;
      for (let x = 0, to = -3; x < columns.length; x++) {
        if (x % scale === 0) to += 3;
        const at = from + columns[x];
        sums[to] += photo.pixels[at];
        sums[to + 1] += photo.pixels[at + 1];
        sums[to + 2] += photo.pixels[at + 2];
      }
    }
    for (let x = 0; x < width; x++) {
      for (let channel = 0; channel < 3; channel++) {
        const sum = sums[3 * x + channel];
        planes[channel][y * width + x] = half ? sum >> 2 : rint(sum / area);
      }
    }
  }
  return { planes, height, width };
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
