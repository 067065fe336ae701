// All keys, and giving an action another one.

import { byId, element, fill } from "./dom.js";
import { ACTIONS, chord, keyName } from "./keys.js";

const FIXED = [
  ["Arrows", "Move the selected crop by 1 pixel, with Shift by 10; without a crop, move the photo"],
  ["Alt arrows", "Change the crop's size by 1 pixel, with Shift by 10"],
  ["Drag", "Draw a crop; with Ctrl also inside another one"],
  ["Wheel, pinch", "Zoom; Space and drag, middle button or two fingers move the photo"],
  ["Double click", "100 % there, and back"],
  ["?", "This help"],
];

export function openHelp(keys, reasons, curator, onRename) {
  const dialog = byId("help");
  const message = element("p", { role: "status", class: "subdued" }, "Press a key's button, then the key that it should be.");
  const row = (action) => {
    const button = element("button", { type: "button" });
    const show = () => {
      button.textContent = [...new Set(keys.of(action).map(keyName))].join(" or ");
      button.setAttribute("aria-label", `${button.textContent}: change the key of ${action.label}`);
    };
    show();
    button.addEventListener("click", () => {
      button.textContent = "press a key";
      const listen = (event) => {
        if (["Control", "Shift", "Alt", "Meta"].includes(event.key)) return;
        event.preventDefault();
        event.stopPropagation();
        removeEventListener("keydown", listen, true);
        message.textContent = event.code === "Escape" ? "" : keys.assign(action, chord(event)) ?? "Changed.";
        show();
        labelKeys(keys);
      };
      addEventListener("keydown", listen, true);
    });
    return [element("dt", {}, button), element("dd", {}, action.label)];
  };
  const name = element("input", { value: curator.name, maxlength: 80, "aria-label": "Your name", disabled: curator.fixed });
  const reset = () => {
    ACTIONS.forEach((action) => keys.assign(action, null));
    labelKeys(keys);
    openHelp(keys, reasons, curator, onRename);
  };
  fill(dialog,
    element("div", { class: "heading" }, element("h2", {}, "Help and keys"),
      element("button", { type: "button", class: "close", "aria-label": "Close", onclick: () => dialog.close() }, "×")),
    element("p", {}, "Keep photos of real rain streaks and crop them to where the rain is; reject the others with a reason. ",
      "A photo counts once the server has saved the decision; what is not decided yet is kept in this browser."),
    element("dl", { class: "keys" },
      ...reasons.flatMap(({ key, label }) => [element("dt", {}, element("kbd", {}, keyName(key))), element("dd", {}, `Reject: ${label}`)]),
      element("dt", {}, element("kbd", {}, "Shift"), " reason"), element("dd", {}, "Add this reason too; the last one without Shift rejects with all"),
      ...ACTIONS.flatMap(row),
      ...FIXED.flatMap(([key, label]) => [element("dt", {}, element("kbd", {}, key)), element("dd", {}, label)])),
    message,
    element("form", { class: "row", onsubmit: (event) => { event.preventDefault(); if (name.value.trim()) onRename(name.value.trim()); } },
      element("label", { class: "row" }, "You are", name), !curator.fixed && element("button", {}, "Save"),
      element("span", { class: "gap" }),
      curator.fixed && element("button", { type: "button", onclick: () => fetch("/logout", { method: "POST", body: "" }).then(() => location.assign("/login")) }, "Sign out"),
      element("button", { type: "button", onclick: reset }, "First keys again")),
  );
  if (!dialog.open) dialog.showModal();
}

/** Writes every action's key on its button. */
export function labelKeys(keys) {
  for (const button of document.querySelectorAll("[data-action]")) {
    const action = ACTIONS.find(({ name }) => name === button.dataset.action);
    const label = button.querySelector("kbd");
    if (action && label) label.textContent = keyName(keys.of(action)[0]);
    if (action) button.setAttribute("aria-keyshortcuts", keys.of(action)[0].replace("Ctrl", "Control").replace(/Key(?=.$)/, ""));
  }
  byId("note-key").textContent = keyName(keys.of(ACTIONS.find(({ name }) => name === "note"))[0]);
}
