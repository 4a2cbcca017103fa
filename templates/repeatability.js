"use strict";
(() => {
  const table = document.getElementById("metric-table");
  if (!table) return;
  const body = table.tBodies[0];
  const rows = Array.from(body.rows);
  const heads = Array.from(table.tHead.rows[0].cells);
  const collator = new Intl.Collator(undefined, { numeric: true });

  // Empty cells come last in both directions; equal ones keep the order of repeatability.csv.
  const sort = (head) => {
    const column = heads.indexOf(head);
    const down = head.getAttribute("aria-sort") === "ascending";
    const numeric = head.classList.contains("num");
    const keyed = rows.map((row, index) => {
      const cell = row.cells[column];
      const text = numeric ? cell.dataset.v : cell.textContent.trim();
      return { row, index, text, number: numeric ? Number(text) : 0, empty: text === "" };
    });
    keyed.sort((a, b) => {
      if (a.empty !== b.empty) return a.empty ? 1 : -1;
      const order = numeric ? a.number - b.number : collator.compare(a.text, b.text);
      return (down ? -order : order) || a.index - b.index;
    });
    body.append(...keyed.map((entry) => entry.row));
    for (const other of heads) other.setAttribute("aria-sort", "none");
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
  };

  for (const head of heads) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    button.addEventListener("click", () => sort(head));
    head.append(button);
  }

  const form = document.querySelector("form.filter");
  const input = document.getElementById("filter");
  const shown = document.getElementById("shown");
  const filter = () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const row of rows) {
      const text = `${row.cells[0].textContent} ${row.cells[1].textContent}`.toLowerCase();
      row.hidden = !words.every((word) => text.includes(word));
      count += row.hidden ? 0 : 1;
    }
    shown.textContent = words.length ? `${count} of ${rows.length} rows` : "";
  };
  input.addEventListener("input", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.hidden = false;
})();
