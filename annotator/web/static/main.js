// Puts the page together: who listens to whom.

import { ask, Refused } from "./api.js";
import { around } from "./crops.js";
import { Desk } from "./desk.js";
import { byId, element, fill, keepFocus, tell } from "./dom.js";
import { Drafts } from "./drafts.js";
import { openDuplicates } from "./duplicates.js";
import { Editor } from "./editor.js";
import { Filters } from "./filters.js";
import { Gallery } from "./gallery.js";
import { Gestures } from "./gestures.js";
import { Grid } from "./grid.js";
import { labelKeys, openHelp } from "./help.js";
import { rename } from "./identity.js";
import { Importing } from "./importing.js";
import { Keys } from "./keys.js";
import { Panel } from "./panel.js";
import { Pictures } from "./pictures.js";
import { Progress } from "./progress.js";
import { openSet } from "./set.js";
import { Stage } from "./stage.js";

const ASK_AGAIN = 5000;
const HELD = ["rain", "mask", "derained", "layer"];
const WORKING = "Working on it: the first time takes some seconds.";
const ASPECTS = [["1:1", 1], ["4:3", 4 / 3], ["3:2", 3 / 2], ["16:9", 16 / 9], ["3:4", 3 / 4], ["2:3", 2 / 3]];

/** What cannot be opened says why. */
const safely = (open) => async () => {
  try {
    await open();
  } catch (error) {
    tell(error instanceof Refused ? error.message : "The server does not answer.", "bad");
  }
};

