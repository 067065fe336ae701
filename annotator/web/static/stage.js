// The canvas: the photo at any zoom, the view that is held over it, crops with their sizes, suggested crops.

import { address, TILE, tileAddress } from "./pictures.js";
import { View } from "./view.js";

const HANDLE = 5;

export class Stage {
  #fitted = new Map();
  #frame = 0;
  #waiting = [];

  constructor(canvas, pictures, editor) {
    Object.assign(this, { canvas, pictures, editor, photo: null, view: null, over: null, suggestions: [] });
    this.brush = canvas.getContext("2d", { alpha: false });
    new ResizeObserver(() => this.#resize()).observe(canvas);
    new MutationObserver(() => this.paint()).observe(document.documentElement, { attributeFilter: ["class"] }); // light or dark
    editor.addEventListener("change", () => this.paint());
    this.#resize();
  }

  /** Shows a photo, fitted; resolves when its pixels have been painted, throws when there is no picture of it. */
  async show(photo, suggestions) {
    Object.assign(this, { photo, suggestions, over: null, view: new View(photo, this.size) });
    await this.pictures.load(address(photo.sha256, "preview"));
    if (this.photo !== photo) return;
    await new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.paint();
    });
  }

  /** Loads a photo's preview and scales it to where a fitted photo stands, so that painting it costs nothing. */
  async prepare(photo) {
    const preview = await this.pictures.load(address(photo.sha256, "preview"));
    const { scale } = new View(photo, this.size);
    const [width, height] = [photo.width, photo.height].map((side) => Math.round(side * scale * (devicePixelRatio || 1)));
    if (width >= preview.width || height < 1 || this.#fitted.get(photo.sha256)?.width === width) return;
    const fitted = await createImageBitmap(preview, { resizeWidth: width, resizeHeight: height, resizeQuality: "medium" });
    this.#fitted.get(photo.sha256)?.close();
    this.#fitted.set(photo.sha256, fitted);
  }

  /** Forgets the scaled previews of all but these photos. */
  keepOnly(sha256s) {
    for (const [sha256, fitted] of this.#fitted) {
      if (sha256s.includes(sha256)) continue;
      this.#fitted.delete(sha256);
      fitted.close();
    }
  }

  clear() {
    Object.assign(this, { photo: null, view: null, suggestions: [] });
    this.paint();
  }

  /** Holds a view such as "mask" or "rain" over the photo until it is called with null. */
  async hold(view) {
    this.over = view;
    this.paint();
    if (!view || !this.photo) return;
    await this.pictures.load(address(this.photo.sha256, view));
    this.paint();
  }

  get size() {
    return { width: this.canvas.clientWidth, height: this.canvas.clientHeight };
  }

  paint() {
    if (!this.#frame) this.#frame = requestAnimationFrame(() => this.#paint());
  }

  #resize() {
    const ratio = devicePixelRatio || 1;
    this.canvas.width = Math.round(this.canvas.clientWidth * ratio);
    this.canvas.height = Math.round(this.canvas.clientHeight * ratio);
    this.view?.resized(this.size);
    this.#paint();
    if (this.photo) this.prepare(this.photo).then(() => this.paint(), () => {});
  }

  #paint() {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    const ratio = devicePixelRatio || 1;
    const { brush } = this;
    const style = getComputedStyle(this.canvas);
    brush.setTransform(ratio, 0, 0, ratio, 0, 0);
    brush.fillStyle = style.getPropertyValue("--well") || "#000";
    brush.fillRect(0, 0, this.size.width, this.size.height);
    if (!this.view) return;
    const painted = this.#paintPhoto(ratio);
    if (!this.over) {
      this.#paintSuggestions();
      this.#paintCrops(style.getPropertyValue("--primary-300"));
    }
    if (painted) for (const done of this.#waiting.splice(0)) done();
  }

  #paintPhoto(ratio) {
    const { brush, view, photo } = this;
    const held = this.over && this.pictures.ready(address(photo.sha256, this.over));
    const preview = this.pictures.ready(address(photo.sha256, "preview"));
    const picture = held || preview;
    if (!picture) return false;
    const [left, top] = view.toScreen(0, 0);
    const fitted = !held && this.#fitted.get(photo.sha256);
    if (fitted && fitted.width === Math.round(photo.width * view.scale * ratio)) {
      const snap = (value) => Math.round(value * ratio) / ratio;
      brush.drawImage(fitted, snap(left), snap(top), fitted.width / ratio, fitted.height / ratio);
      return true;
    }
    brush.imageSmoothingEnabled = view.scale * ratio < 3 || Boolean(held);
    brush.imageSmoothingQuality = "medium";
    brush.drawImage(picture, left, top, photo.width * view.scale, photo.height * view.scale);
    if (!held && view.scale * ratio * photo.width > preview.width * 1.02 && preview.width < photo.width) this.#paintTiles(ratio);
    return true;
  }

  #paintTiles(ratio) {
    const { brush, view, photo } = this;
    const [left, top, right, bottom] = view.seen;
    const wanted = new Set();
    for (let row = Math.floor(top / TILE); row * TILE < bottom; row++) {
      for (let column = Math.floor(left / TILE); column * TILE < right; column++) {
        const url = tileAddress(photo.sha256, column, row);
        wanted.add(url);
        const tile = this.pictures.ready(url);
        if (!tile) {
          this.pictures.load(url).then(() => this.paint(), () => {});
          continue;
        }
        // Edges on whole screen pixels, so that neighbours leave no seam.
        const snap = (value) => Math.round(value * ratio) / ratio;
        const [x0, y0] = view.toScreen(column * TILE, row * TILE).map(snap);
        const [x1, y1] = view.toScreen(column * TILE + tile.width, row * TILE + tile.height).map(snap);
        brush.drawImage(tile, x0, y0, x1 - x0, y1 - y0);
      }
    }
    this.pictures.keepOnly((url) => !url.includes("/tile/") || wanted.has(url));
  }

  #screen({ x, y, w, h }) {
    const [left, top] = this.view.toScreen(x, y);
    return [left, top, w * this.view.scale, h * this.view.scale];
  }

  #paintSuggestions() {
    const { brush } = this;
    brush.setLineDash([6, 5]);
    for (const suggestion of this.suggestions) {
      const box = this.#screen(suggestion);
      for (const [colour, width] of [["#000a", 3], ["#ffd54f", 1.5]]) {
        Object.assign(brush, { strokeStyle: colour, lineWidth: width });
        brush.strokeRect(...box);
      }
    }
    brush.setLineDash([]);
  }

  #paintCrops(chosen) {
    const { brush, editor } = this;
    if (!editor.crops.length) return;
    const whole = this.#screen({ x: 0, y: 0, w: this.photo.width, h: this.photo.height });
    brush.save();
    for (const crop of editor.crops) {
      const outside = new Path2D();
      outside.rect(...whole);
      outside.rect(...this.#screen(crop));
      brush.clip(outside, "evenodd");
    }
    brush.fillStyle = "#0006";
    brush.fillRect(...whole);
    brush.restore();
    editor.crops.forEach((crop, index) => {
      const selected = index === editor.selected;
      const box = this.#screen(crop);
      for (const [colour, wide] of [["#000b", 4], [selected ? chosen : "#fff", 2]]) {
        Object.assign(brush, { strokeStyle: colour, lineWidth: wide });
        brush.strokeRect(...box);
      }
      if (selected) this.#paintHandles(box, chosen);
      this.#paintLabel(`${index + 1}   ${crop.w} × ${crop.h}`, box);
    });
  }

  #paintHandles([x, y, w, h], colour) {
    const { brush } = this;
    Object.assign(brush, { fillStyle: colour, strokeStyle: "#000b", lineWidth: 1 });
    for (const px of [x, x + w / 2, x + w]) {
      for (const py of [y, y + h / 2, y + h]) {
        if (px === x + w / 2 && py === y + h / 2) continue;
        brush.fillRect(px - HANDLE, py - HANDLE, 2 * HANDLE, 2 * HANDLE);
        brush.strokeRect(px - HANDLE, py - HANDLE, 2 * HANDLE, 2 * HANDLE);
      }
    }
  }

  #paintLabel(text, [x, y, w, h]) {
    const { brush, size } = this;
    brush.font = '700 13px "IBM Plex Sans", sans-serif';
    const wide = brush.measureText(text).width + 14;
    const left = Math.min(Math.max(x + 8, 4), size.width - wide - 4);
    const top = Math.min(Math.max(y + 8, 4), size.height - 28);
    brush.fillStyle = "#0b1117d9";
    brush.beginPath();
    brush.roundRect(left, top, wide, 24, 6);
    brush.fill();
    brush.fillStyle = "#fff";
    brush.textBaseline = "middle";
    brush.fillText(text, left + 7, top + 12.5);
  }
}
