"use strict";
(() => {
  const table = document.getElementById("photo-table");
  if (!table) return;
  const body = table.tBodies[0];
  const rows = Array.from(body.rows);
  const heads = Array.from(table.tHead.rows[0].cells);
  const collator = new Intl.Collator(undefined, { numeric: true });

  const key = (row, column) => row.cells[column].textContent.trim();

  // Empty cells come last in both directions; equal ones keep the order of metrics.csv.
  const sort = (head) => {
    const column = heads.indexOf(head);
    const down = head.getAttribute("aria-sort") === "ascending";
    const numeric = head.classList.contains("num");
    const keyed = rows.map((row, index) => {
      const text = key(row, column);
      return { row, index, text, number: numeric ? Number(text) : 0, empty: text === "" };
    });
    keyed.sort((a, b) => {
      if (a.empty !== b.empty) return a.empty ? 1 : -1;
      const order = numeric ? a.number - b.number : collator.compare(a.text, b.text);
      return (down ? -order : order) || a.index - b.index;
    });
    body.append(...keyed.map((entry) => entry.row));
    for (const other of heads) {
      if (other.hasAttribute("aria-sort")) other.setAttribute("aria-sort", "none");
    }
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
  };

  for (const head of heads) {
    if (!head.hasAttribute("aria-sort")) continue;
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    button.addEventListener("click", () => sort(head));
    head.append(button);
  }

  const form = document.querySelector("form.filter");
  const input = document.getElementById("filter");
  const shown = document.getElementById("shown");
  const haystack = rows.map((row) => `${key(row, 0)} ${key(row, 1)}`.toLowerCase());
  const count = (n) => n.toLocaleString("en");
  const filter = () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    let left = 0;
    rows.forEach((row, i) => {
      const match = words.every((word) => haystack[i].includes(word));
      row.hidden = !match;
      if (match) left += 1;
    });
    shown.textContent = words.length ? `${count(left)} of ${count(rows.length)}` : "";
  };
  let waiting = 0;
  input.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(filter, 80);
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.hidden = false;
})();
