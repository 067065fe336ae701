// The set as it grows: what an export would hold now, and what training would take of it.

import { ask, query } from "./api.js";
import { byId, element, fill } from "./dom.js";

const NAMES = { directions: "Directions of the rain", coverage: "Rainy pixels", density: "Density", sizes: "Sizes of the crops", reasons: "Reasons of the rejections" };
const many = (count, one, several = `${one}s`) => `${count.toLocaleString("en")} ${count === 1 ? one : several}`;

export async function openSet() {
  const dialog = byId("set");
  const found = await ask("/api/set");
  const { photos, rejected, waiting, crops, sides, megapixels, patches, measured, licences, agreement } = found;
  const total = Object.values(crops).reduce((sum, count) => sum + count, 0);
  const fact = (name, value) => [element("dt", {}, name), element("dd", {}, value)];
  const picture = (name) => element("img", { src: `/api/set/pictures/${name}?${query({ at: Date.now() })}`, alt: NAMES[name] ?? name, width: 560, height: 360 });
  fill(dialog,
    element("div", { class: "heading" }, element("h2", {}, "The set so far"),
      element("button", { type: "button", class: "close", "aria-label": "Close", onclick: () => dialog.close() }, "×")),
    element("dl", { class: "figures" },
      ...fact("Photos", `${many(photos, "accepted", "accepted")}, ${rejected} rejected, ${waiting} not settled`),
      ...fact("Crops", `${total}: ${Object.entries(crops).map(([split, count]) => `${count} ${split}`).join(", ")}; ${megapixels.toFixed(1)} megapixels`),
      ...(sides.length ? fact("Shorter side", `${sides.map(Math.round).join(", ")} pixels (5 %, median, 95 %)`) : []),
      ...fact("Pre-screened", `${Math.round(100 * measured)} % of the accepted photos`),
      ...(photos ? fact("Licences", Object.entries(licences).map(([name, count]) => `${name || "unknown"} ${count}`).join(", ")) : []),
      ...agreement.flatMap(({ first, second, both, agreed, kappa }) => fact("Agreement", `${first} and ${second}: ${agreed === null ? "–" : Math.round(100 * agreed)} % of ${both}${kappa === null ? "" : `, kappa ${kappa.toFixed(2)}`}`)),
      ...fact("Training would take", `${many(crops.train ?? 0, "crop")} of the split train, ${many(patches, "patch", "patches")} of 96 × 96 side by side`)),
    element("p", { class: "subdued" }, "Export it, train on from the weights that ship, and look which is better without knowing which is which:"),
    element("pre", {}, [
      "python -m annotator export PROJECT real-rain/",
      "python -m core train --config configs/from-curation.yaml --real real-rain/train",
      "python -m core compare --blind weights/fast runs/from-curation/weights --data real-rain/test -o blind.html",
    ].join("\n")),
    total + rejected > 0 && element("div", { class: "pictures" }, ...found.pictures.map(picture)),
  );
  if (!dialog.open) dialog.showModal();
}
