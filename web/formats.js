// What a photo's file is by its first bytes, before anything of it is decoded.

import { ascii } from './bytes.js';
import { readJpeg } from './jpeg.js';
import { readPng } from './png.js';

// { format, … } as `readJpeg` and `readPng` give it; of other formats only what they are called, of unknown files ''.
export function describeFile(bytes) {
  const other = (format) => ({ format, kept: [], leftOut: [`what the ${format} holds besides its pixels`], depth: 8 });
  if (bytes[0] === 0xFF && bytes[1] === 0xD8) return readJpeg(bytes) ?? other('JPEG');
  if (ascii(bytes, 1, 4) === 'PNG') return readPng(bytes) ?? other('PNG');
  if (ascii(bytes, 0, 4) === 'RIFF' && ascii(bytes, 8, 12) === 'WEBP') return { ...other('WebP'), alpha: mayBeTransparent(bytes) };
  if (['II*\0', 'MM\0*', 'II+\0', 'MM\0+'].includes(ascii(bytes, 0, 4))) return other('TIFF');
  if (ascii(bytes, 0, 2) === 'BM') return { ...other('BMP'), leftOut: [] };
  if (ascii(bytes, 0, 4) === 'GIF8') return { ...other('GIF'), alpha: true };
  if (ascii(bytes, 4, 8) === 'ftyp') {
    const brands = ascii(bytes, 8, 32);
    return /avi[fs]/.test(brands) ? { ...other('AVIF'), alpha: true } : other(/he[iv]|mif1|msf1/.test(brands) ? 'HEIC' : '');
  }
  return other('');
}

const mayBeTransparent = (bytes) => ascii(bytes, 12, 16) === 'VP8L' || (ascii(bytes, 12, 16) === 'VP8X' && (bytes[20] & 16) !== 0);
