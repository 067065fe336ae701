// What is not decided yet, kept in this browser: crops, reasons and notes of photos, and writes that were not answered.

const MONTH = 30 * 24 * 3600 * 1000;

export class Drafts {
  constructor(project) {
    this.draftPrefix = `annotator:${project}:draft:`;
    this.writePrefix = `annotator:${project}:write:`;
    for (const [key, value] of this.#all(this.draftPrefix)) if (!(value.at > Date.now() - MONTH)) localStorage.removeItem(key);
  }

  /** Keeps what was done to a candidate; nothing done removes it. */
  keep(candidate, { crops, reasons, note }) {
    const empty = !crops.length && !reasons.length && !note;
    if (empty) this.drop(candidate);
    else this.#set(this.draftPrefix + candidate, { crops, reasons, note, at: Date.now() });
  }

  of(candidate) {
    return this.#get(this.draftPrefix + candidate);
  }

  drop(candidate) {
    localStorage.removeItem(this.draftPrefix + candidate);
  }

  /** A write that the server has not answered yet; it survives a reload. Gives the key to drop it by. */
  keepWrite(path, body) {
    const key = this.writePrefix + (body.uuid ?? body.batch);
    this.#set(key, { path, body, at: Date.now() });
    return key;
  }

  dropWrite(key) {
    localStorage.removeItem(key);
  }

  get writes() {
    return this.#all(this.writePrefix).map(([, write]) => write).sort((a, b) => a.at - b.at);
  }

  #all(prefix) {
    const keys = Object.keys(localStorage).filter((key) => key.startsWith(prefix));
    return keys.map((key) => [key, this.#get(key) ?? {}]);
  }

  #get(key) {
    try {
      return JSON.parse(localStorage.getItem(key));
    } catch {
      return null;
    }
  }

  #set(key, value) {
    try {
      localStorage.setItem(key, JSON.stringify(value));
    } catch {
      // The browser's store is full or closed: the work goes on without a draft.
    }
  }
}
