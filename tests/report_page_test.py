"""The report of a small sweep in a browser without a network: it is drawn whole, its table sorts,
filters and groups, and no text of its config or its runs becomes markup."""

import csv
import json

import pytest

from browser import launched, opened
from conftest import SMALL, run_lab

HOSTILE = "<script>alert(1)</script> \"double\" 'single' </script> <b>&amp; ü 漢字 \u2028 {{data}}"
FEW = {"few_seeds": "the sweep only shows the page " + HOSTILE}


def hostile_sweep():
    """SMALL with an arm of a hostile name, an arm whose runs fail, figures and claims."""
    sweep = json.loads(json.dumps(SMALL))
    topk, pca = sweep["axes"][0]
    failing = {**topk["set"]["decomposer"], "optimizer": {"kind": "adam", "lr": 1e300}}
    topk["name"] = HOSTILE
    sweep["axes"][0].append({"name": "failing", "set": {"decomposer": failing}})
    sweep["about"] = "about " + HOSTILE
    sweep["figures"] = [
        {"kind": "line", "name": "by_k", "title": "line " + HOSTILE, "x": "decomposer.k", "scores": ["mcc"]},
        {"kind": "histogram", "name": "values", "score": "mcc"},
        {"kind": "cosine", "name": "cosines", "where": {"arm": HOSTILE, "decomposer.k": 2, "seed": 0}},
        {"kind": "points", "name": "points", "where": {"arm": "pca", "seed": 0}},
    ]
    sweep["claims"] = [
        {"kind": "value", "name": "hit " + HOSTILE, "score": "mcc", "where": {"arm": "pca"},
         "at_least": 0, "source": "source " + HOSTILE, **FEW},
        {"kind": "value", "name": "control", "score": "mcc", "where": {"arm": "pca"}, "at_least": 2,
         "expect": "miss", "source": "none", **FEW},
        {"kind": "value", "name": "missed", "score": "mcc", "where": {"arm": "pca"}, "at_most": -2,
         "source": "none", **FEW},
    ]
    return sweep


