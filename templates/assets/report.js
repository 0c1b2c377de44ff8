// Sorting, filtering and deep links. Without this script the report is complete, only still.
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

  for (const form of all("form.controls")) {
    const rows = [...document.getElementById(form.dataset.table).tBodies[0].rows];
    const texts = rows.map((row) => row.textContent.toLowerCase());
    const said = form.querySelector("output");
    const filter = () => {
      const words = form.elements.words.value.toLowerCase().split(/\s+/).filter(Boolean);
      const chosen = all("select", form).filter((select) => select.value !== "");
      let shown = 0;
      rows.forEach((row, index) => {
        const fits = words.every((word) => texts[index].includes(word))
          && chosen.every((select) => row.dataset[select.name] === select.value.slice(1));
        row.hidden = !fits;
        shown += fits;
      });
      said.textContent = `${shown} of ${rows.length} units shown`;
    };
    form.hidden = false;
    form.addEventListener("input", filter);
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("reset", () => setTimeout(filter));
    filter();
  }

  const open = () => {
    let name = "";
    try { name = decodeURIComponent(location.hash.slice(1)); } catch { return; }
    const story = document.getElementById(name);
    if (story instanceof HTMLDetailsElement) {
      story.open = true;
      story.scrollIntoView();
      story.querySelector("summary").focus({ preventScroll: true });
    }
  };
  addEventListener("hashchange", open);
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element && event.target.closest("a[href^='#']");
    if (link && link.getAttribute("href") === location.hash) open();
  });
  open();

  for (const tools of all(".tools")) {
    tools.hidden = false;
    tools.querySelector("button").addEventListener("click", () => {
      const stories = all("details.story");
      const closed = stories.some((story) => !story.open);
      for (const story of stories) story.open = closed;
    });
  }
})();
