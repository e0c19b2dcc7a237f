// Small helpers: elements, numbers as text, sorting keys.
//
// Texts of users and runs enter the document as text nodes or attribute values only.

// element("p", {class: "about"}, "text", child …): null and undefined children are left out.
function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    const isSet = value !== false && value !== null && value !== undefined;
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (isSet) made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return made;
}

function section(id, title, ...children) {
  return element("section", {id, "aria-label": title}, element("h2", {}, title), ...children);
}

function plural(count, one, many = `${one}s`) {
  return `${count.toLocaleString("en-US")} ${count === 1 ? one : many}`;
}

// Three decimals; where that would hide a small number or lengthen a large one, three digits.
function shortNumber(value) {
  const size = Math.abs(value);
  if (size === 0 || (size >= 0.0005 && size < 1000)) return value.toFixed(3);
  if (size >= 1000 && size < 1e5) return value.toFixed(0);
  return value.toExponential(2);
}

// A value of a point: words without quotes, everything else as JSON; null is "".
function cellText(value) {
  if (value === null || value === undefined) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}

// Numbers by size, before texts; texts by the alphabet, with their numbers by size.
const collator = new Intl.Collator("en", {numeric: true});
function compareValues(a, b) {
  const numbers = (typeof b === "number") - (typeof a === "number");
  if (numbers !== 0) return numbers;
  return typeof a === "number" ? a - b : collator.compare(cellText(a), cellText(b));
}

function isEmpty(value) {
  return value === null || value === undefined || value === "" || Number.isNaN(value);
}

// `order` sorted by `value` of each; empty ones last in both directions, equals in their old order.
function sortedBy(order, value, descending) {
  const keyed = order.map((row, place) => ({row, place, key: value(row)}));
  keyed.sort((a, b) => {
    const empty = isEmpty(a.key) - isEmpty(b.key);
    if (empty !== 0) return empty;
    const difference = isEmpty(a.key) ? 0 : compareValues(a.key, b.key);
    return (descending ? -difference : difference) || a.place - b.place;
  });
  return keyed.map((item) => item.row);
}

function copyButton(text) {
  const button = element("button", {type: "button", class: "copy", onclick: async () => {
    button.textContent = await copied(text) ? "Copied" : "Select and copy it by hand";
    setTimeout(() => { button.textContent = "Copy"; }, 2000);
  }}, "Copy");
  return button;
}

// Browsers refuse the clipboard to some local files; a selected text area works there.
async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = element("textarea", {class: "offscreen"});
    area.value = text;
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  }
}

function codeBlock(text) {
  return element("div", {class: "code"}, copyButton(text), element("pre", {}, text));
}
