// The segments of a JPEG file: what is told before it is decoded, and what its download takes over.

import { ascii, joined, uprightXmp } from './bytes.js';
import { makeUpright } from './exif.js';

const EXIF = 'Exif\0\0', ICC = 'ICC_PROFILE\0', XMP = 'http://ns.adobe.com/xap/1.0/\0', IPTC = 'Photoshop 3.0\0';
const LONG_XMP = 'http://ns.adobe.com/xmp/extension/\0';

// [{ marker, bytes: with marker and length, body }] up to the pixels.
function segmentsOf(bytes) {
  const segments = [];
  for (let at = 2; at + 4 <= bytes.length && bytes[at] === 0xFF;) {
    const marker = bytes[at + 1];
    if (marker === 0xFF) { at++; continue; }
    if (marker === 0xDA || marker === 0xD9) break;
    const end = at + 2 + bytes[at + 2] * 256 + bytes[at + 3];
    segments.push({ marker, bytes: bytes.subarray(at, end), body: bytes.subarray(at + 4, end) });
    at = end;
  }
  return segments;
}

const isFrame = (marker) => marker >= 0xC0 && marker <= 0xCF && ![0xC4, 0xC8, 0xCC].includes(marker);
const begins = (body, text) => ascii(body, 0, text.length) === text;

// { width, height: upright, channels, depth, profile, kept: segments for the download, leftOut: words }, or null where
// no frame is found.
export function readJpeg(bytes) {
  const segments = segmentsOf(bytes), frame = segments.find(({ marker }) => isFrame(marker));
  if (!frame || frame.body.length < 6) return null;
  const [depth, high, low, wide, narrow, channels] = frame.body;
  const kept = [], leftOut = [], profile = [];
  let orientation = 1;
  for (const { marker, bytes: whole, body } of segments) {
    if (marker === 0xE1 && begins(body, EXIF)) {
      const upright = makeUpright(body.subarray(EXIF.length));
      if (!upright) continue;
      orientation = upright.orientation;
      kept.push(joined([whole.subarray(0, 4 + EXIF.length), upright.content]));
    } else if (marker === 0xE1 && begins(body, XMP)) kept.push(uprightXmp(whole));
    else if (marker === 0xE2 && begins(body, ICC)) profile.push(whole);
    else if (marker === 0xE2 && begins(body, 'MPF\0')) leftOut.push('further pictures');
    else if (marker === 0xE1 && begins(body, LONG_XMP)) leftOut.push('extended XMP');
    else if (marker === 0xED && begins(body, IPTC)) kept.push(whole);
    else if (marker === 0xFE) kept.push(whole);
  }
  if (channels === 3) kept.push(...profile); // another one does not fit the RGB that a browser makes of it
  else if (profile.length) leftOut.push('the colour profile');
  const sides = [wide * 256 + narrow, high * 256 + low];
  const [width, height] = orientation >= 5 ? sides.reverse() : sides;
  return { format: 'JPEG', width, height, channels, depth, grey: channels === 1, kept, leftOut: [...new Set(leftOut)], profile: joined(profile.map((part) => part.subarray(18))) };
}

// A JPEG as a browser writes it, with these segments in place of its own.
export function withSegments(bytes, kept) {
  const own = segmentsOf(bytes);
  const length = 2 + own.reduce((sum, segment) => sum + segment.bytes.length, 0);
  const tables = own.filter(({ marker }) => marker === 0xE0 || marker < 0xE0).map((segment) => segment.bytes);
  const header = own[0]?.marker === 0xE0 ? tables.splice(0, 1) : [];
  return joined([bytes.subarray(0, 2), ...header, ...kept, ...tables, bytes.subarray(length)]);
}
