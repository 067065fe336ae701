// OpenCV's filters on one plane of numbers, as far as they are needed; borders are mirrored without their own pixel.

// Index within 0 … length − 1 of one that may lie outside.
export function mirrored(index, length) {
  if (length === 1) return 0;
  let at = index;
  while (at < 0 || at >= length) at = at < 0 ? -at : 2 * (length - 1) - at;
  return at;
}

// The same, where the last pixel stands for all outside.
export const nearest = (index, length) => Math.min(length - 1, Math.max(0, index));

const kernels = new Map();

// The right half of cv2.GaussianBlur's kernel for floats, its middle first.
function kernel(sigma) {
  if (!kernels.has(sigma)) {
    const size = Math.round(sigma * 8 + 1) | 1, middle = (size - 1) / 2;
    const whole = Array.from({ length: size }, (_, i) => Math.exp(-((i - middle) ** 2) / (2 * sigma * sigma)));
    const sum = whole.reduce((a, b) => a + b);
    kernels.set(sigma, Float32Array.from(whole.slice(middle), (value) => value / sum));
  }
  return kernels.get(sigma);
}

// Gaussian blur of a plane, (height × width), into a new one or into `out`, which may be the plane itself.
export function gaussian(values, height, width, sigma, out = new Float32Array(values.length)) {
  return symmetric(values, height, width, kernel(sigma), out);
}

// Filters along both axes by a symmetric kernel of which the right half is given; `border` is what stands for a pixel
// outside.
export function symmetric(values, height, width, half, out, border = mirrored) {
  const reach = half.length - 1, sums = new Float32Array(values.length);
  const line = new Float32Array(width + 2 * reach);
  for (let y = 0; y < height; y++) {
    const row = values.subarray(y * width, (y + 1) * width);
    line.set(row, reach);
    for (let k = 1; k <= reach; k++) {
      line[reach - k] = row[border(-k, width)];
      line[reach + width - 1 + k] = row[border(width - 1 + k, width)];
    }
    for (let x = 0, at = y * width; x < width; x++, at++) {
      let sum = half[0] * line[x + reach];
      for (let k = 1; k <= reach; k++) sum += half[k] * (line[x + reach - k] + line[x + reach + k]);
      sums[at] = sum;
    }
  }
  for (let y = 0; y < height; y++) {
    const to = y * width;
    for (let x = 0; x < width; x++) out[to + x] = half[0] * sums[to + x];
    for (let k = 1; k <= reach; k++) {
      const up = border(y - k, height) * width, down = border(y + k, height) * width, weight = half[k];
      for (let x = 0; x < width; x++) out[to + x] += weight * (sums[up + x] + sums[down + x]);
    }
  }
  return out;
}

const THIRD = Float32Array.of(1 / 3, 1 / 3);

// Mean over 3 × 3 pixels.
export function mean3(values, height, width) {
  return symmetric(values, height, width, THIRD, new Float32Array(values.length));
}

// Scharr's derivatives of a plane: [across, down].
export function scharr(values, height, width) {
  const across = new Float32Array(values.length), down = new Float32Array(values.length);
  for (let y = 0; y < height; y++) {
    const up = mirrored(y - 1, height) * width, here = y * width, below = mirrored(y + 1, height) * width;
    for (let x = 0; x < width; x++) {
      const l = x ? x - 1 : mirrored(-1, width), r = x < width - 1 ? x + 1 : mirrored(width, width);
      const a = values[up + l], b = values[up + x], c = values[up + r];
      const d = values[below + l], e = values[below + x], f = values[below + r];
      across[here + x] = 3 * (c - a + f - d) + 10 * (values[here + r] - values[here + l]);
      down[here + x] = 3 * (d - a + f - c) + 10 * (e - b);
    }
  }
  return [across, down];
}
