// Pre-screening started from the page: a section of the import dialog that shows how far it is, and stops it.

import { ask, Refused } from "./api.js";
import { element, fill, tell } from "./dom.js";

const AGAIN = 1000;

export class Prescreening {
  #state = null;
  #timer = 0;

  /** `onChange` hears of every new state's text for the header, "" while nothing runs; `onMeasured` of every end. */
  constructor(onChange, onMeasured) {
    Object.assign(this, { onChange, onMeasured });
    this.section = element("section", { class: "stack", "aria-label": "Pre-screening" });
  }

  /** Asks how far it is, and again as long as it runs. */
  async refresh() {
    await this.#ask("/api/prescreen");
  }

  async #ask(path, body) {
    clearTimeout(this.#timer);
    const ran = this.#state?.running;
    try {
      this.#state = await ask(path, body);
    } catch (error) {
      if (!this.#state?.running) tell(error instanceof Refused ? error.message : "The server does not answer.", "bad");
    }
    this.#paint();
    const { running, done, total } = this.#state ?? {};
    this.onChange(running ? (total ? `Pre-screening ${done} of ${total}` : "Pre-screening") : "");
    if (running) this.#timer = setTimeout(() => this.refresh(), AGAIN);
    else if (ran) this.onMeasured(this.#said);
  }

  get #said() {
    const { error, report } = this.#state;
    if (error) return error;
    if (!report) return "";
    const refused = report.refused.length ? `, ${report.refused.length} could not be measured` : "";
    if (report.stopped) return `Pre-screening was stopped: ${report.measured} measured${refused}. Start it again to go on.`;
    const groups = report.groups === 1 ? "one group" : `${report.groups} groups`;
    return `Pre-screened: ${report.measured} measured${refused}; ${groups} of near-duplicates.`;
  }

  #paint() {
    if (!this.#state) return;
    const { running, stopping, done, total, waiting, report } = this.#state;
    const act = (path) => () => this.#ask(path, {});
    const text = !running
      ? waiting ? `${waiting} ${waiting === 1 ? "photo is" : "photos are"} not measured yet.` : "All photos are measured."
      : stopping ? "Stopping after the photos at hand …" : done < total ? `${done} of ${total} photos are measured.` : total ? "Looking for near-duplicates …" : "Starting …";
    fill(this.section,
      element("h2", {}, "Pre-screening"),
      element("p", { class: "subdued" }, "Orders the photos by how likely they show rain, flags what speaks against them, finds near-duplicates, suggests crops."),
      running && element("progress", total ? { "aria-label": "Pre-screening", value: done, max: total } : { "aria-label": "Pre-screening" }),
      element("p", { role: "status" }, text),
      !running && this.#said && element("p", {}, this.#said),
      !running && report?.refused.length > 0 && element("ul", { class: "refused" }, ...report.refused.map(([name, why]) => element("li", {}, `${name}: ${why}`))),
      element("div", { class: "row" }, running
        ? element("button", { type: "button", disabled: stopping, onclick: act("/api/prescreen/cancel") }, "Stop")
        : element("button", { type: "button", class: waiting ? "primary" : "", disabled: !waiting, onclick: act("/api/prescreen/start") }, "Pre-screen")),
    );
  }
}
