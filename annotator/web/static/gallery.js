// What was decided, page by page, to go back to.

import { ask, query } from "./api.js";
import { byId, element, fill } from "./dom.js";
import { address } from "./pictures.js";

const STATES = { decided: "All decided", accepted: "Accepted", rejected: "Rejected", skipped: "Skipped", disputed: "Disputed", pending: "Waiting", all: "All" };
const ORDERS = { latest: "Latest first", queue: "In the queue's order" };

const time = (moment) => new Date(moment).toLocaleString([], { dateStyle: "short", timeStyle: "short" });

/** A photo's thumbnail with its crops drawn to scale. */
export function thumbnail(view) {
  const crops = (view.decision?.crops ?? []).map(({ x, y, w, h }) => {
    const box = element("i", {});
    Object.assign(box.style, {
      left: `${(100 * x) / view.width}%`, top: `${(100 * y) / view.height}%`,
      width: `${(100 * w) / view.width}%`, height: `${(100 * h) / view.height}%`,
    });
    return box;
  });
  const frame = element("span", { class: "frame" }, element("img", { src: address(view.sha256, "thumb"), alt: "", loading: "lazy", decoding: "async" }), ...crops);
  frame.classList.toggle("wide", view.width * 3 > view.height * 4);
  frame.style.aspectRatio = `${view.width} / ${view.height}`;
  return frame;
}

export class Gallery {
  constructor(project, onChoose) {
    Object.assign(this, { project, onChoose, state: "decided", reason: "", order: "latest", page: 0 });
  }

  async open() {
    this.page = 0;
    await this.#load();
    byId("gallery").showModal();
  }

  async #load() {
    const { state, reason, order, page } = this;
    const found = await ask(`/api/gallery?${query({ state, reason, order, page })}`);
    const change = (values) => {
      Object.assign(this, { page: 0 }, values);
      this.#load();
    };
    const choice = (label, options, chosen, onchange) =>
      element("select", { "aria-label": label, onchange }, ...Object.entries(options).map(([value, text]) => element("option", { value, selected: value === chosen }, text)));
    fill(byId("gallery"),
      element("div", { class: "heading" },
        element("h2", {}, `${found.total} ${found.total === 1 ? "photo" : "photos"}`),
        choice("State", STATES, state, (event) => change({ state: event.target.value })),
        choice("Reason", { "": "any reason", ...this.project.labels }, reason, (event) => change({ reason: event.target.value })),
        choice("Order", ORDERS, order, (event) => change({ order: event.target.value })),
        element("button", { type: "button", class: "close", "aria-label": "Close", onclick: () => byId("gallery").close() }, "×")),
      found.total ? element("ul", { class: "tiles" }, ...found.views.map((view) => this.#tile(view))) : element("p", { class: "subdued" }, "Nothing here yet."),
      found.pages > 1 && element("div", { class: "row centred" },
        element("button", { type: "button", disabled: page === 0, onclick: () => change({ page: page - 1 }) }, "Before"),
        element("span", {}, `${page + 1} of ${found.pages}`),
        element("button", { type: "button", disabled: page + 1 >= found.pages, onclick: () => change({ page: page + 1 }) }, "After")),
    );
  }

  #tile(view) {
    const reasons = (view.decision?.reasons ?? []).map((code) => this.project.labels[code] ?? code).join(", ");
    const crops = view.decision?.crops.length;
    const said = { accepted: crops === 1 ? "one crop" : `${crops} crops`, rejected: reasons, skipped: "skipped", pending: "waiting", disputed: "disputed" }[view.state];
    const choose = () => {
      byId("gallery").close();
      this.onChoose(view.id);
    };
    return element("li", {}, element("button", { type: "button", class: `tile ${view.state}`, onclick: choose },
      element("span", { class: "mat" }, thumbnail(view)), element("b", {}, view.name), element("span", { class: "said" }, said ?? view.state),
      view.decision && element("span", { class: "subdued" }, `${view.decision.curator}, ${time(view.decision.decided_at)}`)));
  }
}
