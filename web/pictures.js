// Pictures for the page, made of RGBA pixels: small copies of photos, what was taken out, the mask.

const MOST_GAIN = 16;

// Shrinks { pixels, width, height } by averaging until no side is longer than `side`.
export function small({ pixels, width, height }, side) {
  const ratio = Math.max(width, height) / side;
  if (ratio <= 1) return { pixels, width, height };
  const w = Math.max(1, Math.round(width / ratio)), h = Math.max(1, Math.round(height / ratio));
  const channels = pixels.length / width / height, out = new Uint8ClampedArray(w * h * channels);
  const across = shares(width, w), sums = new Float32Array(w * channels), line = new Float32Array(width * channels);
  shares(height, h).forEach(({ first, parts }, y) => {
    line.fill(0);
    parts.forEach((part, k) => {
      const from = (first + k) * line.length;
      for (let i = 0; i < line.length; i++) line[i] += part * pixels[from + i];
    });
    sums.fill(0);
    across.forEach((span, x) => {
      for (let k = 0; k < span.parts.length; k++) {
        for (let c = 0; c < channels; c++) sums[x * channels + c] += span.parts[k] * line[(span.first + k) * channels + c];
      }
    });
    out.set(sums, y * sums.length);
  });
  return { pixels: out, width: w, height: h };
}

// For each pixel of the shorter side, which pixels of the longer one it covers, and how much of its whole each is.
function shares(long, short) {
  const ratio = long / short;
  return Array.from({ length: short }, (_, index) => {
    const from = index * ratio, to = Math.min(long, from + ratio), first = Math.floor(from), parts = [];
    for (let at = first; at < to - 1e-9; at++) parts.push((Math.min(at + 1, to) - Math.max(at, from)) / ratio);
    return { first, parts };
  });
}

// R = x − ỹ of two pictures, 0 where light was added.
export function removedLayer(rainy, derained) {
  const pixels = new Uint8ClampedArray(rainy.pixels.length);
  for (let at = 0; at < pixels.length; at++) pixels[at] = at % 4 === 3 ? 255 : rainy.pixels[at] - derained.pixels[at];
  return { ...rainy, pixels };
}

export function greyPicture({ pixels, width, height }) {
  const out = new Uint8ClampedArray(4 * pixels.length);
  pixels.forEach((value, at) => out.set([value, value, value, 255], 4 * at));
  return { pixels: out, width, height };
}

// A dark picture so many times brighter that its brightest thousandth is white, 1 … 16 times: { picture, gain }.
export function stretched(picture) {
  const counts = new Uint32Array(256);
  picture.pixels.forEach((value, at) => { if (at % 4 !== 3) counts[value]++; });
  let left = Math.floor(0.001 * 0.75 * picture.pixels.length), top = 255;
  while (top > 1 && left >= counts[top]) left -= counts[top--];
  const gain = Math.trunc(Math.min(MOST_GAIN, Math.max(1, 255 / top)));
  const pixels = picture.pixels.map((value, at) => (at % 4 === 3 ? 255 : value * gain));
  return { picture: { ...picture, pixels }, gain };
}

// The light that was taken away, mean over the channels, rows first … stop − 1: a plane of 0 … 1.
export function takenLight(rainy, derained, width, first, stop) {
  const out = new Float32Array((stop - first) * width);
  for (let i = 0, at = first * width * 4; i < out.length; i++, at += 4) {
    const taken = rainy[at] - derained[at] + rainy[at + 1] - derained[at + 1] + rainy[at + 2] - derained[at + 2];
    out[i] = Math.max(0, taken / 3 / 255);
  }
  return out;
}

// A file of a picture as the browser writes it.
export async function toBlob({ pixels, width, height }, options = { type: 'image/png' }, colorSpace = 'srgb') {
  const canvas = new OffscreenCanvas(width, height);
  canvas.getContext('2d', { colorSpace }).putImageData(new ImageData(pixels, width, height, { colorSpace }), 0, 0);
  return canvas.convertToBlob(options);
}

// Which of the two colour spaces that a canvas knows an ICC profile is of, by the name that it gives itself.
export function colourSpaceOf(profile) {
  const name = new TextDecoder('latin1').decode(profile ?? new Uint8Array()).replaceAll('\0', '');
  return name.includes('Display P3') ? 'display-p3' : 'srgb';
}