async function start() {
  const project = await ask("/api/project");
  const { least, aspect, votes } = project.rules;
  const aspects = aspect ? [[`${Number(aspect.toFixed(3))} : 1`, aspect]] : ASPECTS;
  const editor = new Editor({ least: [least, least], free: !aspect, aspects: aspects.map(([label, ratio]) => ({ label, ratio })) });
  const pictures = new Pictures();
  const stage = new Stage(byId("stage"), pictures, editor);
  const drafts = new Drafts(project.project);
  const filters = new Filters(project, () => desk.next());
  const desk = new Desk({ stage, pictures, editor, drafts, filters, votes, labels: project.labels });
  const gallery = new Gallery(project, (id) => desk.open(id));
  const grid = new Grid({
    project,
    desk,
    onOpen: (id) => desk.open(id),
    onClose: (decided) => decided && desk.next(),
  });
  const progress = new Progress(desk, project.reasons_version);
  const importing = new Importing(
    project.suffixes,
    () => (desk.candidate ? progress.refresh() : desk.next()),
    () => desk.measured(),
  );
  const held = { pan: false, draw: false };
  const refuse = () => tell(`This photo is too small for a crop: the project asks for ${least} × ${least} pixels.`, "bad");
  new Gestures(stage, editor, held, refuse);

  const zoom = (factor) => {
    if (!stage.view) return;
    stage.view.zoomTo(stage.view.scale * factor);
    stage.paint();
  };
  let quieten = () => {};
  const hold = (view) => async (down) => {
    document.querySelector(`[data-action=${view}]`).setAttribute("aria-pressed", String(down));
    quieten();
    if (!down) return stage.hold(null);
    const patience = setTimeout(() => tell(WORKING, "lasting"), 300);
    quieten = () => {
      clearTimeout(patience);
      if (byId("status").textContent === WORKING) tell("");
    };
    const mine = quieten;
    try {
      await stage.hold(view);
      mine();
    } catch (error) {
      mine();
      if (error.name !== "AbortError") tell(error.message, "bad");
    }
  };
  const reason = (code, add) => {
    if (!desk.candidate) return;
    if (add || byId("several").checked) return editor.toggleReason(code);
    if (!editor.reasons.has(code)) editor.toggleReason(code);
    desk.decide("reject");
  };
  const suggest = () => {
    const { suggestions } = stage;
    if (!suggestions.length) return tell("Nothing is suggested for this photo.");
    const same = (a, b) => a.x === b.x && a.y === b.y && a.w === b.w && a.h === b.h;
    const fitted = suggestions.map(({ x, y, w, h }) => around(x + w / 2, y + h / 2, w, h, editor.limits));
    const fresh = fitted.find((crop) => !editor.crops.some((taken) => same(taken, crop)));
    if (!fresh) return tell("All suggested crops are taken.");
    editor.remember();
    editor.add(fresh);
  };
  const doers = {
    accept: () => {
      if (!desk.candidate || desk.busy) return;
      if (!editor.crops.length && !editor.reasons.size && editor.possible && stage.suggestions.length) suggest();
      desk.decide("accept");
    },
    whole: () => {
      if (!desk.candidate || desk.busy) return;
      if (!editor.possible) return refuse();
      if (!editor.reasons.size) editor.takeWhole();
      desk.decide("accept");
    },
    skip: () => desk.decide("skip"),
    undo: () => desk.undo(),
    back: () => desk.back(),
    forth: () => desk.forth(),
    draw: () => (editor.possible ? editor.addMiddle(stage.view.seen) : desk.candidate && refuse()),
    suggestion: () => desk.candidate && (editor.possible ? suggest() : refuse()),
    before: () => editor.step(-1),
    after: () => editor.step(1),
    remove: () => editor.remove(),
    aspect: () => desk.candidate && editor.nextAspect(),
    actual: () => stage.view && zoom(1 / devicePixelRatio / stage.view.scale),
    fit: () => {
      if (!document.body.dataset.shown) return desk.next();
      stage.view?.fit();
      stage.paint();
    },
    closer: () => zoom(1.25),
    farther: () => zoom(0.8),
    rain: hold("rain"),
    mask: hold("mask"),
    derained: hold("derained"),
    layer: hold("layer"),
    pan: (down) => (held.pan = down),
    note: () => byId("note").focus(),
    duplicates: safely(() => {
      if (!desk.candidate?.duplicates.length) return tell("No duplicates are known.");
      return openDuplicates(desk.candidate, project.labels, (id) => desk.open(id));
    }),
    gallery: safely(() => gallery.open()),
    filters: safely(() => filters.open()),
    set: safely(openSet),
    grid: safely(() => grid.open()),
    help: () => openHelp(keys, project.reasons, { name: project.curator, fixed: project.signed_in }, (name) => {
      rename(name);
      location.reload();
    }),
    nudge: (dx, dy, size) => {
      if (editor.current) return size ? editor.grow(dx, dy) : editor.nudge(dx, dy);
      stage.view?.pan(-dx * 40, -dy * 40);
      stage.paint();
    },
    reason,
  };
  const keys = new Keys(doers, project.reasons);
  labelKeys(keys);
  new Panel({ desk, editor, project, onReason: reason });
  keepFocus(document.body);

  for (const button of document.querySelectorAll("[data-action]")) {
    const doer = doers[button.dataset.action];
    if (!HELD.includes(button.dataset.action)) {
      button.addEventListener("click", doer);
      continue;
    }
    button.setAttribute("aria-pressed", "false");
    for (const name of ["pointerup", "pointercancel", "pointerleave"]) button.addEventListener(name, () => doer(false));
    button.addEventListener("pointerdown", () => doer(true));
    button.addEventListener("contextmenu", (event) => event.preventDefault());
    // With the keyboard the button is a switch, as nobody can hold it and look elsewhere.
    button.addEventListener("click", (event) => event.detail === 0 && doer(button.getAttribute("aria-pressed") !== "true"));
  }
  byId("reject-added").addEventListener("click", () => desk.decide("reject"));
  byId("open-filters").addEventListener("click", doers.filters);
  byId("open-gallery").addEventListener("click", doers.gallery);
  byId("open-grid").addEventListener("click", doers.grid);
  byId("open-set").addEventListener("click", doers.set);
  byId("open-import").addEventListener("click", () => importing.open());
  byId("open-help").addEventListener("click", doers.help);

  desk.addEventListener("shown", () => {
    const { candidate } = desk;
    byId("empty").hidden = Boolean(candidate);
    byId("stage").setAttribute("aria-label", candidate ? `Photo ${candidate.name}, ${candidate.width} by ${candidate.height} pixels` : "No photo");
    if (!candidate) safely(explainEmpty)();
  });
  const explainEmpty = async () => {
    const { states } = await ask("/api/progress");
    const button = (text, act) => element("button", { type: "button", onclick: act }, text);
    const shown = !Object.values(states).some(Boolean)
      ? [element("h2", {}, "No photos yet"), ...importing.invitation()]
      : filters.any
        ? [
          element("h2", {}, desk.leafedThrough ? "That was the last photo that fits the filter" : "No photo fits the filter"),
          desk.leafedThrough && button("From the first again", () => desk.next()),
          button("Take the filter off", () => filters.set({})),
        ]
        : states.pending
          ? [element("h2", {}, "All that wait are in other hands just now"), element("p", {}, "This page asks again by itself.")]
          : [element("h2", {}, "Every photo is decided"), button("Look at what was decided", doers.gallery)];
    fill(byId("empty"), ...shown);
    if (states.pending && !filters.any) setTimeout(() => !desk.candidate && desk.next(), ASK_AGAIN);
  };
  await desk.start();
}

start().catch((error) => {
  byId("empty").hidden = false;
  fill(byId("empty"), element("h2", {}, "The page could not start"), element("p", {}, error.message), element("button", { type: "button", onclick: () => location.reload() }, "Try again"));
});
