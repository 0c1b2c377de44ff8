// The table of units: search, sort, filters, the view in the address, export, the way to stories.
// Without this script the page is complete below 2,000 units, only still and without stories.
(() => {
  "use strict";
  const { all, byId, make, state, parts, once, read, head, columns, named, cell, load } = coverage;
  // ----------------------------------------------------------------- view: filter, sort
  // The view as the address states it: `q`, `sort` and one key for each filtered column.
  const DEFAULT = "record=in service";
  const view = new URLSearchParams();
  const natural = (text) => text.toLowerCase().replace(/\d+/g, (digits) => digits.padStart(12, "0"));
  const isDate = /^\d{4}-\d{2}-\d{2}/;

  const ranks = (column) => {
    if (column.ranks) return column.ranks;
    const worst = Object.keys(column.tones);
    const key = (text) => {
      if (text === "") return "\uffff";
      if (worst.length) return String(worst.indexOf(text)).padStart(3, "0");
      return column.kind === "date" && !isDate.test(text) ? `~${text}` : natural(text);
    };
    const keys = column.values.map(key);
    const order = keys.map((_, place) => place).sort((a, b) => (keys[a] < keys[b] ? -1 : keys[a] > keys[b] ? 1 : 0));
    column.ranks = new Uint32Array(order.length);
    order.forEach((place, rank) => { column.ranks[place] = rank; });
    return column.ranks;
  };

  const sorted = (rows, column, down) => {
    // A counting sort: ranks are small numbers. What is not stated stands last in both directions.
    const rank = ranks(column);
    const size = column.values.length;
    const bucket = (row) => {
      const place = column.places[row];
      if (column.values[place] === "") return size;
      return down ? size - 1 - rank[place] : rank[place];
    };
    const starts = new Uint32Array(size + 2);
    for (const row of rows) starts[bucket(row) + 1] += 1;
    for (let n = 1; n < starts.length; n += 1) starts[n] += starts[n - 1];
    const result = new Uint32Array(rows.length);
    for (const row of rows) result[starts[bucket(row)]++] = row;
    return result;
  };

  const fits = (column, wanted) => {
    const exact = wanted.startsWith("=") ? wanted.slice(1) : null;
    if (column.kind === "state") return (text) => text === (exact ?? wanted);
    if (column.kind === "set") return (text) => text.split(", ").includes(exact ?? wanted);
    if (exact !== null) return (text) => text === exact;
    if (column.kind === "date") {
      const [, sign, day] = /^([<>]?)(.*)$/.exec(wanted.trim());
      const [from, to] = wanted.split("..");
      if (to !== undefined) return (text) => isDate.test(text) && text >= from.trim() && text <= `${to.trim()}~`;
      if (sign === "<") return (text) => isDate.test(text) && text < day.trim();
      if (sign === ">") return (text) => isDate.test(text) && text.slice(0, day.trim().length) > day.trim();
    }
    return (text) => text.toLowerCase().includes(wanted.toLowerCase());
  };

  let haystack = null;
  const searched = (words) => {
    haystack ??= Array.from({ length: head.rows }, (_, row) =>
      columns.map((column) => cell(column, row)).join("\n").toLowerCase());
    return (row) => words.every((word) => haystack[row].includes(word));
  };

  const select = () => {
    const tests = columns.filter((column) => view.get(column.filter)).map((column) => {
      const fit = fits(column, view.get(column.filter));
      const good = Uint8Array.from(column.values, (text) => fit(text));
      return (row) => good[column.places[row]];
    });
    const words = (view.get("q") ?? "").toLowerCase().split(/\s+/).filter(Boolean);
    if (words.length) tests.push(searched(words));
    const rows = new Uint32Array(head.rows);
    let count = 0;
    for (let row = 0; row < head.rows; row += 1) {
      if (tests.every((test) => test(row))) rows[count++] = row;
    }
    const found = rows.subarray(0, count);
    const [, minus, key] = /^(-?)(.*)$/.exec(view.get("sort") ?? "");
    return named[key] ? sorted(found, named[key], minus === "-") : found;
  };

  // ---------------------------------------------------------------------------- table
  const region = byId("table");
  const table = region.querySelector("table");
  const body = table.tBodies[0];
  const shownColumns = columns.filter((column) => column.shown);
  const said = byId("said");
  const OVERSCAN = 12;
  let shown = new Uint32Array(0);
  let current = 0;
  let range = [0, 0];
  let rowHeight = 33;

  const line = (index) => {
    const row = shown[index];
    const cells = shownColumns.map((column, place) => {
      const text = cell(column, row);
      if (place === 0) {
        const link = make("a", { href: storyAddress(row), tabindex: index === current ? 0 : -1 }, text || "no serial");
        return make("th", { scope: "row", class: "mono" }, link);
      }
      if (text === "") return make("td");
      if (column.kind === "state") return make("td", {}, state(text, column.tones[text]));
      return make("td", { class: column.key, title: text.length > 14 && text }, text);
    });
    return make("tr", { "aria-rowindex": index + 3, "data-index": index }, ...cells);
  };

  const gap = (rows) => {
    const filler = make("tr", { class: "gap", "aria-hidden": "true" }, make("td", { colspan: shownColumns.length }));
    filler.firstChild.style.height = `${rows * rowHeight}px`;
    return filler;
  };

  const draw = (force) => {
    const whole = shown.length < head.plain;
    let from = 0;
    let to = shown.length;
    if (!whole) {
      const seen = Math.ceil(region.clientHeight / rowHeight);
      from = Math.max(0, Math.min(Math.floor(region.scrollTop / rowHeight), shown.length - seen) - OVERSCAN);
      to = Math.min(shown.length, from + seen + 2 * OVERSCAN);
    }
    if (!force && from === range[0] && to === range[1]) return;
    range = [from, to];
    const focused = body.contains(document.activeElement);
    const lines = [];
    for (let index = from; index < to; index += 1) lines.push(line(index));
    if (from > 0) lines.unshift(gap(from));
    if (to < shown.length) lines.push(gap(shown.length - to));
    body.replaceChildren(...lines);
    if (focused) (linkOf(current) ?? region).focus({ preventScroll: true });
  };

  const linkOf = (index) => body.querySelector(`tr[data-index="${index}"] a`);

  const go = (index) => {
    if (!shown.length) return;
    const last = linkOf(current);
    if (last) last.tabIndex = -1;
    current = Math.max(0, Math.min(shown.length - 1, index));
    if (!linkOf(current)) {
      region.scrollTop = Math.max(0, (current - 3) * rowHeight);
      draw(true);
    }
    const link = linkOf(current);
    link.tabIndex = 0;
    link.focus({ preventScroll: true });
    const [top, bottom] = [region.getBoundingClientRect(), link.getBoundingClientRect()];
    const header = table.tHead.getBoundingClientRect().height;
    if (bottom.top < top.top + header) region.scrollTop -= top.top + header - bottom.top + 4;
    if (bottom.bottom > top.bottom - 16) region.scrollTop += bottom.bottom - top.bottom + 24;
  };

  region.addEventListener("keydown", (event) => {
    if (event.target !== region && !body.contains(event.target)) return;
    if (event.ctrlKey && !["Home", "End"].includes(event.key)) return;
    if (event.altKey || event.metaKey) return;
    const page = Math.max(1, Math.floor(region.clientHeight / rowHeight) - 3);
    const here = event.target === region ? current - Number(event.key === "ArrowDown") : current;
    const to = { ArrowDown: here + 1, ArrowUp: here - 1, PageDown: here + page, PageUp: here - page, Home: 0, End: shown.length - 1 };
    if (!(event.key in to)) return;
    event.preventDefault();
    go(to[event.key]);
  });
  region.addEventListener("scroll", () => draw(false), { passive: true });
  addEventListener("resize", () => draw(false));

  const update = () => {
    shown = select();
    current = 0;
    region.scrollTop = 0;
    table.setAttribute("aria-rowcount", shown.length + 2);
    const sort = view.get("sort") ?? "";
    for (const header of all("th[data-key]", table.tHead)) {
      const key = header.dataset.key;
      if (sort === key) header.setAttribute("aria-sort", "ascending");
      else if (sort === `-${key}`) header.setAttribute("aria-sort", "descending");
      else header.removeAttribute("aria-sort");
    }
    draw(true);
    said.textContent = `${shown.length.toLocaleString("en")} of ${head.rows.toLocaleString("en")} shown`;
    byId("cut").hidden = shown.length < head.plain;
  };

  // -------------------------------------------------------------------- the address
  const address = (extra = {}) => {
    const stated = new URLSearchParams([...view].filter(([, value]) => value !== ""));
    if (![...stated].length) stated.set("record", "");
    for (const [key, value] of Object.entries(extra)) stated.set(key, value);
    return `#${stated.toString().replaceAll("%2C", ",").replaceAll("+", "%20")}`;
  };
  const storyAddress = (row) => {
    const serial = cell(named.serial, row);
    return serial ? address({ serial }) : address({ unit: row + 1 });
  };
  const keep = () => {
    if (address() === `#${DEFAULT.replaceAll(" ", "%20")}`) history.replaceState(null, "", location.pathname + location.search);
    else history.replaceState(null, "", address());
  };

  const controls = all("[data-filter]");
  const fill = () => {
    for (const control of controls) control.value = view.get(control.dataset.filter) ?? "";
  };
  const adopt = (entries) => {
    for (const key of [...view.keys()]) view.delete(key);
    for (const [key, value] of entries) view.set(key, value);
    fill();
    update();
  };
  const keys = new Set(["q", "sort", ...columns.map((column) => column.filter)]);
  const parse = (hash) => {
    if (hash === "" || hash.includes("=")) return new URLSearchParams(hash);
    try { return new URLSearchParams([["serial", decodeURIComponent(hash)]]); } catch { return new URLSearchParams(); }
  };
  // Bring the page into the state that the address asks for: a view, a story, or both.
  const follow = async () => {
    const hash = location.hash.slice(1);
    if (hash.startsWith("section-")) return;
    const asked = parse(hash);
    const [serial, unit] = [asked.get("serial"), asked.get("unit")];
    const story = serial !== null || unit !== null;
    const known = [...asked].filter(([key]) => keys.has(key));
    if (known.length) adopt(known);
    else if (!story || !view.size) adopt(new URLSearchParams(DEFAULT));
    if (story) await tell(serial, unit);
    else {
      dialog.close();
      if (hash) byId("units").scrollIntoView();
    }
  };

  let waiting = 0;
  const changed = (control) => {
    view.set(control.dataset.filter, control.value);
    clearTimeout(waiting);
    waiting = setTimeout(() => { keep(); update(); }, control.tagName === "SELECT" ? 0 : 120);
  };

  // --------------------------------------------------------------------------- export
  const quote = (text) => `"${(/^[=+\-@\t\r\n＝＋－＠']/.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`;
  const save = () => {
    const lines = [columns.map((column) => quote(column.label)).join(",")];
    for (const row of shown) lines.push(columns.map((column) => quote(cell(column, row))).join(","));
    const blob = new Blob(["\ufeff", lines.join("\r\n"), "\r\n"], { type: "text/csv" });
    const link = make("a", { href: URL.createObjectURL(blob), download: `${head.name}.csv` });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
    said.textContent = `${shown.length.toLocaleString("en")} rows saved`;
  };

  // -------------------------------------------------------------------------- stories
  const dialog = byId("story");
  const find = (serial, unit) => {
    if (unit !== null) return Number(unit) >= 1 && Number(unit) <= head.rows ? [Number(unit) - 1] : [];
    const place = named.serial.values.indexOf(serial);
    const rows = [];
    if (place >= 0 && serial !== "") named.serial.places.forEach((each, row) => { if (each === place) rows.push(row); });
    return rows;
  };

  const tell = async (serial, unit) => {
    const rows = find(serial, unit);
    const [title, content] = [byId("story-title"), byId("story-content")];
    if (!rows.length) {
      title.textContent = "Not in this report";
      content.replaceChildren(make("p", {}, `No unit of this report has the serial ${serial ?? unit}.`));
    } else {
      const row = rows[0];
      const told = read(await once(parts("stories")[Math.floor(row / head.stories)]), row % head.stories);
      const answers = new Map();
      for (const posture of told[7]) answers.set(posture[12], read(await once(parts("situations")[0]), Number(posture[12])));
      title.textContent = cell(named.serial, row) || "No serial";
      const where = [cell(named.pid, row), cell(named.host, row), cell(named.place, row), cell(named.site, row)].filter(Boolean).join(" · ");
      const twins = rows.slice(1).map((each) => make("li", {}, make("a", { href: address({ unit: each + 1 }) },
        [cell(named.pid, each), cell(named.host, each), cell(named.place, each)].filter(Boolean).join(", "))));
      content.replaceChildren(make("p", { class: "soft" }, where),
        ...(twins.length ? [make("p", {}, "The same serial stands on:"), make("ul", {}, ...twins)] : []),
        ...tellStory(row, told, answers));
    }
    if (!dialog.open) dialog.showModal();
    dialog.scrollTop = 0;
    title.focus();
  };
  dialog.addEventListener("close", () => {
    const asked = parse(location.hash.slice(1));
    if (asked.has("serial") || asked.has("unit")) keep();
    linkOf(current)?.focus({ preventScroll: true });
  });
  byId("story-close").addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });

  // ---------------------------------------------------------------------------- start
  const options = (column) => {
    const words = column.kind === "set" ? column.values.flatMap((text) => text.split(", ")) : column.values;
    const order = Object.keys(column.tones);
    const found = [...new Set(words)].filter(Boolean);
    return order.length ? order.filter((text) => found.includes(text)) : found.sort((a, b) => (natural(a) < natural(b) ? -1 : 1));
  };
  const control = (column) => {
    const name = { "data-filter": column.filter, "aria-label": `Filter ${column.label}` };
    const few = column.kind !== "date" && column.key !== "serial" && column.values.length <= 60;
    if (few || column.kind === "state" || column.kind === "set") {
      const sign = column.kind === "text" ? "=" : "";
      return make("select", name, make("option", { value: "" }, "all"),
        ...options(column).map((text) => make("option", { value: sign + text }, text)));
    }
    return make("input", { ...name, type: "search", autocomplete: "off", spellcheck: "false",
      placeholder: column.kind === "date" ? "2027 or <2027-03" : "", title: column.kind === "date" ? "A day, month or year; <day, >day, or day..day" : false });
  };

  const build = () => {
    const labels = table.tHead.rows[0];
    labels.setAttribute("aria-rowindex", "1");
    const filters = make("tr", { class: "filters", "aria-rowindex": "2" });
    shownColumns.forEach((column, place) => {
      const header = labels.cells[place];
      header.dataset.key = column.key;
      const button = make("button", { type: "button" }, column.label);
      button.addEventListener("click", () => {
        const now = view.get("sort") ?? "";
        view.set("sort", now === column.key ? `-${column.key}` : now === `-${column.key}` ? "" : column.key);
        keep();
        update();
      });
      header.replaceChildren(button);
      filters.append(make("td", {}, control(column)));
    });
    table.tHead.append(filters);
    const beside = byId("beside");
    for (const column of columns.filter((each) => !each.shown)) {
      const made = control(column);
      made.removeAttribute("aria-label");
      made.id = `section-filter-${column.key}`;
      beside.append(make("div", {}, make("label", { for: made.id }, column.label), made));
    }
    controls.push(...all("[data-filter]").filter((each) => !controls.includes(each)));
    for (const each of controls) each.addEventListener("input", () => changed(each));
    byId("controls").addEventListener("submit", (event) => event.preventDefault());
    byId("clear").addEventListener("click", () => {
      adopt([]);
      keep();
      byId("search").focus();
    });
    byId("export").addEventListener("click", save);
    byId("controls").hidden = false;
  };

  const start = async () => {
    if (parts("rows").some((part) => part.type !== "application/json") && typeof DecompressionStream === "undefined") {
      said.textContent = "This browser cannot unpack the table. The same rows stand in coverage.csv and coverage.xlsx.";
      byId("controls").hidden = false;
      return;
    }
    await load();
    byId("scripts")?.remove();
    build();
    region.classList.add("live");
    const probe = make("tr", {}, make("td", {}, "x"));
    body.replaceChildren(probe);
    rowHeight = probe.getBoundingClientRect().height || rowHeight;
    addEventListener("hashchange", follow);
    document.addEventListener("click", (event) => {
      const link = event.target instanceof Element && event.target.closest("a[href^='#']");
      if (link && link.getAttribute("href") === location.hash) follow();
    });
    await follow();
    document.documentElement.dataset.ready = "yes";
  };
  start().catch((error) => {
    said.textContent = `The table could not be read: ${error.message}. The same rows stand in coverage.csv and coverage.xlsx.`;
    byId("controls").hidden = false;
    throw error;
  });
})();
