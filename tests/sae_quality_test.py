"""The statistics of tests/bench/sae_quality.py on cases made by hand."""

import importlib.util
import io
import math

import pytest
from conftest import ROOT

spec = importlib.util.spec_from_file_location("sae_quality", ROOT / "tests/bench/sae_quality.py")
quality = importlib.util.module_from_spec(spec)
spec.loader.exec_module(quality)


def cells(**by_score):
    """Values of one world and family: score = (ours, saelens)."""
    values = {}
    for score, (ours, saelens) in by_score.items():
        values["w", "topk", score, "ours"], values["w", "topk", score, "saelens"] = ours, saelens
    return values


def test_holm():
    assert quality.holm([0.01]) == [0.01]
    assert quality.holm([0.04, 0.01, 0.03]) == pytest.approx([0.06, 0.03, 0.06])  # 3 · .01, 2 · .03, and never below that
    assert quality.holm([0.5, 0.9]) == [1.0, 1.0]
    assert quality.holm([0.02, 0.02]) == pytest.approx([0.04, 0.04])


def test_compare_is_welchs_test():
    ours, saelens = [1.0, 2.0, 3.0], [4.0, 6.0, 8.0]
    [row] = quality.compare(cells(mse=(ours, saelens)))
    # t = −4/√(1/3 + 4/3); degrees of freedom (5/3)²/((1/3)²/2 + (4/3)²/2)
    assert (row["ours_mean"], row["ours_sd"], row["saelens_mean"], row["saelens_sd"]) == (2, 1, 6, 2)
    assert row["seeds"] == 3 and row["difference"] == -4
    t, df = -4 / math.sqrt(5 / 3), (5 / 3) ** 2 / ((1 / 9 + 16 / 9) / 2)
    from scipy import stats
    assert row["p"] == pytest.approx(2 * stats.t.cdf(t, df))
    half = stats.t.ppf(0.975, df) * math.sqrt(5 / 3)
    assert (row["ci_low"], row["ci_high"]) == pytest.approx((-4 - half, -4 + half))


def test_verdicts():
    apart, alike = ([1.0, 1.01, 1.02], [2.0, 2.01, 2.03]), ([1.0, 2.0, 3.0], [1.5, 2.5, 3.5])
    rows = {row["score"]: row for row in quality.compare(cells(f1=apart, mse=alike, l0=([2.0] * 3, [2.0] * 3), mcc=([1.0] * 3, [0.5] * 3)))}
    assert list(rows) == ["mse", "l0", "mcc", "f1"]
    assert rows["f1"]["verdict"] == "differs" and rows["f1"]["p_holm"] == pytest.approx(3 * rows["f1"]["p"])
    assert rows["mse"]["verdict"] == "no difference found"
    # Where nothing varies, equal is equal and different is different.
    assert rows["l0"]["p"] == 1 and rows["l0"]["verdict"] == "no difference found"
    assert rows["mcc"]["p"] == 0 and rows["mcc"]["verdict"] == "differs"


def test_the_table_names_versions_first():
    file = io.StringIO()
    quality.write_table(quality.compare(cells(mse=([1.0, 2.0], [1.0, 3.0]))), file, "sae-lens 1, torch 2; 10 steps")
    head, columns, row = file.getvalue().splitlines()
    assert head == "# sae-lens 1, torch 2; 10 steps"
    assert columns.startswith("world,family,score,seeds,ours_mean") and row.startswith("w,topk,mse,2,1.5")
