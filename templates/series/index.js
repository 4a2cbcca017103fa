"use strict";
(() => {
  const table = document.getElementById("subject-table");
  if (!table) return;
  const body = table.tBodies[0];
  const rows = Array.from(body.rows);
  const heads = Array.from(table.tHead.rows[0].cells);
  const collator = new Intl.Collator(undefined, { numeric: true });

  // Empty cells come last in both directions; equal ones keep their order.
  const sort = (head) => {
    const column = heads.indexOf(head);
    const down = head.getAttribute("aria-sort") === "ascending";
    const keyed = rows.map((row, index) => {
      const cell = row.cells[column];
      const text = cell.dataset.key ?? cell.textContent.trim();
      return { row, index, text, empty: text === "" };
    });
    keyed.sort((a, b) => {
      if (a.empty !== b.empty) return a.empty ? 1 : -1;
      const order = collator.compare(a.text, b.text);
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

  const form = document.getElementById("filter-form");
  const input = document.getElementById("filter");
  const verdict = document.getElementById("verdict");
  const shown = document.getElementById("shown");
  const names = rows.map((row) => row.cells[0].textContent.toLowerCase());
  const verdicts = rows.map((row) => Array.from(row.cells, (cell) => cell.dataset.verdict));
  const filter = () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    let left = 0;
    rows.forEach((row, i) => {
      const match = words.every((word) => names[i].includes(word)) && (!verdict.value || verdicts[i].includes(verdict.value));
      row.hidden = !match;
      if (match) left += 1;
    });
    shown.textContent = words.length || verdict.value ? `${left.toLocaleString("en")} of ${rows.length.toLocaleString("en")}` : "";
  };
  input.addEventListener("input", filter);
  verdict.addEventListener("change", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.hidden = false;
})();
