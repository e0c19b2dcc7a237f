// The whole page, from the JSON block that the program wrote (lab/report/page_data.cpp).

function contents(sections) {
  return sections.map((one) => element("a", {href: `#${one.id}`}, one.getAttribute("aria-label")));
}

function build(data) {
  const table = readTable(data.table);
  document.title = `${data.name} – report`;
  document.getElementById("top").append(
    element("h1", {}, data.name),
    ...(data.about === "" ? [] : [element("p", {class: "about"}, data.about)]));
  const sections = [
    answerSection(data), claimsSection(data), figuresSection(data),
    runSection(data, table, (row) => showRun(data, table, row)), chosenSection(data, table),
    failuresSection(data, table), emptySection(table), provenanceSection(data), againSection(data),
  ].filter((one) => one !== null);
  document.getElementById("contents").append(...contents(sections));
  document.getElementById("main").append(...sections);
  window.addEventListener("beforeprint", () => {
    for (const details of document.querySelectorAll("#empty details")) details.open = true;
  });
  drawRestWhenIdle();
  document.documentElement.dataset.state = "ready";
}

build(JSON.parse(document.getElementById("data").textContent));
