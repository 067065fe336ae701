// Many photos at a glance: in any order, many selected at once, one decision for all of them; an event each, undone as one.

import { ask, query, Refused } from "./api.js";
import { byId, element, fill } from "./dom.js";
import { thumbnail } from "./gallery.js";
import { uuid } from "./identity.js";
import { keyName } from "./keys.js";

const STATES = { pending: "Waiting", skipped: "Skipped", disputed: "Disputed", accepted: "Accepted", rejected: "Rejected", all: "All" };
const ORDERS = { queue: "The queue's order", duplicates: "Near-duplicates together" };
const words = (name) => name.replaceAll("_", " ");
const photos = (count) => (count === 1 ? "one photo" : `${count} photos`);

export class Grid {
  #found = null;
  #selected = new Set();
  #last = -1;
  #busy = false;
  #decided = false;

  /** `onOpen` takes a candidate's id, `onClose` hears whether something was decided. */
  constructor({ project, desk, onOpen, onClose }) {
    Object.assign(this, { project, desk, onOpen });
    this.wanted = { state: "pending", flag: "", order: "queue", ascending: false, like: null, page: 0 };
    const dialog = byId("grid");
    addEventListener("keydown", (event) => dialog.open && this.#key(event)); // also when what had the focus is gone
    dialog.addEventListener("cancel", (event) => {
      if (!this.#selected.size) return;
      event.preventDefault();
      this.#select([]);
    });
    dialog.addEventListener("close", () => {
      fill(dialog);
      onClose(this.#decided);
      this.#decided = false;
    });
  }

  async open() {
    this.flags = (await ask("/api/project")).flags;
    this.#selected.clear();
    await this.#load();
    if (!byId("grid").open) byId("grid").showModal();
  }

  async #load() {
    this.#found = await ask(`/api/grid?${query(this.wanted)}`);
    if (this.wanted.page && this.wanted.page >= this.#found.pages) {
      this.wanted.page = Math.max(0, this.#found.pages - 1);
      return this.#load();
    }
    const there = new Set(this.#found.views.map(({ id }) => id));
    this.#selected = new Set([...this.#selected].filter((id) => there.has(id)));
    this.#last = -1;
    this.#paint();
  }

  #change(values) {
    Object.assign(this.wanted, { page: 0 }, values);
    this.#selected.clear();
    this.#run(() => this.#load());
  }

  get #chosen() {
    return this.#found.views.filter(({ id }) => this.#selected.has(id));
  }

  #paint() {
    const { wanted } = this;
    const { views, page, pages, total, measurements } = this.#found;
    const choice = (label, options, chosen, onchange) =>
      element("select", { "aria-label": label, onchange: (event) => onchange(event.target.value) }, ...Object.entries(options).map(([value, text]) => element("option", { value, selected: value === chosen }, text)));
    const orders = { ...ORDERS };
    if (wanted.like !== null) orders.like = "Most like the one chosen";
    for (const name of measurements) Object.assign(orders, { [`${name} down`]: `${words(name)}, largest first`, [`${name} up`]: `${words(name)}, smallest first` });
    const order = measurements.includes(wanted.order) ? `${wanted.order} ${wanted.ascending ? "up" : "down"}` : wanted.order;
    const flags = Object.fromEntries(Object.entries(this.flags).map(([code, count]) => [code, `${this.project.labels[code] ?? words(code)} (${count})`]));
    fill(byId("grid"),
      element("div", { class: "heading" },
        element("h2", {}, `${total} ${total === 1 ? "photo" : "photos"}`),
        choice("State", STATES, wanted.state, (state) => this.#change({ state })),
        choice("Suspected", { "": "with any flag or none", ...flags }, wanted.flag, (flag) => this.#change({ flag })),
        choice("Order", orders, order, (value) => this.#order(value)),
        element("button", { type: "button", class: "close", "aria-label": "Close", onclick: () => byId("grid").close() }, "×")),
      total ? element("ul", { class: "tiles" }, ...views.map((view, index) => this.#tile(view, index))) : element("p", { class: "subdued" }, "No photo fits."),
      pages > 1 && element("div", { class: "row centred" },
        element("button", { type: "button", disabled: page === 0, onclick: () => this.#change({ page: page - 1 }) }, "Before"),
        element("span", {}, `${page + 1} of ${pages}`),
        element("button", { type: "button", disabled: page + 1 >= pages, onclick: () => this.#change({ page: page + 1 }) }, "After")),
      element("div", { class: "deed", role: "toolbar", "aria-label": "Decide on the selected" }),
    );
    this.#mark();
  }

  #order(value) {
    const [name, way] = value.split(" ");
    this.#change({ order: name, ascending: way === "up", like: name === "like" ? this.wanted.like : null });
  }

  #tile(view, index) {
    const reasons = (view.decision?.reasons ?? []).map((code) => this.project.labels[code] ?? code).join(", ");
    const flags = view.flags.map((code) => this.project.labels[code] ?? words(code)).join(", ");
    const value = view.value === null || this.wanted.order === "duplicates" ? "" : String(Number(view.value.toPrecision(3)));
    const said = [value, view.state === "pending" ? "" : view.state, reasons, flags].filter(Boolean).join(" · ");
    return element("li", {}, element("button", {
      type: "button", class: `tile ${view.state}`, "data-id": view.id, "aria-pressed": "false",
      onclick: (event) => this.#toggle(index, event.shiftKey), ondblclick: () => this.#open(view.id),
    }, element("span", { class: "mat" }, thumbnail(view)), element("b", {}, view.name), element("span", { class: "said" }, said)));
  }

  #toggle(index, range) {
    const { views } = this.#found;
    const { id } = views[index];
    if (range && this.#last >= 0) {
      const [from, to] = [Math.min(this.#last, index), Math.max(this.#last, index)];
      for (const view of views.slice(from, to + 1)) this.#selected.add(view.id);
    } else if (!this.#selected.delete(id)) this.#selected.add(id);
    this.#last = index;
    this.#mark();
  }

  #select(ids) {
    this.#selected = new Set(ids);
    this.#mark();
  }

  /** Shows what is selected, and what can be done with it. */
  #mark() {
    for (const tile of byId("grid").querySelectorAll(".tile")) tile.setAttribute("aria-pressed", String(this.#selected.has(Number(tile.dataset.id))));
    const { size } = this.#selected;
    const [one] = size === 1 ? this.#chosen : [];
    const button = (text, act, attributes = {}) => element("button", { type: "button", onclick: act, ...attributes }, ...[text].flat());
    const others = one?.duplicates.length ?? 0;
    const deed = byId("grid").querySelector(".deed");
    const across = deed.querySelector(".row")?.scrollLeft ?? 0; // on a phone the reasons are one long row
    fill(deed,
      element("p", { role: "status" }, this.said || (size ? `${photos(size)} selected` : "Click photos to select them, with Shift all between; a double click opens one.")),
      element("div", { class: "row" },
        button(["Accept whole ", element("kbd", {}, "W")], () => this.#decide("accept"), { disabled: !size, class: "primary" }),
        ...this.project.reasons.map(({ code, label, key }) => button([element("kbd", {}, keyName(key)), ` ${label}`], () => this.#decide("reject", [code]), { disabled: !size, "data-reason": code }))),
      element("div", { class: "row" },
        button("Select all here", () => this.#select(this.#found.views.map(({ id }) => id))),
        button("Select none", () => this.#select([]), { disabled: !size }),
        button("More like this", () => this.#change({ order: "like", like: one.id, ascending: false }), { disabled: !one }),
        one && others > 0 && button(`Keep this, reject its ${others === 1 ? "duplicate" : `${others} duplicates`}`, () => this.#keepOne(one)),
        button("Open", () => this.#open(one.id), { disabled: !one }),
        button(["Undo ", element("kbd", {}, "Ctrl Z")], () => this.#undo())),
    );
    deed.querySelector(".row").scrollLeft = across;
    this.said = "";
  }

  #key(event) {
    if (event.target.matches("select, input, textarea") || event.isComposing || event.repeat) return;
    const control = event.ctrlKey || event.metaKey;
    const reason = this.project.reasons.find(({ key }) => key === event.code);
    if (control && event.code === "KeyA") this.#select(this.#found.views.map(({ id }) => id));
    else if (control && event.code === "KeyZ") this.#undo();
    else if (control || event.altKey) return;
    else if (event.code === "KeyW") this.#decide("accept");
    else if (reason) this.#decide("reject", [reason.code]);
    else return;
    event.preventDefault();
  }

  #open(id) {
    byId("grid").close();
    this.onOpen(id);
  }

  #decide(verdict, reasons = []) {
    if (this.#selected.size) this.#write(verdict, reasons, this.#chosen);
  }

  async #keepOne(one) {
    await this.#run(async () => {
      const others = await Promise.all(one.duplicates.map(async (id) => (await ask(`/api/candidates/${id}`)).candidate));
      const waiting = others.filter(({ state }) => state === "pending");
      if (waiting.length) await this.#send("reject", ["duplicate"], waiting);
      else this.said = "Its duplicates are decided already.";
      await this.#load();
    });
  }

  async #write(verdict, reasons, views) {
    await this.#run(async () => {
      await this.#send(verdict, reasons, views);
      await this.#load();
    });
  }

  async #send(verdict, reasons, views) {
    const items = views.map(({ id, version }) => ({ uuid: uuid(), candidate: id, base_version: version }));
    const { done, refused } = await this.desk.write("/api/grid/decide", { batch: uuid(), verdict, reasons, items });
    this.#decided ||= done.length > 0;
    for (const { candidate } of done) {
      this.#selected.delete(candidate);
      this.desk.drafts.drop(candidate);
    }
    const how = verdict === "accept" ? "accepted whole" : `rejected: ${reasons.map((code) => this.project.labels[code]).join(", ")}`;
    this.said = [done.length && `${photos(done.length)} ${how}.`, ...refused.map(({ name, error }) => `${name}: ${error}`)].filter(Boolean).join(" ");
  }

  async #undo() {
    await this.#run(async () => {
      this.said = await this.desk.takeBack();
      this.#decided = true;
      await this.#load();
    });
  }

  /** One thing at a time; what goes wrong is said. */
  async #run(work) {
    if (this.#busy) return;
    this.#busy = true;
    byId("grid").setAttribute("aria-busy", "true");
    try {
      await work();
    } catch (error) {
      this.said = error instanceof Refused ? error.message : "The server does not answer.";
      if (this.#found) this.#mark();
    } finally {
      this.#busy = false;
      byId("grid").removeAttribute("aria-busy");
    }
  }
}
