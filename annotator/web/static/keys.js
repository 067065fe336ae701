// Keys by their place on the keyboard (KeyboardEvent.code), off while typing; a person may give an action another key.

export const ACTIONS = [
  { name: "accept", label: "Accept with the crops; without one, with the first suggested", keys: ["Enter", "NumpadEnter"] },
  { name: "whole", label: "Accept the whole photo", keys: ["KeyW"] },
  { name: "skip", label: "Skip: decide later", keys: ["KeyS"] },
  { name: "undo", label: "Undo the last change of crops, else your last decision; again, the one before", keys: ["Ctrl+KeyZ"] },
  { name: "back", label: "Back to the photo before", keys: ["KeyA"] },
  { name: "forth", label: "Forth again", keys: ["KeyD"] },
  { name: "draw", label: "New crop in the middle", keys: ["KeyR"] },
  { name: "suggestion", label: "Take the suggested crop, again for the next", keys: ["KeyG"] },
  { name: "before", label: "Crop before", keys: ["BracketLeft"] },
  { name: "after", label: "Crop after", keys: ["BracketRight"] },
  { name: "remove", label: "Remove the crop", keys: ["Delete", "Backspace"] },
  { name: "aspect", label: "Next aspect", keys: ["KeyQ"] },
  { name: "actual", label: "100 %: one original pixel, one screen pixel", keys: ["KeyZ"] },
  { name: "fit", label: "Fit the whole photo", keys: ["KeyF"] },
  { name: "closer", label: "Zoom in", keys: ["Period"], repeats: true },
  { name: "farther", label: "Zoom out", keys: ["Comma"], repeats: true },
  { name: "rain", label: "Hold: rain enhanced", keys: ["KeyH"], held: true },
  { name: "mask", label: "Hold: rain mask", keys: ["KeyM"], held: true },
  { name: "derained", label: "Hold: the derained photo", keys: ["KeyJ"], held: true },
  { name: "layer", label: "Hold: the rain that deraining takes away", keys: ["KeyK"], held: true },
  { name: "note", label: "Write a note (Esc: back to the photo)", keys: ["KeyN"] },
  { name: "duplicates", label: "Duplicates side by side", keys: ["KeyC"] },
  { name: "gallery", label: "What was decided", keys: ["KeyV"] },
  { name: "filters", label: "Filter", keys: ["KeyX"] },
  { name: "grid", label: "Many photos at once", keys: ["KeyT"] },
  { name: "set", label: "The set so far", keys: ["KeyB"] },
];

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const STORE = "annotator:keys";
const NAMES = { Enter: "Enter", NumpadEnter: "Enter", BracketLeft: "[", BracketRight: "]", Delete: "Del", Minus: "-", Equal: "=", Period: ".", Comma: ",", Slash: "/", Backslash: "\\", Semicolon: ";", Quote: "'", Backquote: "`" };

/** "Ctrl+Alt+Shift+Code" of a keyboard event; the command key counts as Ctrl. */
export function chord(event) {
  const held = [(event.ctrlKey || event.metaKey) && "Ctrl", event.altKey && "Alt", event.shiftKey && "Shift"];
  return [...held.filter(Boolean), event.code].join("+");
}

/** How a chord is shown, such as "Ctrl Z". */
export function keyName(keys) {
  const parts = keys.split("+");
  const code = parts.pop();
  return [...parts, NAMES[code] ?? code.replace(/^(Key|Digit|Arrow)/, "")].join(" ");
}

const isTyping = (target) => target.matches?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");
const isPressed = (target) => target.matches?.("button, a[href], summary, input, label");

export class Keys {
  #own = {};
  #held = new Map();

  /** `doers` maps an action's name to a function; held ones get true and false, `nudge` and `reason` take what was pressed. */
  constructor(doers, reasons) {
    Object.assign(this, { doers, reasons });
    try {
      this.#own = JSON.parse(localStorage.getItem(STORE)) ?? {};
    } catch {
      this.#own = {};
    }
    addEventListener("keydown", (event) => this.#down(event));
    addEventListener("keyup", (event) => this.#release(event.code));
    addEventListener("blur", () => [...this.#held.keys()].forEach((code) => this.#release(code)));
  }

  /** The chords of an action. */
  of(action) {
    return this.#own[action.name] ? [this.#own[action.name]] : action.keys;
  }

  /** Gives an action another key; null is the first one. Returns a sentence when the key is taken. */
  assign(action, keys) {
    const owner = keys && (ACTIONS.find((other) => other !== action && this.of(other).includes(keys))?.label ?? this.#reserved(keys));
    if (owner) return `${keyName(keys)} is taken by “${owner}”.`;
    if (keys) this.#own[action.name] = keys;
    else delete this.#own[action.name];
    localStorage.setItem(STORE, JSON.stringify(this.#own));
    return null;
  }

  #reserved(keys) {
    const code = keys.split("+").pop();
    if (code in ARROWS || ["Tab", "Escape", "Space"].includes(code)) return "the page";
    return this.reasons.find((reason) => reason.key === code)?.label;
  }

  #down(event) {
    if (event.isComposing || document.querySelector("dialog[open]")) return;
    // What has the focus in a dialog that was just closed loses it with the next frame only.
    if (isTyping(event.target) && !event.target.closest("dialog")) {
      if (event.code === "Escape") document.getElementById("stage").focus();
      return;
    }
    const pressed = chord(event);
    if (["Enter", "NumpadEnter", "Space"].includes(pressed) && isPressed(event.target)) return;
    if (this.#act(event, pressed)) event.preventDefault();
  }

  #act(event, pressed) {
    if (event.key === "?") return this.#once(event, () => this.doers.help());
    const action = ACTIONS.find((candidate) => this.of(candidate).includes(pressed));
    if (action?.held) {
      if (!this.#held.has(event.code)) {
        this.#held.set(event.code, action.name);
        this.doers[action.name](true);
      }
      return true;
    }
    if (action && !action.repeats) return this.#once(event, () => this.doers[action.name]());
    if (action) {
      this.doers[action.name]();
      return true;
    }
    if (event.code in ARROWS && !event.ctrlKey && !event.metaKey) {
      const [dx, dy] = ARROWS[event.code].map((step) => step * (event.shiftKey ? 10 : 1));
      this.doers.nudge(dx, dy, event.altKey);
      return true;
    }
    const reason = this.reasons.find(({ key }) => pressed === key || pressed === `Shift+${key}`);
    if (reason) return this.#once(event, () => this.doers.reason(reason.code, event.shiftKey));
    if (pressed === "Space") {
      this.#held.set(event.code, "pan");
      this.doers.pan(true);
      return true;
    }
    return false;
  }

  /** A key that is kept down counts once: nobody rejects twenty photos with one long press. */
  #once(event, act) {
    if (!event.repeat) act();
    return true;
  }

  #release(code) {
    const name = this.#held.get(code);
    if (!name) return;
    this.#held.delete(code);
    this.doers[name](false);
  }
}
