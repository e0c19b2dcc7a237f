"""Every kind of figure is really drawn, in every format, and what cannot be drawn is said in one line."""

import json
import os
import xml.etree.ElementTree as ElementTree

import pytest
from conftest import run_lab

SWEEP = {
    "name": "drawn",
    "base": {"kind": "recover", "subject": {"kind": "embedding", "width": 12},
             "scores": {"samples": 256, "nulls": 5}},
    "axes": [
        {"axis": "world", "arms": [
            {"name": "solids", "set": {
                "world": {"kind": "ordered_groups", "groups": [{"name": "cube", "size": 8}]},
                "subject.placement": "polyhedron"}},
            {"name": "circuit", "set": {
                "world": {"kind": "boolean", "circuit": {"kind": "random", "inputs": 5, "gates": 6, "outputs": 2}},
                "subject": {"kind": "mlp", "widths": [8], "training": {"steps": 60, "batch": 32}}}},
        ]},
        [
            {"name": "topk", "set": {"decomposer": {"kind": "topk", "latents": 12, "steps": 60, "batch": 32, "log_every": 10}},
             "grid": {"decomposer.k": [1, 2, 3]}},
            {"name": "oracle", "set": {"decomposer": "fixed"}},
        ],
    ],
    "seeds": 3,
    "figures": [
        {"kind": "line", "name": "line", "x": "decomposer.k", "scores": ["fvu", "mcc"], "where": {"world": "solids"},
         "rules": [{"value": 0.5, "label": "a half"}]},
        {"kind": "line", "name": "scatter", "x": "norm", "scores": ["best_cos"], "table": "coordinates",
         "points": True, "where": {"world": "solids"}},
        {"kind": "heatmap", "name": "heatmap", "x": "world", "y": "decomposer.k", "score": "fvu", "text": True,
         "where": {"arm": "topk"}},
        {"kind": "heatmap", "name": "codes", "x": "world", "y": "arm", "score": "true_l0",
         "categories": [{"code": 1, "name": "one"}, {"code": 2, "name": "two"}], "where": {"world": "solids"}},
        {"kind": "pareto", "name": "pareto", "facet": "world"},
        {"kind": "cosine", "name": "cosine", "where": {"world": "solids", "arm": "oracle", "seed": 0}},
        {"kind": "points", "name": "points", "where": {"world": "solids", "arm": "oracle", "seed": 0}},
        {"kind": "histogram", "name": "histogram", "score": "mcc", "where": {"world": "solids"}},
        {"kind": "curves", "name": "curves", "facet": "world"},
        {"kind": "curves", "name": "training", "stage": "train", "where": {"world": "circuit"}},
        {"kind": "graph", "name": "graph", "where": {"world": "circuit", "arm": "topk", "decomposer.k": 2, "seed": 0}},
    ],
}
NAMES = [figure["name"] for figure in SWEEP["figures"]]


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    folder = tmp_path_factory.mktemp("drawn")
    (folder / "drawn.json").write_text(json.dumps(SWEEP))
    assert run_lab("run", "drawn.json", "--out", "out", cwd=folder).returncode == 0
    made = run_lab("figure", "drawn.json", "--out", "out", cwd=folder)
    assert made.returncode == 0, made.stderr
    assert made.stdout.splitlines() == [f"out/figures/{name}.svg" for name in NAMES]
    return folder


def elements(folder, name):
    root = ElementTree.parse(folder / "out" / "figures" / f"{name}.svg").getroot()
    return [element for element in root.iter()]


def marks(folder, name):
    """Shapes inside of groups of marks: what is drawn of the data, without axes and legends."""
    found = 0
    for element in elements(folder, name):
        role = element.get("class", "")
        if "mark-" in role and "role-mark" in role:
            found += sum(1 for child in element.iter() if child.tag.endswith(("path", "text", "line", "rect")))
    return found


@pytest.mark.parametrize("name", NAMES)
def test_every_figure_has_a_title_and_marks(drawn, name):
    assert marks(drawn, name) >= 2
    assert any(element.tag.endswith("text") and element.text for element in elements(drawn, name))


@pytest.mark.parametrize("name", NAMES)
def test_nothing_undefined_is_written(drawn, name):
    text = " ".join("".join(element.itertext()) for element in elements(drawn, name)[:1])
    assert "undefined" not in text and "NaN" not in text


