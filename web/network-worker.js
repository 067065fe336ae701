// The network, in a worker of its own: its memory never shrinks, so it can be ended without losing the photo.
// Takes { id, planes, height, width, whole }; gives { id, derained, mask } or { id, error }.

import { LARGE } from './build.js';
import { forgetOthers, unpacked } from './fetch.js';
import * as ort from './ort/ort.wasm.min.mjs';
import { packed } from './refusal.js';

let sessions = null;

async function load(threads) {
  let got = 0;
  const progress = (bytes) => {
    got += bytes;
    postMessage({ fetched: got, total: LARGE.bytes });
  };
  const files = await Promise.all([LARGE.wasm, LARGE.mask, LARGE.derain].map((name) => unpacked(name, progress)));
  ort.env.wasm.wasmBinary = files[0];
  ort.env.wasm.wasmPaths = new URL('ort/', import.meta.url).href;
  ort.env.wasm.numThreads = threads;
  ort.env.logLevel = 'error';
  const options = { executionProviders: ['wasm'], enableCpuMemArena: false };
  const mask = await ort.InferenceSession.create(files[1], options);
  const derain = await ort.InferenceSession.create(files[2], options);
  await forgetOthers([LARGE.wasm, LARGE.mask, LARGE.derain]).catch(() => {});
  return { mask, derain };
}

async function run({ planes, height, width, whole }) {
  const values = new Float32Array(3 * height * width);
  planes.forEach((plane, channel) => {
    for (let at = 0, to = channel * plane.length; at < plane.length; at++, to++) values[to] = plane[at] / 255;
  });
  const { mask, derain } = await sessions, rainy = new ort.Tensor('float32', values, [1, 3, height, width]);
  const found = await mask.run({ rainy });
  if (!whole) return { mask: found.mask.data };
  const { derained } = await derain.run({ rainy, padded_mask: found.padded_mask });
  const area = height * width;
  return { mask: found.mask.data, derained: [0, 1, 2].map((channel) => derained.data.slice(channel * area, (channel + 1) * area)) };
}

addEventListener('message', async ({ data }) => {
  try {
    if (data.threads) {
      sessions = load(data.threads);
      await sessions;
      postMessage({ id: data.id });
    } else {
      const made = await run(data);
      postMessage({ id: data.id, ...made }, [made.mask.buffer, ...(made.derained ?? []).map((plane) => plane.buffer)]);
    }
  } catch (error) {
    postMessage({ id: data.id, error: packed(error) });
  }
});
