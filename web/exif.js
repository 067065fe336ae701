// EXIF changed in place, byte by byte: maker notes hold absolute offsets and would not survive being written anew.

const ORIENTATION = 0x0112, DIRECTORY = 0x8769, WIDTH = 0xA002, HEIGHT = 0xA003, SHORT = 3, LONG = 4;

// A TIFF structure -> { orientation: 1 … 8, content: the same upright and without its thumbnail }; null where it is none.
export function makeUpright(exif) {
  const content = exif.slice(), view = new DataView(content.buffer);
  const mark = content.length >= 8 ? String.fromCharCode(...content.subarray(0, 2)) : '';
  const little = mark === 'II';
  if ((!little && mark !== 'MM') || view.getUint16(2, little) !== 42) return null;
  let orientation = 1;
  try {
    const first = view.getUint32(4, little), found = entries(view, little, first);
    const turned = found.get(ORIENTATION), directory = found.get(DIRECTORY);
    if (turned) {
      const value = read(view, little, turned);
      orientation = value >= 1 && value <= 8 ? value : 1;
      write(view, little, turned, 1);
    }
    const next = first + 2 + 12 * view.getUint16(first, little); // the thumbnail's directory: it shows the rain
    if (next + 4 <= content.length) view.setUint32(next, 0, little);
    if (orientation >= 5 && directory) exchange(view, little, read(view, little, directory));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error; // EXIF that stops early: what was found until there holds
  }
  return { orientation, content };
}

// tag -> { kind, at } of a directory.
function entries(view, little, directory) {
  const found = new Map(), count = view.getUint16(directory, little);
  for (let index = 0; index < count; index++) {
    const at = directory + 2 + 12 * index;
    found.set(view.getUint16(at, little), { kind: view.getUint16(at + 2, little), at: at + 8 });
  }
  return found;
}

function read(view, little, { kind, at }) {
  if (kind === SHORT) return view.getUint16(at, little);
  return kind === LONG ? view.getUint32(at, little) : 0;
}

function write(view, little, { kind, at }, value) {
  if (kind === SHORT) view.setUint16(at, value, little);
  else if (kind === LONG) view.setUint32(at, value, little);
}

function exchange(view, little, directory) {
  const found = entries(view, little, directory), wide = found.get(WIDTH), tall = found.get(HEIGHT);
  if (!wide || !tall) return;
  const width = read(view, little, wide), height = read(view, little, tall);
  write(view, little, wide, height);
  write(view, little, tall, width);
}
