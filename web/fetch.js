// The large files: fetched once, kept in this browser under names that hold their hash, and unpacked here, because not
// every host packs what it sends.

import { through } from './bytes.js';
import { Refusal } from './refusal.js';
import * as words from './words.js';

const KEPT = 'semi-deraingan-large';

// The bytes of a packed file beside this script; progress(bytes) hears of each piece that came over the network.
export async function unpacked(name, progress) {
  const address = new URL(name, import.meta.url).href;
  const cache = await caches.open(KEPT).catch(() => null); // in private windows some browsers have none
  let bytes = await (await cache?.match(address))?.arrayBuffer();
  if (bytes) progress(bytes.byteLength);
  else {
    bytes = await fetched(address, progress);
    await cache?.put(address, new Response(bytes)).catch(() => {}); // no room: it is fetched again the next time
  }
  const packed = new Uint8Array(bytes);
  return packed[0] === 0x1F && packed[1] === 0x8B ? through(new DecompressionStream('gzip'), packed) : packed;
}

async function fetched(address, progress) {
  try {
    const answer = await fetch(address);
    if (!answer.ok) throw new TypeError(`${answer.status} ${answer.statusText}`);
    const pieces = [], reader = answer.body.getReader();
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      pieces.push(next.value);
      progress(next.value.length);
    }
    return await new Blob(pieces).arrayBuffer();
  } catch (error) {
    if (error instanceof TypeError) throw new Refusal(words.NOT_FETCHED);
    throw error;
  }
}

// Forgets large files of other versions.
export async function forgetOthers(names) {
  const cache = await caches.open(KEPT).catch(() => null);
  const wanted = names.map((name) => new URL(name, import.meta.url).href);
  for (const request of (await cache?.keys()) ?? []) if (!wanted.includes(request.url)) await cache.delete(request);
}
