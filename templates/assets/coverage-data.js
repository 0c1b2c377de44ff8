// The data of the page: columns of the table, read at once, and stories, read when they are asked for.
const coverage = (() => {
  "use strict";
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];
  const byId = (name) => document.getElementById(`section-${name}`);

  // ------------------------------------------------------------------------- elements
  // Text reaches the page through textContent alone: nothing of an estate is ever parsed.
  const make = (tag, attributes = {}, ...children) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (value !== undefined && value !== false) element.setAttribute(name, value === true ? "" : value);
    }
    element.append(...children.filter((child) => child !== null));
    return element;
  };
  const state = (text, tone) => make("span", { class: `state ${tone ?? "none"}` }, text);

  // ----------------------------------------------------------------------------- data
  const parts = (kind) => all(`script[data-kind="${kind}"]`);
  const bytes = (text) => {
    const raw = atob(text);
    const found = new Uint8Array(raw.length);
    for (let place = 0; place < raw.length; place += 1) found[place] = raw.charCodeAt(place);
    return found;
  };
  const unpack = async (part) => {
    if (part.type === "application/json") return JSON.parse(part.textContent);
    const stream = new Blob([bytes(part.textContent)]).stream().pipeThrough(new DecompressionStream("gzip"));
    return JSON.parse(await new Response(stream).text());
  };
  const opened = new Map();
  const once = (part) => {
    if (!opened.has(part)) opened.set(part, unpack(part));
    return opened.get(part);
  };
  const read = ({ table, roots }, number) => {
    const node = (place) => (typeof table[place] === "string" ? table[place]
      : table[place].map((other) => node(other < 0 ? place + other : other)));
    return node(roots.slice(0, number + 1).reduce((sum, step) => sum + step, 0));
  };

  const head = JSON.parse(byId("head").textContent);
  // In the address `serial` asks for a story; the filter of that column is called `sn`.
  const columns = head.columns.map((column) => ({
    ...column, filter: column.key === "serial" ? "sn" : column.key, values: [], places: new Uint32Array(head.rows),
  }));
  const named = Object.fromEntries(columns.map((column) => [column.key, column]));
  const cell = (column, row) => column.values[column.places[row]];

  const load = async () => {
    const known = columns.map(() => new Map());
    let first = 0;
    for (const part of parts("rows")) {
      const chunk = await unpack(part);
      let count = 0;
      chunk.forEach(([values, places], index) => {
        const column = columns[index];
        const global = values.map((value) => {
          let place = known[index].get(value);
          if (place === undefined) {
            place = column.values.push(value) - 1;
            known[index].set(value, place);
          }
          return place;
        });
        places.forEach((place, row) => { column.places[first + row] = global[place]; });
        count = places.length;
      });
      first += count;
      part.remove();
    }
  };

  return { all, byId, make, state, parts, once, read, head, columns, named, cell, load };
})();
