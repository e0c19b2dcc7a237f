"""A change of results changes ids: scores of the smoke sweeps against golden values.

When this fails because results moved on purpose: raise the `revision` of the kind (or key) whose
results changed, so that nobody's stored results are taken for new ones, then write the golden file
anew, for NAME = recover, knockoff, align, translate, learn, …:
       build/lab run configs/smoke/NAME.json --out /tmp/smoke
       build/lab table configs/smoke/NAME.json --out /tmp/smoke --format json > tests/data/golden_NAME.json
"""

import json

import pytest
from conftest import ROOT, run_lab

# The trained arms take ten steps, so that rounding differs by little between machines.
ABSOLUTE, RELATIVE = 2e-3, 2e-3


@pytest.mark.parametrize("name", ["recover", "knockoff", "align", "translate", "emulate", "learn", "modular_addition",
                                  "identifiability", "compute", "recover_network", "seed_consistency",
                                  "hedging"])
def test_results_move_only_with_a_revision(name, tmp_path):
    config = ROOT / f"configs/smoke/{name}.json"
    done = run_lab("run", config, "--out", tmp_path)
    assert done.returncode == 0, done.stderr
    now = json.loads(run_lab("table", config, "--out", tmp_path, "--format", "json").stdout)
    golden = {row["id"]: row for row in json.loads((ROOT / f"tests/data/golden_{name}.json").read_text())["rows"]}
    assert {row["id"] for row in now["rows"]} == set(golden), "ids are new: write the golden file anew"
    for row in now["rows"]:
        before = golden[row["id"]]["scores"]
        assert set(before) == set(row["scores"]), "scores are new: write the golden file anew"
        for score, value in row["scores"].items():
            if value is None or before.get(score) is None:
                same = value is None and before.get(score) is None
            else:
                same = value == pytest.approx(before[score], abs=ABSOLUTE, rel=RELATIVE)
            assert same, f"{row['point']}: {score} was {before.get(score)}, is {value}: raise the revision"
