// Taking photos in: dropped anywhere on the page or chosen, one file after the other, each answered for. The first photos
// can be decided on while others still come.

import { byId, element, fill, tell } from "./dom.js";
import { identity } from "./identity.js";
import { Prescreening } from "./prescreening.js";

/** Every file of a drop, those in folders too. */
async function filesOf(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.some((entry) => entry.isDirectory)) return [...transfer.files];
  const files = [];
  const walk = async (entry) => {
    if (entry.isFile) files.push(await new Promise((resolve, reject) => entry.file(resolve, reject)));
    else {
      const reader = entry.createReader();
      for (;;) {
        const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
        if (!some.length) break;
        for (const child of some) await walk(child);
      }
    }
  };
  for (const entry of entries) await walk(entry);
  return files;
}

export class Importing {
  #prescreened = "";
  #waiting = [];
  #running = false;
  #sent = 0;
  #report = { taken: 0, known: 0, refused: [] };

  constructor(suffixes, onTaken, onMeasured) {
    this.types = [...suffixes, ".zip"].join(",");
    this.onTaken = onTaken;
    this.prescreening = new Prescreening((text) => {
      this.#prescreened = text;
      this.#label();
    }, (said) => {
      if (said && !byId("import").open) tell(said, "good");
      onMeasured();
    });
    this.prescreening.refresh();
    const curtain = byId("drop");
    const carriesFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
    addEventListener("dragover", (event) => {
      if (!carriesFiles(event)) return;
      event.preventDefault();
      curtain.hidden = false;
    });
    addEventListener("dragleave", (event) => {
      if (event.relatedTarget === null) curtain.hidden = true;
    });
    addEventListener("drop", async (event) => {
      if (!carriesFiles(event)) return;
      event.preventDefault();
      curtain.hidden = true;
      this.#take(await filesOf(event.dataTransfer));
    });
  }

  /** What an empty project shows, and the dialog too. */
  invitation() {
    const input = element("input", { type: "file", multiple: true, accept: this.types, class: "unseen", "aria-label": "Photos or zip archives to import",
      onchange: () => this.#take([...input.files]) });
    return [
      element("p", {}, "Drop photos, folders or zip archives on this page, or choose them:"),
      element("label", { class: "button primary" }, "Choose photos", input),
      element("p", { class: "subdued" }, "Many photos, or lists of addresses, are taken faster by the command"),
      element("code", {}, "python -m annotator import PROJECT PHOTOS"),
    ];
  }

  open() {
    this.#paint();
    this.prescreening.refresh();
    if (!byId("import").open) byId("import").showModal();
  }

  async #take(files) {
    if (!files.length) return;
    this.#waiting.push(...files);
    this.open();
    if (this.#running) return;
    this.#running = true;
    this.#report = { taken: 0, known: 0, refused: [] };
    this.#sent = 0;
    for (; this.#waiting.length; this.#sent++) {
      this.#paint();
      const { taken } = this.#report;
      await this.#send(this.#waiting[0]);
      this.#waiting.shift();
      if (this.#report.taken > taken) this.onTaken();
    }
    this.#running = false;
    this.#paint();
    this.prescreening.refresh();
    if (!byId("import").open) tell(`Imported: ${this.#counts}.`, this.#report.refused.length ? "bad" : "good");
  }

  #label() {
    const importing = `Importing ${this.#sent + 1} of ${this.#sent + this.#waiting.length}`;
    byId("open-import").textContent = this.#running ? importing : this.#prescreened || "Import";
  }

  get #counts() {
    const { taken, known, refused } = this.#report;
    return `${taken} taken, ${known} known already, ${refused.length} refused`;
  }

  async #send(file) {
    const report = this.#report;
    try {
      const response = await fetch("/api/upload", { method: "POST", body: file, headers: { ...identity(), "X-Name": encodeURIComponent(file.name) } });
      const answer = await response.json();
      if (!response.ok) report.refused.push([file.name, answer.error]);
      else {
        report.taken += answer.taken;
        report.known += answer.known;
        report.refused.push(...answer.refused);
      }
    } catch {
      report.refused.push([file.name, `${file.name} could not be sent: the server does not answer.`]);
    }
  }

  #paint() {
    const { taken, known, refused } = this.#report;
    const said = taken + known + refused.length || this.#running;
    const all = this.#sent + this.#waiting.length;
    this.#label();
    fill(byId("import"),
      element("div", { class: "heading" }, element("h2", {}, "Import photos"),
        element("button", { type: "button", class: "close", "aria-label": "Close", onclick: () => byId("import").close() }, "×")),
      ...(this.#running ? [element("progress", { "aria-label": "Importing", value: this.#sent, max: all })] : this.invitation()),
      said && element("p", { role: "status" }, `${this.#counts}${this.#running ? `, ${this.#waiting.length} to go` : ""}.`),
      refused.length > 0 && element("ul", { class: "refused" }, ...refused.map(([, sentence]) => element("li", {}, sentence))),
      !this.#running && this.prescreening.section,
    );
  }
}
