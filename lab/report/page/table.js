// The score table: one row a run, read by columns; its filter; and its points with seeds summarised.
//
// A column is {name, role: "point" | "status" | "score" | "id", value(row), text(row), tip(row)}:
// `value` is what sorts and filters, `text` what is shown, `tip` why a cell is empty.

function pointColumn({name, values, index}) {
  const texts = values.map(cellText);
  const numeric = values.every((value) => value === null || typeof value === "number");
  return {name, role: "point", numeric, tip: () => "",
          value: (row) => values[index[row]], text: (row) => texts[index[row]]};
}

function scoreColumn({name, values, reasons, null: isNull}, allReasons) {
  const present = values.filter((value) => value !== null);
  const whole = present.every(Number.isInteger);
  let places = null;  // of the rows' reasons, made when first needed
  const reason = (row) => {
    if (values[row] !== null) return -1;
    if (!Array.isArray(reasons)) return reasons;
    if (places === null) {
      let next = 0;
      places = values.map((value) => (value === null ? next++ : -1));
    }
    return reasons[places[row]];
  };
  return {
    name, role: "score", isNull, whole, count: present.length, reason,
    value: (row) => values[row],
    text: (row) => {
      const value = values[row];
      if (value === null) return "";
      return whole ? String(value) : shortNumber(value);
    },
    tip: (row) => allReasons[reason(row)] ?? "",
  };
}

function readTable(data) {
  const {failures} = data;
  const points = data.points.map(pointColumn);
  const failure = (row) => failures.stages[failures.index[row]] ?? null;
  const status = {
    name: "status", role: "status", tip: (row) => failure(row)?.message ?? "",
    value: (row) => data.statuses[data.status[row]], text: (row) => data.statuses[data.status[row]],
  };
  const id = {name: "run", role: "id", value: (row) => data.ids[row],
              text: (row) => data.ids[row].slice(0, 8), tip: (row) => data.ids[row]};
  const scores = data.scores.map((score) => scoreColumn(score, data.reasons));
  return {
    size: data.ids.length, points, status, id, scores, failure, reasons: data.reasons,
    columns: [...points, status, ...scores, id],
    pointText: (row) => points.filter((column) => column.text(row) !== "")
      .map((column) => `${column.name}=${column.text(row)}`).join(" "),
  };
}

// "topk mcc>=0.9 world=\"days and months\"" → [{column, sign, value}, {word}]; what names no column is
// a free word.
function parseFilter(text, columns) {
  const terms = [];
  for (const [term] of text.matchAll(/(?:"[^"]*"|\S)+/g)) {
    const [, name, sign, raw] = term.match(/^(.+?)(!=|>=|<=|=|>|<)(.*)$/) ?? [];
    const bare = (word) => word.replaceAll('"', "");
    const wanted = bare(name ?? "").toLowerCase();
    const column = columns.find((one) => one.name.toLowerCase() === wanted);
    if (column) terms.push({column, sign, value: bare(raw).toLowerCase()});
    else if (bare(term) !== "") terms.push({word: bare(term).toLowerCase()});
  }
  return terms;
}

function termHolds({column, sign, value}, row) {
  const cell = column.value(row);
  const wanted = Number(value);
  const numeric = typeof cell === "number" && value !== "" && !Number.isNaN(wanted);
  const shown = cellText(cell).toLowerCase();
  const equal = numeric ? cell === wanted : shown === value;
  switch (sign) {
    case "=": return equal || (column.role === "id" && value !== "" && shown.startsWith(value));
    case "!=": return !equal;
    case ">": return numeric && cell > wanted;
    case "<": return numeric && cell < wanted;
    case ">=": return numeric && cell >= wanted;
    default: return numeric && cell <= wanted;
  }
}

// The runs that every term of the filter holds for. Free words are looked for in the values of the
// point, the status, the id and a failure's message.
function filteredRows(table, text) {
  const terms = parseFilter(text, table.columns);
  const wordy = [...table.points, table.status, table.id];
  const rows = [];
  for (let row = 0; row < table.size; ++row) {
    const holds = terms.every((term) => term.column ? termHolds(term, row)
      : wordy.some((column) => cellText(column.value(row)).toLowerCase().includes(term.word)) ||
        (table.failure(row)?.message ?? "").toLowerCase().includes(term.word));
    if (holds) rows.push(row);
  }
  return rows;
}

// Mean and half the width of Student's 95 % interval; `quantiles[n]` is t(n − 1, 0.975).
function summaryOf(values, quantiles) {
  const n = values.length;
  if (n === 0) return null;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  if (n === 1 || Math.max(...values) === Math.min(...values)) return {n, mean, half: null};
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const t = quantiles[Math.min(n, quantiles.length - 1)];
  return {n, mean, half: t * Math.sqrt(squares / (n - 1) / n)};
}

function groupedScore(column, groups, quantiles) {
  const made = new Map();
  const summary = (group) => {
    if (!made.has(group)) {
      const values = groups[group].map(column.value).filter((value) => value !== null);
      made.set(group, summaryOf(values, quantiles));
    }
    return made.get(group);
  };
  return {
    ...column,
    value: (group) => summary(group)?.mean ?? null,
    text: (group) => {
      const found = summary(group);
      if (found === null) return "";
      if (found.half === null) return column.whole ? String(found.mean) : shortNumber(found.mean);
      return `${shortNumber(found.mean)} ± ${shortNumber(found.half)}`;
    },
    tip: (group) => {
      const found = summary(group);
      if (found !== null) return `n = ${found.n}`;
      return [...new Set(groups[group].map(column.tip))].filter((tip) => tip !== "").join("; ");
    },
  };
}

// The points of these runs: a table whose rows are the runs that differ in nothing but the last
// column, the seed.
function groupedTable(table, rows, quantiles) {
  const columns = table.points.slice(0, -1);
  const known = new Map();
  for (const row of rows) {
    const key = JSON.stringify(columns.map((column) => column.value(row)));
    if (!known.has(key)) known.set(key, []);
    known.get(key).push(row);
  }
  const groups = [...known.values()];
  const runs = {
    name: "runs", role: "status", numeric: true, tip: () => "",
    value: (group) => groups[group].length,
    text: (group) => {
      const done = groups[group].filter((row) => table.status.value(row) === "done").length;
      const all = groups[group].length;
      return done === all ? String(all) : `${done} of ${all}`;
    },
  };
  const points = columns.map((column) => ({
    ...column, value: (group) => column.value(groups[group][0]),
    text: (group) => column.text(groups[group][0]), tip: () => "",
  }));
  const scores = table.scores.map((column) => groupedScore(column, groups, quantiles));
  return {size: groups.length, points, status: runs, scores, columns: [...points, runs, ...scores]};
}
