// What the curator has made of the photo so far: crops with one of them selected, added reasons and the note.

import { around, fits, grow, move, reshape } from "./crops.js";

const REMEMBERED = 200;

/** Sends "change" when anything changes. */
export class Editor extends EventTarget {
  #past = [];

  /** @param {{least: [number, number], aspects: {label: string, ratio: number}[]}} rules */
  constructor(rules) {
    super();
    this.rules = rules;
    this.aspect = rules.free ? null : rules.aspects[0];
    this.photo = null;
    this.#set({ crops: [], reasons: [], note: "" });
  }

  start(photo, work) {
    this.photo = photo;
    this.#past = [];
    this.#set(work);
    this.#changed();
  }

  #set({ crops, reasons, note }) {
    this.crops = crops.map(({ x, y, w, h }) => ({ x, y, w, h }));
    this.reasons = new Set(reasons);
    this.note = note ?? "";
    this.selected = this.crops.length ? 0 : -1;
  }

  get work() {
    return { crops: this.crops, reasons: [...this.reasons], note: this.note };
  }

  get limits() {
    return { width: this.photo.width, height: this.photo.height, least: this.rules.least, aspect: this.aspect?.ratio ?? null };
  }

  get possible() {
    return this.photo !== null && fits(this.limits);
  }

  get current() {
    return this.crops[this.selected] ?? null;
  }

  /** Marks the state that undo comes back to; a drag calls it once. */
  remember() {
    this.#past.push({ crops: this.crops.map((crop) => ({ ...crop })), selected: this.selected });
    if (this.#past.length > REMEMBERED) this.#past.shift();
  }

  /** Takes the last change of the crops back; false when there is none. */
  undo() {
    const past = this.#past.pop();
    if (!past) return false;
    Object.assign(this, past);
    this.#changed();
    return true;
  }

  /** Takes back what a drag did and forgets that it began. */
  forget() {
    this.undo();
  }

  add(crop) {
    this.crops.push(crop);
    this.select(this.crops.length - 1);
  }

  /** A crop of half the part of the photo in sight, in its middle. */
  addMiddle([left, top, right, bottom]) {
    this.remember();
    this.add(around((left + right) / 2, (top + bottom) / 2, (right - left) / 2, (bottom - top) / 2, this.limits));
  }

  /** The whole photo, or as much of it as the aspect allows, instead of any crops. */
  takeWhole() {
    const { width, height } = this.photo;
    this.remember();
    this.crops = [around(width / 2, height / 2, width, height, this.limits)];
    this.select(0);
  }

  replace(crop) {
    if (this.selected < 0) return;
    this.crops[this.selected] = crop;
    this.#changed();
  }

  remove() {
    if (this.selected < 0) return;
    this.remember();
    this.crops.splice(this.selected, 1);
    this.selected = Math.min(this.selected, this.crops.length - 1);
    this.#changed();
  }

  select(index) {
    this.selected = index;
    this.#changed();
  }

  step(by) {
    const count = this.crops.length;
    if (count) this.select((this.selected + by + count) % count);
  }

  nudge(dx, dy) {
    const { current } = this;
    if (!current) return;
    this.remember();
    this.replace(move(current, current.x + dx, current.y + dy, this.limits));
  }

  grow(dw, dh) {
    if (!this.current) return;
    this.remember();
    this.replace(grow(this.current, dw, dh, this.limits));
  }

  /** One number of the selected crop as typed, as far as the photo and the rules allow. */
  set(name, value) {
    const { x, y, w, h } = this.current;
    if (name === "x") this.nudge(value - x, 0);
    else if (name === "y") this.nudge(0, value - y);
    else if (name === "w") this.grow(value - w, 0);
    else this.grow(0, value - h);
  }

  /** The next of the aspects that the project allows, also for the selected crop. */
  nextAspect() {
    const choices = [...(this.rules.free ? [null] : []), ...this.rules.aspects];
    const at = choices.findIndex((choice) => choice?.label === this.aspect?.label);
    this.aspect = choices[(at + 1) % choices.length];
    if (this.current && this.aspect) {
      this.remember();
      this.crops[this.selected] = reshape(this.current, this.limits);
    }
    this.#changed();
  }

  toggleReason(code) {
    if (!this.reasons.delete(code)) this.reasons.add(code);
    this.#changed();
  }

  write(note) {
    this.note = note;
    this.#changed();
  }

  #changed() {
    this.dispatchEvent(new Event("change"));
  }
}
