// Small things about bytes.

export const ascii = (bytes, from, to) => String.fromCharCode(...bytes.subarray(from, to));

export function joined(parts) {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

// Bytes through a CompressionStream or DecompressionStream.
export async function through(stream, bytes) {
  return new Uint8Array(await new Response(new Blob([bytes]).stream().pipeThrough(stream)).arrayBuffer());
}

// XMP with its orientation set upright: as many bytes as before.
export function uprightXmp(bytes) {
  const text = new TextDecoder('latin1').decode(bytes);
  const upright = text.replace(/(tiff:Orientation(?:="|='|>))[2-8]/g, '$11');
  return upright === text ? bytes : Uint8Array.from(upright, (letter) => letter.charCodeAt(0));
}
