// Photos ahead of time: fetched and decoded before they are wanted, forgotten when they no longer are.

export class Pictures {
  #held = new Map();

  /** The decoded picture behind an address, loaded once however often it is asked for. */
  load(url) {
    let entry = this.#held.get(url);
    if (!entry) {
      const controller = new AbortController();
      entry = { controller, bitmap: null, promise: this.#fetch(url, controller.signal) };
      entry.promise.then(
        (bitmap) => {
          if (this.#held.get(url) === entry) entry.bitmap = bitmap;
          else bitmap.close();
        },
        () => this.#held.get(url) === entry && this.#held.delete(url),
      );
      this.#held.set(url, entry);
    }
    return entry.promise;
  }

  /** The picture if it is there already, else null. */
  ready(url) {
    return this.#held.get(url)?.bitmap ?? null;
  }

  /** Forgets every picture that `wanted` says no to. */
  keepOnly(wanted) {
    for (const [url, entry] of this.#held) {
      if (wanted(url)) continue;
      this.#held.delete(url);
      entry.controller.abort();
      entry.bitmap?.close();
    }
  }

  async #fetch(url, signal) {
    const response = await fetch(url, { signal });
    if (!response.ok) {
      const answer = await response.json().catch(() => null);
      throw new Error(answer?.error ?? "This picture cannot be shown.");
    }
    return createImageBitmap(await response.blob());
  }
}

/** Addresses of a photo's pictures. `view` is "preview", "thumb", "mask", "rain", "derained" or "layer". */
export const address = (sha256, view) => `/photos/${sha256}/${view}`;

export const TILE = 1024;

/** Address of the original pixels from (TILE·column, TILE·row) on. */
export const tileAddress = (sha256, column, row) => `/photos/${sha256}/tile/${column}/${row}`;
