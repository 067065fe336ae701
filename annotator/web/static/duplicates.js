// A photo and those that the pre-screening holds for the same, side by side.

import { ask } from "./api.js";
import { byId, element, fill } from "./dom.js";
import { thumbnail } from "./gallery.js";
import { address } from "./pictures.js";

const MOST = 12;

export async function openDuplicates(candidate, labels, onChoose) {
  const dialog = byId("duplicates");
  const others = await Promise.all(candidate.duplicates.slice(0, MOST).map(async (id) => (await ask(`/api/candidates/${id}`)).candidate));
  const card = (view) => {
    const reasons = view.decision?.reasons.map((code) => labels[code] ?? code).join(", ");
    const picture = thumbnail(view);
    picture.querySelector("img").src = address(view.sha256, "preview");
    const here = view.id === candidate.id;
    return element("li", { class: here ? "here" : "" },
      element("span", { class: "mat" }, picture),
      element("b", {}, view.name),
      element("p", {}, `${view.width} × ${view.height}, ${view.state === "pending" ? "waiting" : view.state}${reasons ? ` (${reasons})` : ""}`),
      here ? element("p", { class: "subdued" }, "On the screen now") : element("button", { type: "button", onclick: () => { dialog.close(); onChoose(view.id); } }, "Go to it"),
    );
  };
  fill(dialog,
    element("div", { class: "heading" }, element("h2", {}, "Duplicates side by side"),
      element("button", { type: "button", class: "close", "aria-label": "Close", onclick: () => dialog.close() }, "×")),
    element("ul", { class: "pairs" }, ...[candidate, ...others].map(card)),
    candidate.duplicates.length > MOST && element("p", { class: "subdued" }, `The first ${MOST} of ${candidate.duplicates.length}.`),
  );
  dialog.showModal();
}
