"""The drawn circuit in a browser without a network: a box a node and a wire a fan-in, coloured by where gates
were found, with what every way gave on hovering; and `lab show`, which draws one run."""

import json
import re

import pytest

from browser import launched, opened
from conftest import ROOT, run_lab

WAYS = ["neuron", "direction", "latent", "not found", "not looked for"]
SWEEP = {
    "name": "drawn",
    "base": {"kind": "recover", "scores": {"samples": 128, "nulls": 2},
             "world": {"kind": "boolean", "circuit": {"kind": "random", "inputs": 6, "gates": 20, "outputs": 3}},
             "subject": {"kind": "mlp", "widths": [8], "training": {"steps": 10, "batch": 16}},
             "decomposer": {"kind": "fixed", "atoms": "basis", "encoder": "relu"}},
    "axes": [],
    "seeds": 2,
    "figures": [
        {"kind": "graph", "name": "found", "found": True, "where": {"seed": 0}},
        {"kind": "graph", "name": "by score", "score": "latent_phi", "where": {"seed": 0}},
        {"kind": "matrix", "name": "matrix", "where": {"seed": 0}},
        {"kind": "matrix", "name": "side by side", "units": "latent", "measure": "f1", "most": 10},
    ],
}


def finding(gate):
    """What the run found of a gate, by number: each way comes first, and no way at all."""
    best = [(0.99, 0.985, 0.4), (0.5, 0.97, 0.6), (0.3, 0.8, 0.95), (0.4, 0.6, 0.7)][gate % 4]
    return {"neuron_phi": best[0], "neuron": gate % 8, "neuron_tap": 1, "direction_phi": best[1],
            "direction_tap": 1, "latent_phi": best[2], "latent": 3 * gate}


def put_findings(run):
    """Gives a run of 20 gates a table of what was found, and a matrix, instead of its own."""
    gates = [finding(gate) for gate in range(20)]
    tables = run["record"]["tables"]
    tables["gates"] = {"columns": list(gates[0]), "rows": [list(gate.values()) for gate in gates]}
    pairs = [[gate, kind, 1, unit, value, value / 2] for gate in range(20) for kind, units in ((0, 8), (1, 12))
             for unit in range(units) for value in [0.95 if unit == gate % units else 0.02 * unit]]
    tables["matrix"] = {"columns": ["gate", "kind", "tap", "unit", "phi", "f1"], "rows": pairs}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("circuit")
    (place / "drawn.json").write_text(json.dumps(SWEEP))
    made = run_lab("run", "drawn.json", "--out", "out", cwd=place)
    assert made.returncode == 0, made.stderr
    for file in (place / "out" / "store" / "runs").glob("*.json"):
        run = json.loads(file.read_text())
        put_findings(run)
        file.write_text(json.dumps(run))
    report = run_lab("report", "drawn.json", "--out", "out", cwd=place)
    assert report.returncode == 0, report.stderr
    return place


@pytest.fixture(scope="module")
def run_id(folder):
    """The run of seed 0."""
    table = json.loads(run_lab("table", "drawn.json", "--out", "out", "--format", "json", cwd=folder).stdout)
    return next(row["id"] for row in table["rows"] if row["point"]["seed"] == 0)


@pytest.fixture(scope="module")
def circuit(folder):
    """The picture's tables: what there is to draw."""
    for file in (folder / "out" / "store" / "runs").glob("*.json"):
        run = json.loads(file.read_text())
        if json.loads(run["key"])["stage"] == "picture" and "circuit" in run["record"]["tables"]:
            if json.loads(run["key"])["examine"]["train"]["subject"]["seed"] == 0:
                return run["record"]["tables"]
    raise AssertionError("no picture was made")


@pytest.fixture(scope="module")
def browser():
    with launched() as browser:
        yield browser


@pytest.fixture(scope="module")
def page(browser, folder):
    with opened(browser, folder / "out" / "report.html") as (page, errors):
        yield page
        assert errors == []


def frame_of(page, name):
    frame = page.locator(f'#figures .frame[data-figure="{name}"]')
    frame.scroll_into_view_if_needed()
    page.wait_for_function("(one) => one.dataset.state === 'drawn'", arg=frame.element_handle())
    return frame


def marks(frame, layer):
    """The shapes of a layer of the drawing."""
    return frame.locator(f"g.{layer}_0_marks > path, g.{layer}_0_marks > text, g.{layer}_0_marks > line")


