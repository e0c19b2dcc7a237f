// Everything of the page but figures and runs: the answer, claims, failures, empty cells, where it
// comes from.

function meanText({mean, low, high}) {
  const half = (high - low) / 2;
  return half === 0 ? shortNumber(mean) : `${shortNumber(mean)} ± ${shortNumber(half)}`;
}

function answerTable({column, scores, arms}) {
  if (arms.length === 0) return null;
  const seeds = Math.max(...arms.flatMap((arm) => arm.scores.map((score) => score?.n ?? 0)));
  return element("div", {class: "scroller"},
    plainTable("notes answer", [column || "", ...scores], arms.map((arm) =>
      [arm.name || `no ${column}`, ...arm.scores.map((score) => score ? meanText(score) : "–")])),
    element("p", {class: "hint"}, `Mean over ${column ? `all points of one ${column}` : "all points"}` +
      (seeds > 1 ? `, with the 95 % interval over ${seeds} seeds.` : ".")));
}

function answerSection(data) {
  return element("section", {id: "answer", "aria-label": "Answer"},
    element("ul", {class: "answer-lines"}, data.answer.lines.map((line) => element("li", {}, line))),
    answerTable(data.answer));
}

// A control must miss; the badge says whether a verdict is what was expected.
function verdictBadge({verdict, expected}) {
  const isControl = expected === "MISS";
  const asExpected = verdict === expected;
  const kind = verdict === "UNDECIDED" ? "undecided" : asExpected ? "good" : "bad";
  const suffix = !isControl || verdict === "UNDECIDED" ? ""
    : asExpected ? ", as expected" : ", unexpected";
  return element("span", {class: `badge ${kind}`}, verdict + suffix);
}

function claimName(claim) {
  return element("div", {}, claim.name,
    claim.expected === "MISS" ? element("span", {class: "tag"}, "control") : null,
    claim.few_seeds ? element("div", {class: "hint"}, `few seeds: ${claim.few_seeds}`) : null);
}

// The reading and its interval beside the accepted range, drawn to one scale; nothing for rankings.
function claimPicture({value, low, high}) {
  if (value === null || (low === null && high === null)) return null;
  const marks = [value.low, value.high, low, high].filter((mark) => mark !== null);
  const span = Math.max(...marks) - Math.min(...marks) || 1;
  const left = Math.min(...marks) - 0.25 * span, right = Math.max(...marks) + 0.25 * span;
  const x = (mark) => 100 * (mark - left) / (right - left);
  const shape = (name, attributes) => {
    const made = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, text] of Object.entries(attributes)) made.setAttribute(key, text);
    return made;
  };
  const picture = shape("svg", {viewBox: "0 0 100 14", class: "interval", "aria-hidden": "true"});
  const from = low === null ? 0 : x(low), to = high === null ? 100 : x(high);
  picture.append(
    shape("rect", {x: from, y: 1, width: Math.max(to - from, 0.8), height: 12, class: "accepted"}),
    shape("line", {x1: x(value.low), x2: x(value.high), y1: 7, y2: 7, class: "reading"}),
    shape("circle", {cx: x(value.mean), cy: 7, r: 2.5, class: "reading"}));
  return picture;
}

function claimsSection({claims}) {
  if (claims.length === 0) return null;
  return section("claims", "Claims",
    plainTable("claims", ["verdict", "claim", "reading", "accepted", "basis and source"],
      claims.map((claim) => [
        verdictBadge(claim), claimName(claim),
        element("div", {}, claim.reading, claimPicture(claim)), claim.accepted,
        element("div", {}, element("span", {class: "tag"}, claim.basis), " ", claim.source)])),
    element("p", {class: "hint"}, "HIT: the 95 % interval of the mean over seeds lies within the " +
            "accepted range. MISS: it lies outside. UNDECIDED: it straddles a bound. Controls must miss."));
}

function figuresSection({figures}) {
  if (figures.length === 0) return null;
  return section("figures", "Figures",
                 element("div", {class: "figures"}, figures.map(figureElement)));
}

function chosenSection({runs}, table) {
  if (runs.length === 0) return null;
  const rows = new Map();
  for (let row = table.size - 1; row >= 0; --row) rows.set(table.id.value(row), row);
  return section("chosen", "Chosen runs",
                 runs.map((run) => chosenRun(run, table, rows.get(run.id) ?? -1)));
}