def test_a_cube_has_its_corners_and_edges(drawn):
    spec = run_lab("figure", "drawn.json", "points", "--format", "json", "--out", "out", cwd=drawn)
    assert spec.returncode == 0, spec.stderr
    text = (drawn / "out" / "figures" / "points.json").read_text()
    rows = [row for values in all_values(json.loads(text)) for row in values if row.get("what") == "true vector"]
    corners = {(row["x"], row["y"], row["z"]) for row in rows if "x2" not in row}  # layers share rows
    edges = {(row["x"], row["y"], row["z"], row["x2"], row["y2"], row["z2"]) for row in rows if "x2" in row}
    assert len(corners) == 8 and len(edges) == 12


def all_values(value):
    if isinstance(value, dict):
        if isinstance(value.get("values"), list):
            yield [row for row in value["values"] if isinstance(row, dict)]
        for part in value.values():
            yield from all_values(part)
    if isinstance(value, list):
        for part in value:
            yield from all_values(part)


def test_the_oracle_s_cosines_are_ones_on_the_diagonal(drawn):
    assert run_lab("figure", "drawn.json", "cosine", "--format", "json", "--out", "out", cwd=drawn).returncode == 0
    spec = json.loads((drawn / "out" / "figures" / "cosine.json").read_text())
    cells = [row for values in all_values(spec) for row in values if "c" in row]
    assert len(cells) == 64
    assert sum(row["c"] > 0.999 for row in cells) == 8


@pytest.mark.parametrize("form, start", [("png", b"\x89PNG"), ("pdf", b"%PDF"), ("svg", b"<svg")])
def test_every_format(drawn, form, start):
    made = run_lab("figure", "drawn.json", "line", "--format", form, "--out", "out", cwd=drawn)
    assert made.returncode == 0, made.stderr
    assert (drawn / "out" / "figures" / f"line.{form}").read_bytes().startswith(start)


def refusal(folder, *arguments, **options):
    made = run_lab("figure", *arguments, "--out", "out", cwd=folder, **options)
    assert len(made.stderr.splitlines()) == 1, made.stderr
    return made.returncode, made.stderr


def test_what_cannot_be_drawn_is_said_in_one_line(drawn):
    code, text = refusal(drawn, "drawn.json", "lime")
    assert code == 2 and 'did you mean "line"?' in text
    code, text = refusal(drawn, "drawn.json", "line", "--format", "bmp")
    assert code == 2 and "--format" in text
    wrong = dict(SWEEP, figures=[{"kind": "histogram", "name": "h", "score": "mmc"}])
    (drawn / "wrong.json").write_text(json.dumps(wrong))
    code, text = refusal(drawn, "wrong.json", "h")
    assert code == 2 and 'figure "h": score' in text and "did you mean" in text


def test_a_missing_python_is_said_in_one_line(drawn):
    code, text = refusal(drawn, "drawn.json", "line", env=dict(os.environ, LAB_PYTHON="/nowhere/python"))
    assert code == 1 and "/nowhere/python" in text


def test_the_same_table_gives_the_same_specification(drawn):
    texts = set()
    for _ in range(2):
        assert run_lab("figure", "drawn.json", "pareto", "--format", "json", "--out", "out", cwd=drawn).returncode == 0
        texts.add((drawn / "out" / "figures" / "pareto.json").read_text())
    assert len(texts) == 1


def test_a_report_before_the_runs_says_so_and_computes_nothing(tmp_path):
    (tmp_path / "drawn.json").write_text(json.dumps(SWEEP))
    made = run_lab("report", "drawn.json", "--out", "out", cwd=tmp_path)
    assert made.returncode == 1
    lines = made.stderr.splitlines()
    assert len(lines) == len(NAMES) and all(line.startswith("not drawn: ") for line in lines)
    assert not (tmp_path / "out" / "store" / "stages").exists()
    assert "not made yet" in (tmp_path / "out" / "report.html").read_text()


def test_pictures_that_are_no_longer_the_sweep_s_are_removed(drawn):
    old = drawn / "out" / "figures" / "old.svg"
    old.write_text("<svg/>")
    assert run_lab("report", "drawn.json", "--out", "out", cwd=drawn).returncode == 0
    assert not old.exists()
    assert {path.stem for path in old.parent.glob("*.svg")} == set(NAMES)