def test_a_box_a_node_and_a_wire_a_fan_in(page, circuit):
    frame = frame_of(page, "found")
    assert marks(frame, "gates").count() == len(circuit["circuit"]["rows"]) >= 26
    # Each wire is a line in a group of its own.
    wires = frame.locator("g[class*=wires_0] path[d*=','][stroke]")
    assert wires.count() == len(circuit["wires"]["rows"])
    dashed = wires.evaluate_all("all => all.filter((one) => one.getAttribute('stroke-dasharray') === '4,3').length")
    assert dashed == sum(row[2] for row in circuit["wires"]["rows"])
    names = marks(frame, "names").all_text_contents()
    ops = {"and", "or", "xor"}
    assert {text.split()[0] for text in names} == set(circuit["circuit"]["labels"])
    assert sum(text.split()[-1] in ops for text in names) == 20


def test_colours_tell_the_ways_and_what_was_not_found(page):
    frame = frame_of(page, "found")
    fills = {}
    for layer in ("found", "others"):
        for box in marks(frame, layer).all():
            way = re.search(r"found by: ([a-z ]+)", box.get_attribute("aria-label")).group(1)
            fills.setdefault(way, set()).add(box.get_attribute("fill").lower())
    assert set(fills) == set(WAYS)
    assert all(len(colors) == 1 for colors in fills.values())
    assert len({color for colors in fills.values() for color in colors}) == len(WAYS)
    assert fills["not found"] == {"#ffffff"}
    shown = frame.locator(".role-legend text").all_text_contents()
    assert set(WAYS) <= set(shown) and "|φ|" in shown
    opacities = marks(frame, "found").evaluate_all("all => new Set(all.map((one) => one.getAttribute('opacity'))).size")
    assert opacities == 3  # 0.99, 0.97 and 0.95: the better, the stronger


def test_hovering_says_what_each_way_gave_and_where(page, circuit):
    frame = frame_of(page, "found")
    row = next(row for row in circuit["circuit"]["rows"] if row[5] == 0)
    name = circuit["circuit"]["labels"][circuit["circuit"]["rows"].index(row)]
    label = marks(frame, "names").get_by_text(re.compile(f"^{re.escape(name)} ")).first
    box = label.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    tooltip = page.locator("#vg-tooltip-element.visible")
    tooltip.wait_for()
    text = tooltip.text_content()
    assert name in text and "0.99, layer0.post 0" in text and "0.98, layer0.post" in text and "latent 0" in text
    page.mouse.move(0, 0)


def test_boxes_and_names_do_not_overlap(page):
    frame = frame_of(page, "found")
    boxes = marks(frame, "gates").evaluate_all(
        "all => all.map((one) => one.getBoundingClientRect()).map((r) => [r.left, r.top, r.right, r.bottom])")
    for i, a in enumerate(boxes):
        for b in boxes[:i]:
            assert a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]
    texts = marks(frame, "names").evaluate_all("all => all.map((one) => one.getBoundingClientRect().width)")
    assert max(texts) <= boxes[0][2] - boxes[0][0]


def test_the_matrix_has_a_cell_a_pair_and_a_diagonal(page):
    cells = marks(frame_of(page, "matrix"), "neuron_cells")
    assert cells.count() == 20 * 8
    places = cells.evaluate_all(
        "all => all.map((one) => [one.getAttribute('aria-label'), one.getBoundingClientRect().left])")
    best = [place for label, place in places if "0.95" in label]
    assert len(best) == 20 and best[:8] == sorted(best[:8])  # the first eight gates' units from left to right
    both = frame_of(page, "side by side")
    assert both.locator("g[class*=latent_cells_0] > path").count() == 20 * 10
    assert both.locator("g[class*=latent_cells_1] > path").count() == 20 * 10


def test_a_run_that_is_shown_has_its_circuit_and_both_matrices(page, run_id):
    block = page.locator(f'.chosen-run[data-run="{run_id}"]')
    block.locator("summary").first.click()
    names = block.locator(".frame").evaluate_all("all => all.map((one) => one.dataset.figure)")
    assert {"graph", "neurons", "latents"} <= set(names)
    page.wait_for_function("() => [...document.querySelectorAll('.chosen-run[open] .frame')]"
                           ".every((one) => one.dataset.state === 'drawn')")


def show(folder, run_id, *options):
    return run_lab("show", run_id, "--out", "out", *options, cwd=folder)


def test_show_prints_the_circuit_and_the_matrix(folder, run_id):
    text = show(folder, run_id).stdout
    lines = text.splitlines()
    first = next(place for place, line in enumerate(lines) if line.startswith("circuit: 6 inputs, 20 gates"))
    rows = lines[first + 2:first + 22]
    assert sum(" neuron " in row for row in rows) == 5 and sum(" not found " in row for row in rows) == 5
    assert "of 20 gates 5 were found by a neuron, 5 by a direction, 5 by a latent, 5 not (|φ| below 0.90)" in text
    assert "|φ| of gates and neurons, in hundredths: all 8 of layer0.post" in text
    assert "0 not (|φ| below 0.50)" in show(folder, run_id, "--threshold", 0.5).stdout
    wrong = show(folder, run_id, "--threshold", 2)
    assert wrong.returncode == 2 and len(wrong.stderr.splitlines()) == 1


