// The run table with its controls, and what is shown of single runs.

const kHeadlines = ["mcc", "f1", "fvu", "l0"];

// The scores that a reader wants first: those of claims and the headlines.
function orderedScores(table, claims) {
  const first = [...new Set([...claims.map((claim) => claim.score), ...kHeadlines])];
  const place = (column) => {
    const found = first.indexOf(column.name);
    return found < 0 ? first.length : found;
  };
  return [...table.scores].sort((a, b) => place(a) - place(b));  // stable: the rest as it was
}

function usualScores(scores) {
  return new Set(scores.filter((score) => !score.isNull && score.count > 0).map(({name}) => name));
}

// Check boxes for the columns to show; `changed()` is called after each change of the set.
function scorePicker(scores, chosen, changed) {
  const label = element("summary", {});
  const boxes = scores.map((score) => {
    const box = element("input", {type: "checkbox", checked: chosen.has(score.name), onchange: () => {
      if (box.checked) chosen.add(score.name); else chosen.delete(score.name);
      update();
    }});
    return {score, box, line: element("label", {class: score.count === 0 ? "unused" : null},
                                      box, ` ${score.name}`)};
  });
  const update = () => {
    label.textContent = `Scores: ${chosen.size} of ${scores.length}`;
    changed();
  };
  const choose = (wanted) => element("button", {type: "button", onclick: () => {
    for (const {score, box} of boxes) {
      box.checked = wanted.set(score);
      if (box.checked) chosen.add(score.name); else chosen.delete(score.name);
    }
    update();
  }}, wanted.text);
  const usual = usualScores(scores);
  const find = element("input", {type: "search", placeholder: "find a score",
                                 "aria-label": "Find a score", oninput: () => {
    for (const {score, line} of boxes) line.hidden = !score.name.includes(find.value.trim());
  }});
  label.textContent = `Scores: ${chosen.size} of ${scores.length}`;
  return element("details", {class: "picker"}, label,
    element("div", {class: "controls"}, find,
            choose({text: "Usual", set: ({name}) => usual.has(name)}),
            choose({text: "All", set: () => true}), choose({text: "None", set: () => false})),
    element("div", {class: "boxes"}, boxes.map(({line}) => line)));
}

function runSection(data, table, showRun) {
  const scores = orderedScores(table, data.claims);
  const chosenScores = usualScores(scores);
  const chosenRuns = new Set(data.runs.map(({id}) => id));
  const allDone = data.table.status.every((status) => data.table.statuses[status] === "done");
  const count = element("output", {class: "count"});
  const options = {
    onRow: (row) => { if (!group.checked) showRun(row); },
    rowClass: (row) => !group.checked && chosenRuns.has(table.id.value(row)) ? "chosen" : null,
    cell: (column, row) => column.role !== "id" ? null
      : element("button", {type: "button", class: "link", title: column.tip(row)},
                chosenRuns.has(column.value(row)) ? `${column.text(row)} · pictures`
                                                  : column.text(row)),
  };
  const shownColumns = (source) => [
    ...source.points, ...(source === table && allDone ? [] : [source.status]),
    ...scores.filter(({name}) => chosenScores.has(name))
      .map(({name}) => source.scores.find((column) => column.name === name)),
    ...(source === table ? [table.id] : [])];

  function view() {
    const rows = filteredRows(table, filter.value);
    const source = group.checked ? groupedTable(table, rows, data.quantiles) : table;
    count.textContent = rows.length === table.size ? plural(table.size, "run")
      : `${rows.length.toLocaleString("en-US")} of ${plural(table.size, "run")}`;
    if (group.checked) count.textContent += ` at ${plural(source.size, "point")}`;
    return {columns: shownColumns(source), rows: group.checked ? countOf(source.size) : rows};
  }
  function update() {
    const {columns, rows} = view();
    box.update(columns, rows);
    box.classList.toggle("clickable", !group.checked);
  }

  const filter = element("input", {type: "search", id: "filter", oninput: update, size: 40,
                                   placeholder: "filter: topk mcc>0.9 seed=0",
                                   "aria-label": "Filter the runs"});
  const group = element("input", {type: "checkbox", id: "group", onchange: update});
  const first = view();
  const box = grid(first.columns, first.rows, options);
  box.id = "run-table";
  box.classList.add("clickable");
  return section("runs", "Runs",
    element("div", {class: "controls"}, filter,
            element("label", {}, group, " one row a point, mean ± 95 % interval over seeds"), count),
    element("p", {class: "hint"}, "Words are looked for in every point; column=value compares, and so " +
            "do != > < >= <=; quotes hold values with spaces together. A click on a header sorts, a " +
            "click on a run shows all of it. A dash is an empty cell, whose reason shows on hovering."),
    scorePicker(scores, chosenScores, update), box,
    element("div", {id: "run", hidden: true}));
}

