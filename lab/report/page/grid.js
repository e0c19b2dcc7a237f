// A table in pages of 100 rows, sorted by a click on a header.

const kPageRows = 100;

// grid(columns, rows, {onRow, rowClass, cell}): an element with `update(columns, rows)`, which keeps the
// sorting as long as its column is there. `onRow(row)` is called for a click; `cell(column, row)` may
// give an element to show in place of the text.
function grid(columns, rows, options = {}) {
  const state = {columns, rows, sort: null, descending: false, page: 0};
  const head = element("thead");
  const body = element("tbody");
  const pager = element("div", {class: "pager"});
  const scroller = element("div", {class: "scroller", tabindex: 0},
                           element("table", {class: "grid"}, head, body));
  const made = element("div", {class: "gridbox"}, scroller, pager);

  function sortBy(name) {
    state.descending = state.sort === name && !state.descending;
    state.sort = name;
    state.page = 0;
    draw();
  }

  function classOf(column) {
    return (column.role ?? "score") + (column.numeric ? " numeric" : "");
  }

  function headerCell(column) {
    const sorted = state.sort === column.name;
    const direction = state.descending ? "descending" : "ascending";
    return element("th", {scope: "col", class: classOf(column), "data-column": column.name,
                          "aria-sort": sorted ? direction : "none"},
                   element("button", {type: "button", onclick: () => sortBy(column.name),
                                      title: `Sort by ${column.name}`},
                           column.name,
                           element("span", {class: "arrow", "aria-hidden": "true"},
                                   sorted ? (state.descending ? " ▼" : " ▲") : "")));
  }

  function bodyRow(row) {
    const cells = state.columns.map((column) => {
      const text = column.text(row);
      const tip = column.tip(row);
      const isMissing = text === "" && tip !== "";
      return element("td", {class: classOf(column) + (isMissing ? " missing" : ""),
                            title: tip || null},
                     options.cell?.(column, row) ?? (isMissing ? "–" : text));
    });
    const onclick = options.onRow ? {onclick: () => options.onRow(row)} : {};
    return element("tr", {class: options.rowClass?.(row) ?? null, ...onclick}, cells);
  }

  function turn(text, page, usable) {
    return element("button", {type: "button", disabled: !usable, onclick: () => {
      state.page = page;
      draw();
      scroller.scrollTop = 0;
    }}, text);
  }

  function drawPager(order) {
    const pages = Math.max(1, Math.ceil(order.length / kPageRows));
    pager.hidden = pages === 1;
    const first = state.page * kPageRows;
    const last = Math.min(order.length, first + kPageRows);
    pager.replaceChildren(
      turn("First", 0, state.page > 0), turn("Previous", state.page - 1, state.page > 0),
      element("span", {}, `rows ${first + 1}–${last} of ${order.length.toLocaleString("en-US")}`),
      turn("Next", state.page + 1, state.page + 1 < pages),
      turn("Last", pages - 1, state.page + 1 < pages));
  }

  function draw() {
    const by = state.columns.find((column) => column.name === state.sort);
    const order = by ? sortedBy(state.rows, by.value, state.descending) : state.rows;
    state.page = Math.min(state.page, Math.max(0, Math.ceil(order.length / kPageRows) - 1));
    head.replaceChildren(element("tr", {}, state.columns.map(headerCell)));
    const start = state.page * kPageRows;
    body.replaceChildren(...order.slice(start, start + kPageRows).map(bodyRow));
    drawPager(order);
  }

  made.update = (newColumns, newRows) => {
    Object.assign(state, {columns: newColumns, rows: newRows, page: 0});
    draw();
  };
  draw();
  return made;
}

// A table that is small and needs no sorting: headers, and rows of cells (texts or elements).
function plainTable(className, headers, rows) {
  return element("table", {class: className},
    element("thead", {}, element("tr", {}, headers.map((text) => element("th", {scope: "col"}, text)))),
    element("tbody", {}, rows.map((cells) => element("tr", {}, cells.map((cell, place) =>
      element("td", {"data-label": headers[place]}, cell))))));
}

function countOf(size) {
  return Array.from({length: size}, (_, row) => row);
}
