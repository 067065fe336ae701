// The panel beside the photo: its facts, reasons, crops with their numbers, the decision that holds, the note.

import { byId, element, fill, link } from "./dom.js";
import { keyName } from "./keys.js";

const VERDICTS = { accept: "Accepted", reject: "Rejected", skip: "Skipped" };
const UNITS = { direction: "°", spread: "°", coverage: " %" };
const CHIEF = ["rain", "direction", "coverage", "density", "haze", "snow", "lens_drops", "bright_sky"];
const FEWEST_DIGITS = 3;

const number = (value) => (value === null ? "–" : String(Number(value.toPrecision(FEWEST_DIGITS))));
const words = (name) => name.replaceAll("_", " ");

export class Panel {
  constructor({ desk, editor, project, onReason }) {
    Object.assign(this, { desk, editor, project, onReason });
    desk.addEventListener("shown", () => this.#show());
    editor.addEventListener("change", () => this.#work());
    const { least, aspect } = project.rules;
    byId("least").textContent = `at least ${least} × ${least}${aspect ? `, aspect ${number(aspect)}` : ""}`;
    byId("several").addEventListener("change", () => this.#work());
    byId("note").addEventListener("input", (event) => editor.write(event.target.value));
    fill(byId("reasons"), ...project.reasons.map((reason) => this.#reason(reason)));
  }

  #reason({ code, label, key }) {
    return element(
      "button",
      { type: "button", "data-reason": code, "aria-pressed": "false", onclick: (event) => this.onReason(code, event.shiftKey) },
      element("kbd", {}, keyName(key)),
      element("span", {}, label),
    );
  }

  #show() {
    const { candidate } = this.desk;
    document.body.classList.toggle("without", !candidate);
    byId("name").textContent = candidate?.name ?? "";
    byId("name").title = candidate?.name ?? "";
    byId("facts").textContent = candidate ? `${candidate.width} × ${candidate.height}` : "";
    if (!candidate) return;
    const { flags, measurements, duplicates, source } = candidate;
    fill(byId("flags"), ...flags.map((flag) => element("span", { class: "flag" }, this.project.labels[flag] ?? words(flag))));
    const button = byId("open-duplicates");
    button.hidden = !duplicates.length;
    fill(button, `${duplicates.length} ${duplicates.length === 1 ? "duplicate" : "duplicates"} `, element("kbd", {}, "C"));
    const known = Object.entries(measurements);
    const table = (rows) =>
      element("dl", {}, ...rows.flatMap(([name, value]) => [
        element("dt", {}, words(name)),
        element("dd", {}, `${number(value)}${value === null ? "" : UNITS[name] ?? ""}`),
      ]));
    const chief = known.filter(([name]) => CHIEF.includes(name));
    fill(
      byId("measurements"),
      chief.length > 0 && table(chief),
      known.length > chief.length && element("details", {}, element("summary", {}, "All measurements"), table(known)),
    );
    const lines = [
      source.author && ["Author", source.author],
      source.licence && ["Licence", source.licence],
      source.page && ["Page", link(source.page)],
      source.url && ["File", link(source.url)],
      source.names.length > 1 && ["Also", source.names.slice(1).join(", ")],
    ];
    fill(byId("source"), ...lines.filter(Boolean).map(([name, value]) => element("p", {}, element("b", {}, `${name} `), value)));
    this.#decision(candidate.decision, candidate.state);
    byId("note").value = this.editor.note;
  }

  #decision(decision, state) {
    const section = byId("decision");
    section.hidden = !decision && state !== "disputed";
    if (!decision) return fill(section, element("p", {}, "The votes differ: what you decide settles it."));
    const labels = decision.reasons.map((code) => this.project.labels[code] ?? code).join(", ");
    const crops = decision.crops.length ? `, ${decision.crops.length === 1 ? "one crop" : `${decision.crops.length} crops`}` : "";
    const when = new Date(decision.decided_at).toLocaleString();
    fill(
      section,
      element("p", { class: decision.verdict }, element("b", {}, VERDICTS[decision.verdict]), labels ? `: ${labels}` : crops),
      element("p", { class: "subdued" }, `${decision.curator}, ${when}. Deciding again replaces it.`),
    );
  }

  /** What the curator has made so far. */
  #work() {
    const { editor } = this;
    const several = byId("several").checked;
    for (const button of byId("reasons").children) {
      const chosen = editor.reasons.has(button.dataset.reason);
      button.setAttribute("aria-pressed", String(chosen));
    }
    const add = byId("reject-added");
    add.hidden = !editor.reasons.size;
    add.textContent = `Reject with ${editor.reasons.size === 1 ? "this reason" : `these ${editor.reasons.size} reasons`}`;
    byId("reasons").classList.toggle("several", several);
    byId("aspect").textContent = editor.aspect?.label ?? "Any shape";
    if (document.activeElement !== byId("note")) byId("note").value = editor.note;
    const list = byId("crops");
    if (!list.contains(document.activeElement) || list.childElementCount !== editor.crops.length) this.#crops(list);
    else this.#refresh(list);
  }

  #crops(list) {
    const { editor } = this;
    const empty = editor.possible ? "Drag on the photo, or press R." : editor.photo ? "This photo is too small for a crop." : "";
    fill(list, ...(editor.crops.length ? editor.crops.map((_, index) => this.#crop(index)) : [element("li", { class: "subdued" }, empty)]));
    this.#refresh(list);
  }

  #crop(index) {
    const { editor } = this;
    const field = (name, label) =>
      element("label", {}, element("span", { "aria-hidden": "true" }, name), element("input", {
        type: "number", inputmode: "numeric", step: "1", min: "0", "data-field": name, "aria-label": `Crop ${index + 1}, ${label}`,
        onfocus: () => editor.selected !== index && editor.select(index),
        onchange: (event) => this.onTyped(index, name, event.target),
      }));
    return element("li", {},
      element("button", { type: "button", class: "number", "aria-label": `Select crop ${index + 1}`, onclick: () => editor.select(index) }, String(index + 1)),
      field("x", "left edge"), field("y", "upper edge"), field("w", "width"), field("h", "height"),
      element("button", { type: "button", class: "bare", "aria-label": `Remove crop ${index + 1}`, title: "Remove (Del)", onclick: () => { editor.select(index); editor.remove(); } }, "×"),
    );
  }

  #refresh(list) {
    const { editor } = this;
    editor.crops.forEach((crop, index) => {
      const item = list.children[index];
      item.classList.toggle("selected", index === editor.selected);
      for (const input of item.querySelectorAll("input")) {
        if (input !== document.activeElement || !input.matches(":focus")) input.value = crop[input.dataset.field];
      }
    });
  }

  /** A number was typed: the crop takes it as far as the photo and the rules allow. */
  onTyped(index, name, input) {
    const { editor } = this;
    const value = Math.round(Number(input.value));
    if (Number.isFinite(value)) {
      editor.select(index);
      editor.set(name, value);
    }
    input.value = editor.crops[index][name];
  }
}
