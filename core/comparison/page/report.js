"use strict";

// Sorting: numbers by data-value, everything else as people count; rows without a figure go last.
for (const table of document.querySelectorAll("table.sortable")) {
  const heads = [...table.tHead.rows[0].cells];
  const body = table.tBodies[0];
  heads.forEach((head, column) => head.querySelector("button").addEventListener("click", () => {
    const up = head.getAttribute("aria-sort") !== "ascending";
    heads.forEach((other) => other.removeAttribute("aria-sort"));
    head.setAttribute("aria-sort", up ? "ascending" : "descending");
    const value = (row) => {
      const cell = row.cells[column];
      return "value" in cell.dataset ? Number(cell.dataset.value) : cell.textContent;
    };
    const compare = (a, b) => {
      const [x, y] = [value(a), value(b)];
      if (typeof x === "string") return (up ? 1 : -1) * x.localeCompare(y, "en", { numeric: true });
      if (Number.isNaN(x) || Number.isNaN(y)) return Number.isNaN(x) - Number.isNaN(y);
      return up ? x - y : y - x;
    };
    body.append(...[...body.rows].sort(compare));
  }));
}

document.getElementById("only").addEventListener("change", (event) => {
  for (const row of document.querySelectorAll("table.sortable tbody tr")) {
    row.hidden = event.target.value !== "" && row.cells[1].textContent !== event.target.value;
  }
});

// Enlarging: the arrow keys turn over one photo's pictures in the same place.
const dialog = document.getElementById("enlarged");
let shown = [];
let at = 0;

function show(index) {
  at = (index + shown.length) % shown.length;
  const picture = shown[at].querySelector(".whole img");
  dialog.querySelector("img").src = picture.src;
  dialog.querySelector("img").alt = picture.alt;
  dialog.querySelector("p").textContent = shown[at].querySelector("figcaption").innerText.replace("\n", "  ·  ");
}

for (const button of document.querySelectorAll(".whole")) {
  button.addEventListener("click", () => {
    shown = [...button.closest(".row").querySelectorAll("figure")];
    show(shown.indexOf(button.closest("figure")));
    dialog.showModal();
  });
}
dialog.addEventListener("click", () => dialog.close());
dialog.addEventListener("keydown", (event) => {
  if (event.key === "ArrowRight") show(at + 1);
  if (event.key === "ArrowLeft") show(at - 1);
});
