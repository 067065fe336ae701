// The line at the top: how much is decided, how fast, how much is left.

import { ask } from "./api.js";
import { byId, tell } from "./dom.js";

const SOON = 400;

export class Progress {
  constructor(desk, reasonsVersion) {
    this.timer = 0;
    this.reasonsVersion = reasonsVersion;
    desk.addEventListener("shown", () => this.refresh());
  }

  /** Asks for the figures soon: once for all calls until then, however fast they come. */
  refresh() {
    this.timer ||= setTimeout(() => {
      this.timer = 0;
      this.#ask();
    }, SOON);
  }

  async #ask() {
    try {
      this.#show(await ask("/api/progress"));
    } catch {
      // The figures can wait until the server answers again.
    }
  }

  #show({ states, rate, reasons, learnt }) {
    if (reasons !== this.reasonsVersion) tell("The project's reasons have changed: load the page again to see them. Nothing is lost.", "lasting");
    const all = Object.values(states).reduce((sum, count) => sum + count, 0);
    const left = states.pending;
    const done = all - left;
    const share = all ? (100 * done) / all : 0;
    const bar = byId("progress").querySelector("[role=progressbar]");
    bar.setAttribute("aria-valuenow", share.toFixed(0));
    bar.firstElementChild.style.width = `${share}%`;
    const whole = (count) => count.toLocaleString("en");
    const parts = [`${whole(done)} of ${whole(all)} decided`, `${whole(left)} left`];
    if (rate) {
      const minutes = left / rate;
      parts.push(`${rate.toFixed(rate < 10 ? 1 : 0)} a minute`);
      if (left) parts.push(minutes < 90 ? `${Math.ceil(minutes)} min to go` : `${(minutes / 60).toFixed(1)} h to go`);
    }
    byId("progress").querySelector("p").textContent = all ? parts.join(" · ") : "";
    byId("learnt").textContent = learnt ? `Order: ${learnt}.` : "";
  }
}
