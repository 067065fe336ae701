// Cuts a large photo into overlapping tiles and blends what the network gives for them: core/inference/tiles.py.

const OUTER = 0.4; // share of a shared strip, on each side, in which the tile that ends there counts for nothing

// Evenly sized spans of at most `tile` pixels that share `overlap` pixels: [{ start, stop, before, after }].
export function split(length, tile, overlap, stride) {
  if (length <= tile) return [{ start: 0, stop: length, before: 0, after: 0 }];
  const count = Math.ceil((length - overlap) / (tile - overlap));
  const step = Math.ceil((length - overlap) / count / stride) * stride;
  const starts = [];
  for (let start = 0; start < length; start += step) if (start === 0 || length - start > overlap) starts.push(start);
  return starts.map((start, index) => ({
    start,
    stop: Math.min(start + step + overlap, length),
    before: start ? overlap : 0,
    after: index < starts.length - 1 ? overlap : 0,
  }));
}

// Rows and columns of tiles; one tile where the photo, padded to the stride, has no more than tile × tile pixels.
export function cut(height, width, tile, overlap, stride) {
  const side = fits(height, width, tile, stride) ? Math.max(height, width) : tile;
  return [split(height, side, overlap, stride), split(width, side, overlap, stride)];
}

// The same with tiles of any sides, of at most tile × tile pixels each, and of as few as can be all together.
export function cutFreely(height, width, tile, overlap, stride) {
  return fits(height, width, tile, stride) ? cut(height, width, tile, overlap, stride) : splitBoth(height, width, tile ** 2, overlap, stride);
}

function fits(height, width, tile, stride) {
  return Math.ceil(height / stride) * Math.ceil(width / stride) * stride ** 2 <= tile ** 2;
}

export function splitBoth(height, width, pixels, overlap, stride) {
  const [low, narrow] = [height, width].map((length) => Math.min(Math.max(3 * overlap, stride), Math.ceil(length / stride) * stride));
  const total = (spans) => spans.reduce((sum, { start, stop }) => sum + stop - start, 0);
  let best = null, least = Infinity;
  for (let side = narrow; side <= Math.floor(pixels / low); side += stride) {
    const spans = [split(height, Math.floor(pixels / side / stride) * stride, overlap, stride), split(width, side, overlap, stride)];
    const all = total(spans[0]) * total(spans[1]);
    if (all < least) [best, least] = [spans, all];
  }
  return best;
}

// Weights that rise smoothly over a shared strip; with the falling mirror image they make 1.
export function ramp(overlap) {
  return Float32Array.from({ length: overlap }, (_, index) => {
    const inner = ((index + 0.5) / overlap - OUTER) / (1 - 2 * OUTER);
    return 0.5 - 0.5 * Math.cos(Math.PI * Math.min(1, Math.max(0, inner)));
  });
}

// Blending weights of a tile along one axis.
export function weights(span) {
  const values = new Float32Array(span.stop - span.start).fill(1);
  if (span.before) values.set(ramp(span.before));
  if (span.after) values.set(ramp(span.after).reverse(), values.length - span.after);
  return values;
}

// Runs `predict(row, column)`, which gives planes [channel][y × x], on every tile; gives finished parts of the blended
// whole, each pixel once: { top, left, height, width, pitch, planes }, where a row of a plane has `pitch` values.
export async function* blend(rows, columns, predict) {
  const total = columns.at(-1).stop;
  let above = null;
  for (const row of rows) {
    let below = null, left = null;
    const down = weights(row);
    for (const column of columns) {
      const planes = await predict(row, column);
      const across = weights(column), pitch = across.length, tall = down.length;
      const width = pitch - column.after, height = tall - row.after;
      if (row.after && !below) below = planes.map(() => new Float32Array(row.after * total));
      const right = column.after ? planes.map(() => new Float32Array(tall * column.after)) : null;
      planes.forEach((plane, channel) => {
        weigh(plane, down, across);
        if (left) add(plane, pitch, left[channel], column.before, 0, column.before, tall);
        if (right) take(plane, pitch, width, column.after, tall, right[channel]);
        if (above) add(plane, pitch, above[channel], total, column.start, width, row.before);
        if (row.after) for (let y = 0; y < row.after; y++) {
          const from = (height + y) * pitch;
          below[channel].set(plane.subarray(from, from + width), y * total + column.start);
        }
      });
      left = right;
      yield { top: row.start, left: column.start, height, width, pitch, planes };
    }
    above = below;
  }
}

function weigh(plane, down, across) {
  for (let y = 0, at = 0; y < down.length; y++) {
    for (let x = 0; x < across.length; x++, at++) plane[at] *= down[y] * across[x];
  }
}

// Adds `width` × `height` values of a strip, from its column `left` on, to the plane's upper left corner.
function add(plane, pitch, strip, stripPitch, left, width, height) {
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) plane[y * pitch + x] += strip[y * stripPitch + left + x];
  }
}

function take(plane, pitch, from, width, height, out) {
  for (let y = 0; y < height; y++) out.set(plane.subarray(y * pitch + from, y * pitch + from + width), y * width);
}
