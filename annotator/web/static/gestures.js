// Mouse, pen and fingers on the stage: draw, move and resize crops; pan, zoom and pinch.

import { grip, move, resize, span } from "./crops.js";

const STILL = 4;
const REACH = { mouse: 9, pen: 14, touch: 24 };
const CURSORS = { n: "ns", s: "ns", e: "ew", w: "ew", nw: "nwse", se: "nwse", ne: "nesw", sw: "nesw" };

export class Gestures {
  #fingers = new Map();
  #drag = null;
  #pinch = null;

  /** `held` tells which keys that change a drag are down: {pan, draw}. `refuse` says that no crop can be drawn. */
  constructor(stage, editor, held, refuse) {
    Object.assign(this, { stage, editor, held, refuse });
    const { canvas } = stage;
    canvas.addEventListener("pointerdown", (event) => this.#down(event));
    canvas.addEventListener("pointermove", (event) => this.#move(event));
    canvas.addEventListener("pointerup", (event) => this.#up(event, false));
    canvas.addEventListener("pointercancel", (event) => this.#up(event, true));
    canvas.addEventListener("dblclick", (event) => this.#zoomToggle(event));
    canvas.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
  }

  #at(event) {
    const box = this.stage.canvas.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  #whole([px, py]) {
    const { photo } = this.stage;
    const inside = (value, end) => Math.min(Math.max(Math.round(value), 0), end);
    return [inside(px, photo.width), inside(py, photo.height)];
  }

  /** The crop under the pointer and what of it: the selected one first, then the uppermost. */
  #hit(event) {
    const { editor, stage } = this;
    const [px, py] = stage.view.toPhoto(...this.#at(event));
    const reach = (REACH[event.pointerType] ?? REACH.mouse) / stage.view.scale;
    const order = [editor.selected, ...[...editor.crops.keys()].reverse()];
    for (const index of order) {
      const part = editor.crops[index] && grip(editor.crops[index], px, py, reach);
      if (part) return { index, part };
    }
    return null;
  }

  #down(event) {
    const { stage, editor } = this;
    if (!stage.view || event.button > 1) return;
    event.preventDefault();
    stage.canvas.focus({ preventScroll: true });
    stage.canvas.setPointerCapture(event.pointerId);
    this.#fingers.set(event.pointerId, this.#at(event));
    if (this.#fingers.size === 2) return this.#startPinch();
    const start = this.#at(event);
    if (event.button === 1 || this.held.pan) {
      this.#drag = { kind: "pan", last: start };
      return;
    }
    const hit = this.held.draw || event.ctrlKey || event.metaKey ? null : this.#hit(event);
    if (!hit) {
      this.#drag = { kind: "draw", start, anchor: this.#whole(stage.view.toPhoto(...start)), begun: false };
      return;
    }
    editor.select(hit.index);
    const point = stage.view.toPhoto(...start);
    this.#drag = { kind: hit.part === "in" ? "move" : "resize", start, point, crop: { ...editor.current }, part: hit.part, begun: false };
  }

  #move(event) {
    const { stage } = this;
    if (!stage.view) return;
    const at = this.#at(event);
    if (this.#fingers.has(event.pointerId)) this.#fingers.set(event.pointerId, at);
    if (this.#pinch) return this.#doPinch();
    if (!this.#drag) return this.#hover(event);
    if (this.#drag.kind === "pan") {
      stage.view.pan(at[0] - this.#drag.last[0], at[1] - this.#drag.last[1]);
      this.#drag.last = at;
      stage.paint();
      return;
    }
    this.#dragCrop(at);
  }

  #dragCrop(at) {
    const { stage, editor } = this;
    const drag = this.#drag;
    if (!drag.begun) {
      if (Math.hypot(at[0] - drag.start[0], at[1] - drag.start[1]) < STILL) return;
      if (!editor.possible) {
        this.#drag = null;
        this.refuse();
        return;
      }
      drag.begun = true;
      editor.remember();
      if (drag.kind === "draw") editor.add({ x: drag.anchor[0], y: drag.anchor[1], w: 0, h: 0 });
    }
    const [px, py] = stage.view.toPhoto(...at);
    if (drag.kind === "draw") {
      editor.replace(span(...drag.anchor, ...this.#whole([px, py]), editor.limits));
      return;
    }
    const [dx, dy] = [px - drag.point[0], py - drag.point[1]];
    const { crop, part } = drag;
    if (drag.kind === "move") editor.replace(move(crop, crop.x + dx, crop.y + dy, editor.limits));
    else {
      const edge = [part.includes("w") ? crop.x : crop.x + crop.w, part.includes("n") ? crop.y : crop.y + crop.h];
      editor.replace(resize(crop, part, ...this.#whole([edge[0] + dx, edge[1] + dy]), editor.limits));
    }
  }

  #up(event, cancelled) {
    this.#fingers.delete(event.pointerId);
    if (this.#pinch) {
      if (this.#fingers.size < 2) this.#pinch = null;
      this.#drag = null;
      return;
    }
    const drag = this.#drag;
    this.#drag = null;
    if (!drag) return;
    if (cancelled && drag.begun) this.editor.forget();
    else if (drag.kind === "draw" && !drag.begun && this.editor.selected >= 0) this.editor.select(-1);
  }

  #startPinch() {
    if (this.#drag?.begun) this.editor.forget();
    this.#drag = null;
    this.#pinch = this.#spread();
  }

  #spread() {
    const [a, b] = [...this.#fingers.values()];
    return { middle: [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2], apart: Math.max(Math.hypot(a[0] - b[0], a[1] - b[1]), 1) };
  }

  #doPinch() {
    if (this.#fingers.size < 2) return;
    const { view } = this.stage;
    const now = this.#spread();
    view.pan(now.middle[0] - this.#pinch.middle[0], now.middle[1] - this.#pinch.middle[1]);
    view.zoomTo((view.scale * now.apart) / this.#pinch.apart, ...now.middle);
    this.#pinch = now;
    this.stage.paint();
  }

  #wheel(event) {
    const { view } = this.stage;
    if (!view) return;
    event.preventDefault();
    const lines = event.deltaMode === 1 ? 33 : 1;
    view.zoomTo(view.scale * Math.exp(-event.deltaY * lines * (event.ctrlKey ? 0.01 : 0.0018)), ...this.#at(event));
    this.stage.paint();
  }

  #zoomToggle(event) {
    const { view } = this.stage;
    if (!view || this.#hit(event)) return;
    if (view.fitted) view.zoomTo(1 / devicePixelRatio, ...this.#at(event));
    else view.fit();
    this.stage.paint();
  }

  #hover(event) {
    if (event.pointerType !== "mouse") return;
    const part = this.held.draw ? null : this.#hit(event)?.part;
    const cursor = this.held.pan ? "grab" : part === "in" ? "move" : part ? `${CURSORS[part]}-resize` : "crosshair";
    this.stage.canvas.style.cursor = cursor;
  }
}