def test_show_draws_pictures_and_a_page_that_works_offline(browser, folder, run_id):
    for name, start in (("show.svg", b"<svg"), ("show.png", b"\x89PNG")):
        made = show(folder, run_id, "--svg", name)
        assert made.returncode == 0, made.stderr
        assert (folder / name).read_bytes().startswith(start)
    drawing = (folder / "show.svg").read_text()
    assert "undefined" not in drawing and "NaN" not in drawing
    wrong = show(folder, run_id, "--svg", "show.bmp")
    assert wrong.returncode == 2 and ".svg" in wrong.stderr and len(wrong.stderr.splitlines()) == 1
    assert show(folder, run_id, "--html", "show.html").returncode == 0
    with opened(browser, folder / "show.html") as (page, errors):
        assert page.locator("h1").text_content() == f"run {run_id}"
        for name in ("graph", "neurons", "latents"):
            frame_of(page, name)
        assert errors == []


def test_a_run_without_a_circuit_says_so(tmp_path):
    sweep = {"name": "plain", "base": {"kind": "recover", "world": {"kind": "sparse", "features": 4},
                                       "subject": {"kind": "embedding", "width": 4}, "decomposer": "pca",
                                       "scores": {"samples": 32, "nulls": 0}}}
    (tmp_path / "plain.json").write_text(json.dumps(sweep))
    assert run_lab("run", "plain.json", "--out", "out", cwd=tmp_path).returncode == 0
    run = next((tmp_path / "out" / "store" / "runs").glob("*.json")).stem
    shown = run_lab("show", run, "--out", "out", cwd=tmp_path)
    assert shown.returncode == 0 and "circuit:" not in shown.stdout
    refused = run_lab("show", run, "--out", "out", "--svg", "x.svg", cwd=tmp_path)
    assert refused.returncode == 2 and "has no circuit" in refused.stderr and len(refused.stderr.splitlines()) == 1


def test_a_circuit_whose_file_is_gone_does_not_keep_a_run_from_being_shown(tmp_path):
    made = run_lab("circuit", "sample", "random", "inputs=4", "gates=5", "--seed", 1, "-o", "c.json", cwd=tmp_path)
    assert made.returncode == 0, made.stderr
    base = {**SWEEP["base"], "world": {"kind": "boolean", "circuit": {"kind": "file", "path": "c.json"}}}
    (tmp_path / "file.json").write_text(json.dumps({"name": "file", "base": base}))
    assert run_lab("run", "file.json", "--out", "out", cwd=tmp_path).returncode == 0
    run = next((tmp_path / "out" / "store" / "runs").glob("*.json")).stem
    assert "circuit: 4 inputs, 5 gates" in run_lab("show", run, "--out", "out", cwd=tmp_path).stdout
    (tmp_path / "c.json").unlink()
    shown = run_lab("show", run, "--out", "out", cwd=tmp_path)
    assert shown.returncode == 0 and "scores" in shown.stdout and "circuit:" not in shown.stdout
    refused = run_lab("show", run, "--out", "out", "--svg", "x.svg", cwd=tmp_path)
    assert refused.returncode == 2 and "c.json" in refused.stderr and len(refused.stderr.splitlines()) == 1


def test_runs_of_translate_are_drawn_with_what_they_found(browser, tmp_path):
    sweep = json.loads((ROOT / "configs" / "smoke" / "translate.json").read_text())
    sweep["axes"] = [[arm for arm in sweep["axes"][0] if arm["name"] == "topk"]]
    sweep["figures"] = [{"kind": "graph", "name": "found", "found": True}, {"kind": "matrix", "name": "matrix"}]
    del sweep["$schema"]
    (tmp_path / "translate.json").write_text(json.dumps(sweep))
    assert run_lab("run", "translate.json", "--out", "out", cwd=tmp_path).returncode == 0
    report = run_lab("report", "translate.json", "--out", "out", cwd=tmp_path)
    assert report.returncode == 0, report.stderr
    with opened(browser, tmp_path / "out" / "report.html") as (page, errors):
        frame = frame_of(page, "found")
        assert marks(frame, "names").count() == marks(frame, "gates").count() == 6 + 5  # inputs and gates
        labels = marks(frame, "gates").evaluate_all("all => all.map((one) => one.getAttribute('aria-label'))")
        assert sum("layer0.post" in label for label in labels) == 5
        assert marks(frame_of(page, "matrix"), "neuron_cells").count() == 5 * 12
        assert errors == []
