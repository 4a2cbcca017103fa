"use strict";
// The table of a page that sorts by its heads and is filtered by the form before it.
(() => {
  const table = document.querySelector("table.sortable");
  if (!table) return;
  const body = table.tBodies[0];
  const rows = Array.from(body.rows);
  const heads = Array.from(table.tHead.rows[0].cells).filter((head) => head.hasAttribute("aria-sort"));
  const collator = new Intl.Collator(undefined, { numeric: true });

  // Empty cells come last in both directions; equal ones keep the order in which they were written.
  const sort = (head) => {
    const down = head.getAttribute("aria-sort") === "ascending";
    const numeric = head.classList.contains("num");
    const keyed = rows.map((row, index) => {
      const cell = row.cells[head.cellIndex];
      const text = cell.dataset.key ?? cell.textContent.trim();
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

  // The words typed are looked for in the first columns; a verdict that is chosen, in all of them.
  const form = document.querySelector("form.filter");
  const input = form.querySelector("input");
  const select = form.querySelector("select");
  const shown = form.querySelector("output");
  const columns = Number(form.dataset.columns);
  const texts = rows.map((row) => Array.from(row.cells).slice(0, columns).map((cell) => cell.textContent).join(" ").toLowerCase());
  const verdicts = rows.map((row) => Array.from(row.cells, (cell) => cell.dataset.verdict));
  const count = (n) => n.toLocaleString("en");
  const filter = () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    const verdict = select?.value ?? "";
    let left = 0;
    rows.forEach((row, i) => {
      row.hidden = !(words.every((word) => texts[i].includes(word)) && (!verdict || verdicts[i].includes(verdict)));
      left += row.hidden ? 0 : 1;
    });
    shown.textContent = words.length || verdict ? `${count(left)} of ${count(rows.length)}` : "";
  };
  let waiting = 0;
  input.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(filter, 80);
  });
  select?.addEventListener("change", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.hidden = false;
})();