def rewrite_messages(store, message):
    """Lets the failures that a store records say something else."""
    def changed(value):
        if not isinstance(value, dict):
            return value
        return {key: message if key == "message" else changed(part) for key, part in value.items()}

    files = [*store.glob("failures/*.json"), *store.glob("runs/*.json")]
    for file in files:
        file.write_text(json.dumps(changed(json.loads(file.read_text()))))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The results of the sweep: table.csv, report.html …"""
    place = tmp_path_factory.mktemp("report")
    (place / "small.json").write_text(json.dumps(hostile_sweep()))
    assert run_lab("run", "small.json", "--out", "out", cwd=place).returncode == 1  # three runs fail
    rewrite_messages(place / "out" / "store", "failed " + HOSTILE)
    report = run_lab("report", "small.json", "--out", "out", cwd=place)
    assert report.returncode == 0, report.stderr
    return place / "out"


@pytest.fixture(scope="module")
def browser():
    with launched() as browser:
        yield browser


@pytest.fixture(scope="module")
def browsed(browser, folder):
    with opened(browser, folder / "report.html") as (page, errors):
        yield page, errors
        assert errors == []


@pytest.fixture
def page(browsed):
    """The report as it was when it was opened."""
    page, errors = browsed
    assert errors == []
    page.reload()
    page.wait_for_selector("html[data-state=ready]", state="attached")
    return page


@pytest.fixture(scope="module")
def rows(folder):
    """The runs as table.csv has them."""
    with open(folder / "table.csv", newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def header(place, name):
    """The button that sorts by a column, in the run table or in another element."""
    return place.locator(f'th[data-column="{name}"] button')


def cells(place, name):
    """The texts of a column."""
    column = place.locator(f'th[data-column="{name}"]').evaluate("(one) => one.cellIndex + 1")
    return place.locator(f"tbody td:nth-child({column})").all_text_contents()


@pytest.fixture
def table(page):
    return page.locator("#run-table")


def test_it_shows_what_was_asked_and_the_answer_first(page):
    assert page.locator("h1").text_content() == "small"
    assert page.locator(".about").text_content() == "about " + HOSTILE
    assert page.locator(".answer-lines li").all_text_contents() == [
        "2 claims: 1 HIT, 1 MISS, 0 UNDECIDED", "1 control: 1 missed, as expected",
        "12 runs: 9 done, 3 failed"]
    assert page.locator("main section").evaluate_all("all => all.map((one) => one.id)") == [
        "answer", "claims", "figures", "runs", "chosen", "failures", "empty", "provenance", "again"]


def test_claims_have_verdicts_and_sources(page):
    assert page.locator(".claims .badge").all_text_contents() == ["HIT", "MISS, as expected", "MISS"]
    text = page.locator(".claims tbody tr").first.text_content()
    assert "hit " + HOSTILE in text and "source " + HOSTILE in text and FEW["few_seeds"] in text
    assert "n = 3" in text


def test_every_figure_is_drawn_and_not_empty(page):
    frames = page.locator("#figures .frame")
    assert frames.count() == 4
    for frame in frames.all():
        frame.scroll_into_view_if_needed()
        page.wait_for_function("(one) => one.dataset.state !== 'waiting'", arg=frame.element_handle())
        assert frame.get_attribute("data-state") == "drawn", frame.text_content()
        assert marks_of(frame) > 0, frame.get_attribute("data-figure")
    assert page.locator("figcaption").first.text_content() == "line " + HOSTILE
    assert {"Save as SVG", "Save as PNG"} == set(frames.first.locator(".vega-actions a").all_text_contents())


def marks_of(frame):
    """How many marks a figure draws that are not axes or legends: shapes of its SVG, or painted pixels."""
    if frame.locator("canvas").count() > 0:
        return frame.locator("canvas").first.evaluate(
            "(one) => one.getContext('2d').getImageData(0, 0, one.width, one.height).data"
            ".filter((value, place) => place % 4 === 3 && value > 0).length")
    return frame.locator(".role-mark path, .role-mark line, .role-mark text").count()


def test_a_click_on_a_header_sorts_numbers_as_numbers_and_empty_cells_last(table, rows):
    given = [float(row["mcc"]) for row in rows if row["mcc"] != ""]
    for descending in (False, True):
        header(table, "mcc").click()
        shown = cells(table, "mcc")
        assert shown[:9] == [f"{value:.3f}" for value in sorted(given, reverse=descending)]
        assert shown[9:] == ["", "", ""]
    filled = sorted(row["decomposer.k"] for row in rows if row["decomposer.k"] != "")
    for order in (filled, filled[::-1]):
        header(table, "decomposer.k").click()
        assert cells(table, "decomposer.k") == order + [""] * 6
    header(table, "seed").click()
    assert cells(table, "seed") == sorted(row["seed"] for row in rows)


def test_the_filter_takes_words_and_comparisons(page, table, rows):
    def shown(text):
        page.fill("#filter", text)
        return page.locator("#run-table tbody tr").count()

    best = sorted(float(row["mcc"]) for row in rows if row["mcc"])[-3]
    assert shown("") == 12
    assert shown("pca") == 3 and set(cells(table, "arm")) == {"pca"}
    assert page.locator(".count").text_content() == "3 of 12 runs"
    assert shown("arm=pca seed=1") == 1
    assert shown("decomposer.k=2 status=done") == 3
    assert shown("status!=done") == 3
    assert shown(f"mcc>={best - 1e-5}") == 3
    assert shown("seed>0 seed<2 failing") == 1
    assert shown('"漢字 "') == 9  # in an arm's name, and in the failures' message
    assert shown("no such thing") == 0


def test_points_are_means_over_their_seeds(page, table, rows):
    page.check("#group")
    assert page.locator("#run-table tbody tr").count() == 4
    assert cells(table, "runs") == ["3", "3", "3", "0 of 3"]
    for place, k in enumerate(["1", "2", ""]):
        values = [float(row["mcc"]) for row in rows if row["decomposer.k"] == k and row["mcc"]]
        mean = sum(values) / 3
        variance = sum((value - mean) ** 2 for value in values) / 2
        half = 4.302653 * (variance / 3) ** 0.5  # Student's t for two degrees of freedom, 0.975
        found_mean, found_half = (float(part) for part in cells(table, "mcc")[place].split(" ± "))
        assert found_mean == pytest.approx(mean, abs=6e-4)
        assert found_half == pytest.approx(half, rel=2e-3, abs=6e-4)
    page.fill("#filter", "seed<2")
    assert cells(table, "runs") == ["2", "2", "2", "0 of 2"]
    page.uncheck("#group")
    assert page.locator("#run-table tbody tr").count() == 8


def test_columns_are_chosen_and_chance_is_hidden_at_first(page, table):
    assert header(table, "mcc_null").count() == 0
    page.locator(".picker summary").click()
    page.locator(".boxes label", has_text="mcc_null").first.locator("input").check()
    assert header(table, "mcc_null").count() == 1
    page.locator(".picker").get_by_text("None", exact=True).click()
    assert page.locator("#run-table th.score").count() == 0


def test_a_click_on_a_run_shows_all_of_it(page):
    page.fill("#filter", "arm=pca seed=1")
    page.locator("#run-table tbody tr td").first.click()
    assert page.locator("#run h3").text_content().startswith("arm=pca seed=1")
    assert "mcc" in page.locator("#run dt").all_text_contents()


def test_a_chosen_run_opens_its_pictures_and_sortable_tables(page):
    page.fill("#filter", "arm=pca seed=0")
    page.locator("#run-table tbody tr td").first.click()
    block = page.locator(".chosen-run[open]")
    assert block.count() == 1
    page.wait_for_function("() => [...document.querySelectorAll('.chosen-run[open] .frame')]"
                           ".every((one) => one.dataset.state === 'drawn')")
    latents = block.locator(".record", has_text="latents (")
    latents.locator("summary").click()
    header(latents, "best_cos").click()
    shown = [float(text) for text in cells(latents, "best_cos") if text]
    assert shown == sorted(shown) and len(shown) > 1


def test_hostile_texts_are_shown_as_texts(page, table):
    assert HOSTILE in cells(table, "arm")
    assert page.locator("#failures td").nth(1).text_content() == "failed " + HOSTILE
    assert page.locator("main script, main b, header script, header b").count() == 0
    assert page.locator("script").count() == 3


def test_what_is_put_in_as_markup_does_not_run(browser, folder):
    with opened(browser, folder / "report.html") as (page, errors):
        page.evaluate("""() => {
          const script = document.createElement('script');
          script.textContent = 'window.ran = true';
          document.body.append(script);
        }""")
        assert page.evaluate("window.ran") is None
        assert len(errors) == 1 and "Content Security Policy" in errors[0]


def test_the_config_and_commands_are_there_to_get_it_again(page, folder):
    blocks = page.locator("#again pre").all_text_contents()
    assert blocks[-1] == (folder.parent / "small.json").read_text()
    assert any("lab run small.json" in block for block in blocks)


@pytest.mark.parametrize("width", [390, 1200])
def test_nothing_is_wider_than_the_window(browser, folder, width):
    with opened(browser, folder / "report.html", width=width) as (page, errors):
        page.wait_for_timeout(500)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert errors == []
