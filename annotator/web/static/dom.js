// Elements made without HTML: text goes in as text, so that no name or note can become markup.

export const byId = (id) => document.getElementById(id);

/** An element; `attributes` starting with "on" are listeners, true and false are set and left out, children are nodes or text. */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(name, String(value));
  }
  made.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

/** Puts `children` in place of everything inside `parent`. */
export function fill(parent, ...children) {
  parent.replaceChildren(...children.filter((child) => child !== null && child !== undefined && child !== false));
}

/** Makes a button keep the focus where it was when it is pressed with a pointer: keys stay with the photo. */
export function keepFocus(root) {
  root.addEventListener("mousedown", (event) => {
    if (event.target.closest("button") && !event.target.closest("dialog")) event.preventDefault();
  });
}

let spoken = 0;

/** Tells something in the line at the foot of the photo, which screen readers read out; kind "", "good", or "lasting" and "bad", which stay. */
export function tell(sentence, kind = "") {
  const line = byId("status");
  line.textContent = sentence;
  line.className = kind;
  clearTimeout(spoken);
  if (kind !== "bad" && kind !== "lasting") spoken = setTimeout(() => (line.textContent = ""), 8000);
}

/** A link only where the address is http(s); anything else stays text. */
export function link(address, text = address) {
  const safe = /^https?:\/\//i.test(address);
  return safe
    ? element("a", { href: address, target: "_blank", rel: "noopener noreferrer nofollow" }, text)
    : document.createTextNode(address);
}
