// PNG: what is told before it is decoded, what its download takes over, and how the download is written.

import { ascii, joined, through, uprightXmp } from './bytes.js';
import { makeUpright } from './exif.js';

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A);
const COLOURS = ['iCCP', 'sRGB', 'gAMA', 'cHRM', 'cICP'], OTHERS = ['pHYs', 'tEXt', 'zTXt', 'iTXt', 'tIME'];
const DIRECT = { 0: 1, 2: 3, 3: 3, 4: 2, 6: 4 };

const TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) c = c & 1 ? 0xEDB88320 ^ (c >>> 1) : c >>> 1;
  return c;
});

function checksum(bytes) {
  let c = 0xFFFFFFFF;
  for (const byte of bytes) c = TABLE[(c ^ byte) & 255] ^ (c >>> 8);
  return (c ^ 0xFFFFFFFF) >>> 0;
}

function chunk(type, body) {
  const out = new Uint8Array(body.length + 12), view = new DataView(out.buffer);
  view.setUint32(0, body.length);
  for (let i = 0; i < 4; i++) out[4 + i] = type.charCodeAt(i);
  out.set(body, 8);
  view.setUint32(8 + body.length, checksum(out.subarray(4, 8 + body.length)));
  return out;
}

function chunksOf(bytes) {
  const chunks = [], view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 8; at + 12 <= bytes.length;) {
    const end = at + 12 + view.getUint32(at);
    if (end > bytes.length) break;
    chunks.push({ type: ascii(bytes, at + 4, at + 8), bytes: bytes.subarray(at, end), body: bytes.subarray(at + 8, end - 4) });
    at = end;
  }
  return chunks;
}

// { width, height, channels, depth, grey, alpha, profile, kept, leftOut }, or null where there is no header.
export function readPng(bytes) {
  const chunks = chunksOf(bytes), header = chunks[0];
  if (header?.type !== 'IHDR' || header.body.length !== 13) return null;
  const view = new DataView(header.body.buffer, header.body.byteOffset), colour = header.body[9], depth = header.body[8];
  const grey = colour === 0 || colour === 4, kept = [], leftOut = [];
  let orientation = 1;
  for (const { type, bytes: whole, body } of chunks) {
    if (COLOURS.includes(type) || OTHERS.includes(type)) kept.push(type === 'iTXt' ? retold(body, whole) : whole);
    if (type === 'eXIf') {
      const upright = makeUpright(body);
      orientation = upright?.orientation ?? 1;
      if (upright) kept.push(chunk('eXIf', upright.content));
    }
  }
  if (depth === 16) leftOut.push('16 bits a channel');
  if (chunks.some(({ type }) => type === 'acTL')) leftOut.push('the animation');
  const width = view.getUint32(0), height = view.getUint32(4), turned = orientation >= 5;
  return {
    format: 'PNG', width: turned ? height : width, height: turned ? width : height, channels: DIRECT[colour], depth, grey, kept, leftOut,
    alpha: colour >= 4 || chunks.some(({ type }) => type === 'tRNS'),
    profile: chunks.find(({ type }) => type === 'iCCP')?.body,
  };
}

function retold(body, whole) {
  const upright = uprightXmp(body);
  return upright === body ? whole : chunk('iTXt', upright);
}

// A PNG of RGBA pixels: grey where `grey` says so, with alpha where `alpha` does; `kept` chunks stand before the pixels.
export async function writePng({ pixels, width, height }, { grey = false, alpha = false, kept = [] } = {}) {
  const places = [...(grey ? [0] : [0, 1, 2]), ...(alpha ? [3] : [])], count = places.length;
  const header = new Uint8Array(13), view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header.set([8, grey ? (alpha ? 4 : 0) : (alpha ? 6 : 2)], 8);
  const pitch = width * count, lines = new Uint8Array(height * (pitch + 1));
  for (let y = 0, to = 0; y < height; y++) {
    lines[to++] = y ? 2 : 0; // differences to the row above
    for (let x = 0, from = y * width * 4; x < width; x++, from += 4) {
      for (const place of places) lines[to++] = pixels[from + place] - (y ? pixels[from - width * 4 + place] : 0);
    }
  }
  const packed = await through(new CompressionStream('deflate'), lines);
  return joined([SIGNATURE, chunk('IHDR', header), ...kept, chunk('IDAT', packed), chunk('IEND', new Uint8Array())]);
}

export const gammaChunk = (gamma) => {
  const body = new Uint8Array(4);
  new DataView(body.buffer).setUint32(0, gamma * 100000);
  return chunk('gAMA', body);
};
