// Sorting of small tables. Without this script they are complete, only still.
(() => {
  "use strict";
  const order = new Intl.Collator("en", { numeric: true, sensitivity: "base" });
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];

  const compare = (a, b, column) => {
    const [left, right] = [a, b].map((row) => row.cells[column].dataset.sort ?? row.cells[column].textContent.trim());
    if (left === "" || right === "") return left === right ? 0 : null;
    return order.compare(left, right);
  };

  const sort = (table, header, rows) => {
    const down = header.getAttribute("aria-sort") === "ascending";
    for (const other of all("th[aria-sort]", table)) other.removeAttribute("aria-sort");
    header.setAttribute("aria-sort", down ? "descending" : "ascending");
    const column = header.cellIndex;
    const empty = (row) => (row.cells[column].dataset.sort ?? row.cells[column].textContent.trim()) === "";
    const sorted = rows.slice().sort((a, b) => {
      const result = compare(a, b, column);
      if (result === null) return empty(a) - empty(b);
      return down ? -result : result;
    });
    table.tBodies[0].append(...sorted);
  };

  for (const table of all("table.sortable")) {
    const rows = [...table.tBodies[0].rows];
    for (const header of table.tHead.rows[0].cells) {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...header.childNodes);
      button.addEventListener("click", () => sort(table, header, rows));
      header.append(button);
    }
  }
})();