// All scores of one run, empty ones with their reasons.
function runScores(table, row) {
  const present = table.scores.filter((column) => column.value(row) !== null);
  const empty = table.scores.filter(
    (column) => column.value(row) === null && column.tip(row) !== "");
  const failure = table.failure(row);
  const list = (columns) => element("dl", {class: "scores"}, columns.map((column) =>
    element("div", {}, element("dt", {}, column.name), element("dd", {}, column.text(row)))));
  const nulls = present.filter((column) => column.isNull);
  return [
    failure ? element("p", {class: "problem"}, `${failure.stage} failed: ${failure.message}`)
            : null,
    list(present.filter((column) => !column.isNull)),
    nulls.length > 0
      ? element("details", {}, element("summary", {}, "What chance gives"), list(nulls)) : null,
    empty.length > 0
      ? element("details", {}, element("summary", {}, plural(empty.length, "empty cell")),
          plainTable("notes", ["score", "reason"],
                     empty.map((column) => [column.name, column.tip(row)])))
      : null,
  ];
}

function recordTable({name, rows, labels, columns}) {
  const size = columns.length > 0 ? columns[0].values.length : labels.length;
  const plain = columns.map((column) => {
    const whole = column.values.every((value) => value === null || Number.isInteger(value));
    return {name: column.name, value: (row) => column.values[row], tip: () => "",
            text: (row) => column.values[row] === null ? ""
              : whole ? String(column.values[row]) : shortNumber(column.values[row])};
  });
  const label = {name: "name", role: "point", value: (row) => labels[row],
                 text: (row) => labels[row], tip: () => ""};
  return element("details", {class: "record"},
    element("summary", {}, `${name} (${rows > size ? "the first " + size.toLocaleString("en-US") + " of " : ""}` +
                           `${plural(rows, "row")})`),
    grid(labels.length > 0 ? [label, ...plain] : plain, countOf(size)));
}

function chosenRun(run, table, row) {
  return element("details", {class: "chosen-run", "data-run": run.id},
    element("summary", {}, element("strong", {}, run.point || run.id), " ",
            element("code", {}, run.id)),
    element("div", {class: "figures"}, run.figures.map(figureElement)),
    run.tables.map(recordTable),
    row < 0 ? null : element("details", {}, element("summary", {}, "All scores"),
                             runScores(table, row)));
}

// Shows a run: its block among the chosen ones, or its scores below the table.
function showRun(data, table, row) {
  const id = table.id.value(row);
  const block = [...document.querySelectorAll(".chosen-run")].find((one) => one.dataset.run === id);
  if (block) {
    block.open = true;
    block.scrollIntoView({block: "start"});
    return;
  }
  const place = document.getElementById("run");
  place.hidden = false;
  place.replaceChildren(
    element("h3", {}, table.pointText(row), " ", element("code", {}, id)),
    ...runScores(table, row).filter((part) => part !== null));
  place.scrollIntoView({block: "nearest"});
}
