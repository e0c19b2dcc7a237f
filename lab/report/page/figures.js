// Figures are drawn when they come into view, so that a page with many opens fast.

const kMostSvgMarks = 3000;  // more are faster on a canvas

function rowsOfData(spec) {
  if (spec === null || typeof spec !== "object") return 0;
  const own = Array.isArray(spec.values) ? spec.values.length : 0;
  return Object.values(spec).reduce((sum, part) => sum + rowsOfData(part), own);
}

async function drawFigure(figure) {
  const {spec, frame} = figure;
  if (figure.drawn) return;
  figure.drawn = true;
  const options = {
    // The interpreter evaluates expressions of a specification without making code of texts, which the
    // page's Content-Security-Policy forbids.
    ast: true,
    renderer: rowsOfData(spec) > kMostSvgMarks ? "canvas" : "svg",
    actions: {export: {svg: true, png: true}, source: false, compiled: false, editor: false},
    downloadFileName: figure.name,
    mode: "vega-lite",
  };
  try {
    await window.vegaEmbed(frame, spec, options);
    frame.dataset.state = "drawn";
  } catch (error) {
    frame.replaceChildren(element("p", {class: "problem"},
                                  `This figure could not be drawn: ${error.message}`));
    frame.dataset.state = "failed";
    console.error(error);
  }
}

const figuresByFrame = new Map();
const watcher = new IntersectionObserver((entries) => {
  for (const entry of entries) {
    if (!entry.isIntersecting) continue;
    watcher.unobserve(entry.target);
    drawFigure(figuresByFrame.get(entry.target));
  }
}, {rootMargin: "300px"});

function figureElement({name, title, spec, problem}) {
  if (spec === null) {
    return element("figure", {}, element("figcaption", {}, title || name),
                   element("p", {class: "problem"}, `Not drawn: ${problem}`));
  }
  const frame = element("div", {class: "frame", "data-figure": name, "data-state": "waiting"});
  figuresByFrame.set(frame, {name, spec, frame, drawn: false});
  watcher.observe(frame);
  return element("figure", {}, element("figcaption", {class: "unseen"}, title || name), frame);
}

// What is visible but was not scrolled to is drawn when the browser has nothing else to do, so that the
// page can be searched and printed as a whole.
function drawRestWhenIdle() {
  const later = window.requestIdleCallback ?? ((work) => setTimeout(work, 200));
  const waiting = [...figuresByFrame.values()].filter(
    ({frame, drawn}) => !drawn && frame.checkVisibility({contentVisibilityAuto: true}));
  if (waiting.length === 0) return;
  later(async () => {
    await drawFigure(waiting[0]);
    drawRestWhenIdle();
  });
}
