// Runs the page's arithmetic on what test_numbers.py has left in a folder, and leaves there what came of it.

import { readFileSync, writeFileSync } from 'node:fs';

const [repository, folder] = process.argv.slice(2);
const web = (name) => import(`file://${repository}/web/${name}`);
const { look, rainWidth } = await web('rain-scale.js');
const { enlargeRows, shrink } = await web('working-scale.js');
const { measureRain } = await web('rain-measures.js');
const { ramp, split, splitBoth } = await web('tiles.js');

const { height, width, constants, cuts, free } = JSON.parse(readFileSync(`${folder}/given.json`));
const photo = { pixels: new Uint8Array(readFileSync(`${folder}/photo.bin`)), height, width };
const write = (name, plane) => writeFileSync(`${folder}/${name}`, Buffer.from(plane.buffer, plane.byteOffset, plane.byteLength));

for (const scale of [1, 2, 3, 4]) {
  const small = shrink(photo, scale, { top: 0, left: 0, bottom: height, right: width });
  small.planes.forEach((plane, channel) => write(`small-${scale}-${channel}.bin`, plane));
  if (scale === 1) continue;
  const rain = small.planes.map((plane) => Float32Array.from(plane, (value) => Math.max(0, (value - 100) / 600)));
  const layers = [0, 1, 2].map(() => new Float32Array(height * width)), mask = new Float32Array(height * width);
  enlargeRows(photo, small, rain, rain[0], scale, (y, layer, row) => {
    layer.forEach((line, channel) => layers[channel].set(line, y * width));
    mask.set(row, y * width);
  });
  layers.forEach((layer, channel) => write(`layer-${scale}-${channel}.bin`, layer));
  write(`mask-${scale}.bin`, mask);
}

const seen = await look(photo, async ([red]) => Float32Array.from(red, (value) => Math.max(0, (value - 120) / 500)));
const mask = Float32Array.from({ length: height * width }, (_, at) => Math.max(0, (photo.pixels[4 * at] - 150) / 500));
writeFileSync(`${folder}/made.json`, JSON.stringify({
  features: seen.map((place) => place.map((crop) => crop.features)),
  presence: seen.map((place) => place.map((crop) => crop.presence)),
  width: rainWidth(seen, constants),
  measures: measureRain(height, width, (first, stop) => mask.slice(first * width, stop * width)),
  spans: cuts.map((cut) => split(...cut)),
  free: free.map((cut) => splitBoth(...cut)),
  ramp: [...ramp(224)],
}));
