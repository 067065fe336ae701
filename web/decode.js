// A photo's file -> its pixels, upright, by the browser's own decoder; nothing is put on a canvas that is not checked.

import { describeFile } from './formats.js';
import { gammaChunk, writePng } from './png.js';
import { Refusal } from './refusal.js';
import * as words from './words.js';

export const MOST_PIXELS = 40_000_000, MOST_BYTES = 100_000_000;
const BAND = 256; // rows that pass the canvas at once

// { pixels: RGBA, width, height, name, file: what `describeFile` says }.
// Throws a Refusal: the file cannot be used; one sentence.
export async function openPhoto(file) {
  if (file.size > MOST_BYTES) throw new Refusal(words.tooManyBytes(MOST_BYTES));
  checkCanvas();
  const bytes = new Uint8Array(await file.arrayBuffer()), facts = describeFile(bytes);
  checkSize(facts);
  const raw = ['JPEG', 'PNG'].includes(facts.format) && facts.channels !== 4 || facts.format === 'PNG';
  const keepsColours = raw && await leavesColours();
  if (raw && !keepsColours && facts.profile?.length) {
    facts.kept = [];
    facts.leftOut = [...facts.leftOut, 'metadata and colour profile, as this browser changes the colours'];
  }
  const options = { imageOrientation: 'from-image', premultiplyAlpha: 'none', colorSpaceConversion: keepsColours ? 'none' : 'default' };
  let bitmap;
  try {
    bitmap = await createImageBitmap(new Blob([bytes]), options);
  } catch (error) {
    throw new Refusal(error instanceof RangeError ? words.NO_MEMORY : words.cannotOpen(file.name, facts.format));
  }
  try {
    const { width, height } = bitmap;
    checkSize({ width, height });
    const pixels = pixelsOf(bitmap);
    if (facts.alpha) facts.alpha = hasAlpha(pixels);
    return { pixels, width, height, name: file.name, facts };
  } catch (error) {
    throw error instanceof RangeError ? new Refusal(words.NO_MEMORY) : error;
  } finally {
    bitmap.close();
  }
}

function checkSize({ width, height }) {
  if (width * height > MOST_PIXELS) throw new Refusal(words.tooManyPixels(width, height, MOST_PIXELS));
}

function contextOf(width, height) {
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
  if (!context) throw new Refusal(words.NO_MEMORY);
  return context;
}

function pixelsOf(bitmap) {
  const { width, height } = bitmap, pixels = new Uint8ClampedArray(width * height * 4);
  const context = contextOf(width, Math.min(BAND, height));
  for (let top = 0; top < height; top += BAND) {
    const rows = Math.min(BAND, height - top);
    context.clearRect(0, 0, width, rows);
    context.drawImage(bitmap, 0, -top);
    pixels.set(context.getImageData(0, 0, width, rows).data, top * width * 4);
  }
  return pixels;
}

function hasAlpha(pixels) {
  for (let at = 3; at < pixels.length; at += 4) if (pixels[at] !== 255) return true;
  return false;
}

// Some browsers answer a page that reads a canvas with noise, against being recognised: in silence, so it is tried out.
function checkCanvas() {
  const side = 16, context = contextOf(side, side), pattern = new ImageData(side, side);
  for (let at = 0; at < pattern.data.length; at++) pattern.data[at] = at % 4 === 3 ? 255 : (at * 37) % 256;
  context.putImageData(pattern, 0, 0);
  const seen = context.getImageData(0, 0, side, side).data;
  if (seen.some((value, at) => value !== pattern.data[at])) throw new Refusal(words.NOISE);
}

let leaves = null;

// Whether this browser gives the numbers of a file as they are when it is asked to. A picture whose file says that its
// numbers are linear in light tells: converted, 64 would become 137.
async function leavesColours() {
  leaves ??= (async () => {
    const one = { pixels: Uint8Array.of(64, 64, 64, 255), width: 1, height: 1 };
    const blob = new Blob([await writePng(one, { kept: [gammaChunk(1)] })]);
    const [pixel] = pixelsOf(await createImageBitmap(blob, { colorSpaceConversion: 'none' }));
    return pixel === 64;
  })();
  return leaves;
}