function failuresSection(data, table) {
  const {stages, index} = data.table.failures;
  if (stages.length === 0) return null;
  const rows = stages.map(() => []);
  index.forEach((stage, row) => { if (stage >= 0) rows[stage].push(row); });
  return section("failures", "Failures",
    plainTable("notes", ["stage", "message", "runs", "which"], stages.map((stage, place) => [
      element("div", {}, stage.stage, " ", element("code", {}, stage.id)), stage.message,
      String(rows[place].length), someOf(rows[place], table.pointText)])));
}

// Up to five of these runs' points; `text(row)` names one.
function someOf(rows, text) {
  const texts = [...new Set(rows.map(text))];
  return texts.slice(0, 5).join("; ") + (texts.length > 5 ? ` and ${texts.length - 5} more` : "");
}

// Where these rows are: the values of the one column that tells them apart from all others; else
// their points.
function whereText(table, rows) {
  if (rows.length === table.size) return "everywhere";
  const concerned = new Set(rows);
  const columns = table.points.slice(0, -1);
  for (const column of columns) {
    const inside = new Set(rows.map(column.text));
    let tells = inside.size <= 12;
    for (let row = 0; row < table.size && tells; ++row) {
      tells = concerned.has(row) || !inside.has(column.text(row));
    }
    if (tells) return `${column.name}: ${[...inside].map((text) => text || "none").join(", ")}`;
  }
  return someOf(rows, (row) => columns.map((column) => column.text(row))
    .filter((text) => text !== "").join(" "));
}

// Each reason with the scores that lack the same runs for it: [{reason, scores, rows}].
function emptyCells(table) {
  const found = new Map();
  for (const score of table.scores) {
    const byReason = new Map();
    for (let row = 0; row < table.size; ++row) {
      const reason = score.reason(row);
      if (reason < 0) continue;
      if (!byReason.has(reason)) byReason.set(reason, []);
      byReason.get(reason).push(row);
    }
    for (const [reason, rows] of byReason) {
      const key = `${reason}:${rows.join(",")}`;
      if (!found.has(key)) found.set(key, {reason: table.reasons[reason], scores: [], rows});
      found.get(key).scores.push(score);
    }
  }
  return [...found.values()].sort((a, b) => collator.compare(a.reason, b.reason));
}

function scoresText(scores) {
  const nulls = scores.filter((score) => score.isNull).length;
  const parts = scores.filter((score) => !score.isNull).map(({name}) => name);
  if (nulls > 0) parts.push(plural(nulls, "score of chance", "scores of chance"));
  return parts.join(", ");
}

// Worked out when it is opened: it looks at every cell.
function emptySection(table) {
  if (table.reasons.length === 0) return null;
  const place = element("div", {class: "scroller"});
  const details = element("details", {ontoggle: () => {
    if (!details.open || place.hasChildNodes()) return;
    place.append(plainTable("notes", ["reason", "scores", "runs", "where"], emptyCells(table).map(
      ({reason, scores, rows}) => [
        element("div", {class: "wide"}, reason), scoresText(scores),
        rows.length.toLocaleString("en-US"),
        element("div", {class: "wide"}, whereText(table, rows))])));
  }}, element("summary", {}, `${plural(table.reasons.length, "reason")} why scores are empty`), place);
  return section("empty", "Empty cells", details);
}

function provenanceSection({provenance}) {
  const same = Object.entries(provenance?.same ?? {});
  const differs = Object.entries(provenance?.differs ?? {});
  if (same.length + differs.length === 0) return null;
  const rows = (entries) => entries.map(([name, value]) => [name, cellText(value)]);
  return section("provenance", "Provenance",
    same.length > 0 ? [element("h3", {}, "The same for all runs"),
                       plainTable("notes", ["what", "value"], rows(same))] : [],
    differs.length > 0 ? [element("h3", {}, "Differs between runs"),
                          plainTable("notes", ["what", "values"], rows(differs))] : []);
}

function againSection(data) {
  return section("again", "How to get it again",
    data.commands.length > 0 ? codeBlock(data.commands.join("\n")) : null,
    element("details", {open: data.config.split("\n").length <= 60},
            element("summary", {}, `The config: ${data.config_path}`), codeBlock(data.config)));
}
