// Rectangles in whole pixels of the upright original, half-open: {x, y, w, h} covers x … x + w − 1. Pure functions.
//
// `limits` is {width, height, least: [w, h], aspect}: the photo, the least crop, and w / h to keep or null.

const clamp = (value, low, high) => Math.min(Math.max(value, low), high);

/** Whether the photo has room for the least crop. */
export const fits = ({ width, height, least }) => width >= least[0] && height >= least[1];

/** What is wrong with a crop, in a sentence, or null. */
export function fault({ x, y, w, h }, { width, height, least }) {
  if (![x, y, w, h].every(Number.isInteger)) return "A crop's numbers must be whole pixels.";
  if (x < 0 || y < 0 || x + w > width || y + h > height) return "A crop must lie inside the photo.";
  if (w < least[0] || h < least[1]) return `A crop must have at least ${least[0]} × ${least[1]} pixels.`;
  return null;
}

/** The size nearest to w × h that keeps the aspect, the least size and the room; whole numbers. */
function size(w, h, roomW, roomH, { least, aspect }) {
  if (!aspect) {
    return [clamp(Math.round(w), Math.min(least[0], roomW), roomW), clamp(Math.round(h), Math.min(least[1], roomH), roomH)];
  }
  const most = Math.min(roomW, Math.floor(roomH * aspect));
  const smallest = Math.ceil(Math.max(least[0], least[1] * aspect));
  const wide = clamp(Math.round(Math.max(w, h * aspect)), Math.min(smallest, most), most);
  return [wide, clamp(Math.round(wide / aspect), 1, roomH)];
}

/** Where a side of `length` starts so that it grows from `anchor` towards `sign` and stays in 0 … `end`. */
const from = (anchor, sign, length, end) => clamp(sign < 0 ? anchor - length : anchor, 0, end - length);

/** A crop spanned from the fixed corner (ax, ay) to the pointer (px, py): never smaller than the least size. */
export function span(ax, ay, px, py, limits) {
  const { width, height, least } = limits;
  const [sx, sy] = [px < ax ? -1 : 1, py < ay ? -1 : 1];
  const room = (anchor, sign, end, small) => Math.max(sign < 0 ? anchor : end - anchor, Math.min(small, end));
  const smallW = limits.aspect ? Math.ceil(Math.max(least[0], least[1] * limits.aspect)) : least[0];
  const smallH = limits.aspect ? Math.ceil(smallW / limits.aspect) : least[1];
  const [w, h] = size(
    Math.abs(px - ax), Math.abs(py - ay), room(ax, sx, width, smallW), room(ay, sy, height, smallH), limits,
  );
  return { x: from(ax, sx, w, width), y: from(ay, sy, h, height), w, h };
}

/** The crop after its handle ("n", "se" …) was dragged to (px, py); the opposite side or corner stays. */
export function resize(crop, handle, px, py, limits) {
  const { x, y, w, h } = crop;
  const ax = handle.includes("w") ? x + w : x;
  const ay = handle.includes("n") ? y + h : y;
  const [right, bottom] = [handle.includes("w") ? ax - 1 : ax + 1, handle.includes("n") ? ay - 1 : ay + 1];
  const tx = /[we]/.test(handle) ? (handle.includes("w") ? Math.min(px, right) : Math.max(px, right)) : x + w;
  const ty = /[ns]/.test(handle) ? (handle.includes("n") ? Math.min(py, bottom) : Math.max(py, bottom)) : y + h;
  if (!limits.aspect || handle.length === 2) return span(ax, ay, tx, ty, limits);
  // One side with a kept aspect: the other side follows about its middle.
  const across = /[we]/.test(handle);
  const [nw, nh] = across
    ? size(Math.abs(tx - ax), 0, handle === "w" ? ax : limits.width - ax, limits.height, limits)
    : size(0, Math.abs(ty - ay), limits.width, handle === "n" ? ay : limits.height - ay, limits);
  return across
    ? { x: from(ax, handle === "w" ? -1 : 1, nw, limits.width), y: clamp(Math.round(y + (h - nh) / 2), 0, limits.height - nh), w: nw, h: nh }
    : { x: clamp(Math.round(x + (w - nw) / 2), 0, limits.width - nw), y: from(ay, handle === "n" ? -1 : 1, nh, limits.height), w: nw, h: nh };
}

/** The crop moved so that its corner is as near to (x, y) as the photo allows. */
export function move(crop, x, y, { width, height }) {
  return {
    ...crop,
    x: clamp(Math.round(x), 0, width - crop.w),
    y: clamp(Math.round(y), 0, height - crop.h),
  };
}

/** The crop with its right and lower edges moved by whole pixels. */
export function grow(crop, dw, dh, limits) {
  const { x, y, w, h } = crop;
  if (!limits.aspect) return span(x, y, Math.max(x + w + dw, x), Math.max(y + h + dh, y), limits);
  const wide = dw ? w + dw : (h + dh) * limits.aspect;
  return span(x, y, x + Math.max(wide, 1), y, limits);
}

/** A crop of about w × h round the middle (cx, cy), kept inside the photo. */
export function around(cx, cy, w, h, limits) {
  const [wide, high] = size(w, h, limits.width, limits.height, limits);
  return move({ x: 0, y: 0, w: wide, h: high }, cx - wide / 2, cy - high / 2, limits);
}

/** The crop brought to the limits' aspect, keeping its middle and about its area. */
export function reshape({ x, y, w, h }, limits) {
  const area = w * h;
  const [nw, nh] = limits.aspect ? [Math.sqrt(area * limits.aspect), Math.sqrt(area / limits.aspect)] : [w, h];
  return around(x + w / 2, y + h / 2, nw, nh, limits);
}

/** Which handle of a crop lies within `reach` of (px, py), "in" for its inside, or null; all in original pixels. */
export function grip({ x, y, w, h }, px, py, reach) {
  if (px < x - reach || px > x + w + reach || py < y - reach || py > y + h + reach) return null;
  const inner = (length) => Math.min(reach, length / 3);
  const vertical = py <= y + inner(h) ? "n" : py >= y + h - inner(h) ? "s" : "";
  const across = px <= x + inner(w) ? "w" : px >= x + w - inner(w) ? "e" : "";
  return vertical + across || "in";
}
