// Which photos come next: kept for this window, changed in a dialog.

import { ask } from "./api.js";
import { byId, element, fill } from "./dom.js";

const NONE = { state: "pending", flag: "", reason: "", text: "", duplicates: "" };
const STATES = { pending: "waiting", skipped: "skipped", disputed: "disputed votes", accepted: "accepted", rejected: "rejected", decided: "all decided", all: "all" };
const GROUPS = { "": "with or without duplicates", yes: "with duplicates", no: "without duplicates" };

export class Filters {
  constructor(project, onChange) {
    Object.assign(this, { project, onChange });
    this.store = `annotator:${project.project}:filters`;
    try {
      this.values = { ...NONE, ...JSON.parse(sessionStorage.getItem(this.store)) };
    } catch {
      this.values = { ...NONE };
    }
    this.#mark();
  }

  get any() {
    return Object.keys(NONE).some((name) => this.values[name] !== NONE[name]);
  }

  set(values) {
    this.values = { ...NONE, ...values };
    sessionStorage.setItem(this.store, JSON.stringify(this.values));
    this.#mark();
    this.onChange();
  }

  #mark() {
    byId("open-filters").classList.toggle("on", this.any);
    byId("open-filters").textContent = this.any ? "Filtered" : "Filter";
  }

  async open() {
    const dialog = byId("filters");
    const { flags, labels } = await ask("/api/project");
    const choice = (name, label, options) =>
      element("label", {}, label, element("select", { name }, ...Object.entries(options).map(([value, text]) =>
        element("option", { value, selected: value === this.values[name] }, text))));
    const suspected = Object.fromEntries(Object.entries(flags).map(([code, count]) => [code, `${labels[code] ?? code.replaceAll("_", " ")} (${count})`]));
    const form = element("form", { method: "dialog", class: "stack" },
      element("h2", {}, "Show only photos that are"),
      choice("state", "State", STATES),
      choice("flag", "Suspected by the pre-screening", { "": "anything", ...suspected }),
      choice("reason", "Rejected for", { "": "any reason", ...labels }),
      choice("duplicates", "Duplicates", GROUPS),
      element("label", {}, "Name, author, licence, page or search holds", element("input", { name: "text", type: "search", maxlength: 200, value: this.values.text })),
      element("div", { class: "row" },
        element("button", { class: "primary", value: "show" }, "Show"),
        element("button", { value: "none" }, "No filter"),
        element("button", { value: "cancel", formnovalidate: true }, "Cancel")),
    );
    form.addEventListener("submit", (event) => {
      if (event.submitter?.value === "none") this.set(NONE);
      else if (event.submitter?.value !== "cancel") this.set(Object.fromEntries(new FormData(form)));
    });
    fill(dialog, form);
    dialog.showModal();
  }
}
