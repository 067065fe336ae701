// One photo after the other, A or B in the same place; what was picked stays in this browser until the test is through.
const holder = document.getElementById("data");
const rounds = JSON.parse(holder.textContent);
const STORE = `blind:${holder.dataset.test}`;
const NAMES = ["The photo", "A", "B"];
const byId = (id) => document.getElementById(id);
let picks = [];
try {
  picks = JSON.parse(localStorage.getItem(STORE)) ?? [];
} catch {
  picks = [];
}

function keep() {
  try {
    localStorage.setItem(STORE, JSON.stringify(picks));
  } catch {
    // The test goes on without being kept.
  }
}

function show(which) {
  const round = rounds[picks.length];
  if (!round) return;
  byId("picture").src = round.pictures[which];
  byId("picture").alt = NAMES[which];
  byId("shown").textContent = NAMES[which];
  for (const button of document.querySelectorAll("[data-show]")) button.setAttribute("aria-pressed", String(Number(button.dataset.show) === which));
}

function next() {
  const through = picks.length >= rounds.length;
  byId("place").textContent = through ? "That was the last photo." : `Photo ${picks.length + 1} of ${rounds.length}`;
  for (const part of [document.querySelector("figure"), byId("look"), byId("pick")]) part.hidden = through;
  byId("result").hidden = !through;
  if (through) reveal();
  else show(1);
}

function pick(letter) {
  if (picks.length >= rounds.length) return;
  picks.push(letter);
  keep();
  next();
}

/** Chance that of n fair tosses at least so many fall the same way, two-sided. */
function signTest(first, second) {
  const n = first + second;
  let term = 0.5 ** n;
  let tail = 0;
  for (let k = 0; k <= Math.min(first, second); k++) {
    tail += term;
    term *= (n - k) / (k + 1);
  }
  return n ? Math.min(1, 2 * tail) : 1;
}

function reveal() {
  const { labels, first } = JSON.parse(new TextDecoder().decode(Uint8Array.from(atob(holder.dataset.key), (sign) => sign.charCodeAt(0))));
  const winners = picks.map((letter, n) => (letter === "" ? null : letter === "A" ? first[n] : 1 - first[n]));
  const counts = [0, 1].map((which) => winners.filter((winner) => winner === which).length);
  const ties = winners.filter((winner) => winner === null).length;
  const cell = (tag, text) => Object.assign(document.createElement(tag), { textContent: text });
  const row = (tag, ...texts) => {
    const made = document.createElement("tr");
    made.append(...texts.map((text) => cell(tag, text)));
    return made;
  };
  const named = (winner) => (winner === null ? "no difference" : labels[winner]);
  const table = document.createElement("table");
  table.append(row("th", "Photo", "Better"), ...rounds.map(({ name }, n) => row("td", name, named(winners[n]))));
  const chance = signTest(...counts);
  const verdict = chance < 0.05 ? `${labels[counts[0] > counts[1] ? 0 : 1]} is better` : "This settles nothing yet";
  const quote = (text) => `"${(/^[=+\-@\t\r]/.test(text) ? "'" : "") + text.replaceAll('"', '""')}"`;
  const save = cell("a", "Save as CSV");
  save.download = "blind-test.csv";
  save.href = URL.createObjectURL(new Blob([["photo,better", ...rounds.map(({ name }, n) => [name, named(winners[n])].map(quote).join(","))].join("\n")], { type: "text/csv" }));
  byId("result").replaceChildren(
    cell("h2", verdict),
    cell("p", `${labels[0]}: ${counts[0]} · ${labels[1]}: ${counts[1]} · no difference: ${ties}`),
    cell("p", `A coin would come out so unevenly in ${(100 * chance).toPrecision(2)} % of such tests (sign test, two-sided).`),
    save,
    table,
  );
}

for (const button of document.querySelectorAll("[data-show]")) button.addEventListener("click", () => show(Number(button.dataset.show)));
for (const button of document.querySelectorAll("[data-pick]")) button.addEventListener("click", () => pick(button.dataset.pick));
const back = () => {
  if (!picks.length || picks.length >= rounds.length) return; // after the end everything is known
  picks.pop();
  keep();
  next();
};
byId("undo").addEventListener("click", back);
addEventListener("keydown", (event) => {
  if (event.repeat || event.ctrlKey || event.altKey || event.metaKey) return;
  const act = { KeyA: () => show(1), KeyB: () => show(2), KeyP: () => show(0), ArrowLeft: () => pick("A"), ArrowRight: () => pick("B"), ArrowDown: () => pick(""), KeyZ: back }[event.code];
  if (!act) return;
  event.preventDefault();
  act();
});
next();
