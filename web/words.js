// What the page says; the sentences that the demo says too are the same (app/derain/words.py).

// Per cent of the photo that have become visibly darker: below them there was hardly any rain, or little.
const [LEAST_COVERAGE, LITTLE_COVERAGE] = [0.1, 1];
const FRACTIONS = { 2: 'half', 3: 'a third of', 4: 'a quarter of' };
const UNKNOWN = '–';

export const LOOKING = 'Taking a first look …';
export const OPENING = 'Opening the photo …';
export const STOPPED = 'Stopped.';
export const NOTHING = 'Hardly any rain was found.';
export const LITTLE = 'Little rain was found, in less than 1 % of the picture.';
export const HINT = 'If you see more, move Strength beyond 1, or try a smaller picture for the network under Advanced: streaks are '
  + 'found best where they are 2 to 4 pixels wide.';

export const NO_MEMORY = 'There is not enough memory here for this photo; please close other tabs or take a smaller photo.';
export const NOISE = 'This browser alters what a page reads of a picture, against being recognised, so the photo would be '
  + 'spoilt; please allow this page to read canvases, or take another browser.';
export const NOT_FETCHED = 'The network could not be fetched; please connect to the Internet once and try again.';
export const NOT_STARTED = 'The network could not be started; this browser may be too old for it.';
export const TOO_OLD = 'This browser is too old for this page; please take a newer one.';
export const OURS = 'Something went wrong on our side, and nothing was changed. Please try once more.';

export const fetching = (done, total) => `Fetching the network, this once: ${megabytes(done)} of ${megabytes(total)} MB …`;
const megabytes = (bytes) => (bytes / 1e6).toFixed(1);

export function working(done, total) {
  return total === 1 ? 'Finishing the photo …' : `Finishing the photo: part ${Math.min(done + 1, total)} of ${total} …`;
}

export function finished(measures, scale, leftOut) {
  const lost = leftOut.length ? ` Not in the download, though in the file that came: ${leftOut.join(', ')}.` : '';
  if (foundLittle(measures)) return `${measures.coverage < LEAST_COVERAGE ? NOTHING : LITTLE} ${HINT}${lost}`;
  const share = `${measures.coverage.toFixed(0)} %`;
  const seen = scale > 1 ? ` The network saw it at ${FRACTIONS[scale] ?? `1/${scale} of`} its size.` : '';
  return `Done: rain was taken out of ${share} of the picture.${seen}${lost}`;
}

export const foundLittle = (measures) => measures.coverage < LITTLE_COVERAGE;
export const brightened = (gain) => (gain > 1 ? `${gain} × brighter` : 'not brightened');
export const madeBy = (generator) => (generator === 'gr' ? 'made for real rain' : 'made for rendered rain');
export const size = (width, height) => `${width} × ${height}`;

export function photoFacts({ width, height, facts }) {
  const parts = [facts.format, size(width, height), `${facts.depth} bit`];
  if (facts.grey) parts.push('grey');
  if (facts.alpha) parts.push('alpha');
  return parts.filter(Boolean).join(', ');
}

export const tooManyBytes = (most) => `The file is too large: up to ${most / 1e6} MB are taken.`;
export const tooManyPixels = (width, height, most) =>
  `The photo of ${size(width, height)} pixels is too large: up to ${most / 1e6} megapixels are taken.`;

// Why a file is no photo here.
export function cannotOpen(name, format) {
  if (format === 'HEIC') return `This browser cannot open HEIC photos such as ${name}; Safari can, or save it as JPEG.`;
  if (format === 'TIFF') return `This browser cannot open TIFF photos such as ${name}; please save it as PNG or JPEG.`;
  return format ? `${name} is broken or cut off, or a kind of ${format} that this browser cannot open.` : `${name} is no photo that this browser can open.`;
}

export const DEFINITIONS = {
  Coverage: 'Pixels that became darker by more than 10 of 255.',
  Direction: 'Mean of the streaks, from the vertical; positive where their upper ends lean to the right.',
  Spread: 'Standard deviation of the streaks’ direction.',
  Density: 'Lower tips of streaks for each million pixels.',
};

// A measure with a true minus sign, or a dash; what rounds to nought has no sign.
export function number(value, digits = 0, signed = false) {
  if (value === null) return UNKNOWN;
  const text = value.toFixed(digits);
  if (Number(text) === 0) return text.replace('-', '');
  return signed && value > 0 ? `+${text}` : text.replace('-', '−');
}
