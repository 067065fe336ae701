// Who sits here: the curator's name (where nobody signs in, this browser keeps it) and this window's own name.

const CURATOR = "annotator:curator";
const WINDOW = "annotator:window";

/** A random uuid; crypto.randomUUID is missing where the page comes over plain http from another machine. */
export function uuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

if (!sessionStorage.getItem(WINDOW)) sessionStorage.setItem(WINDOW, uuid());

/** Headers that every question to the server carries. */
export const identity = () => ({
  "X-Window": sessionStorage.getItem(WINDOW),
  "X-Curator": encodeURIComponent(localStorage.getItem(CURATOR) ?? ""),
});

export const rename = (curator) => localStorage.setItem(CURATOR, curator);
