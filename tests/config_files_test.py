"""Configs that are right, configs that are broken, and the schema that editors use."""

import json

import jsonschema
import pytest
from conftest import ROOT, run_lab

BROKEN = json.loads((ROOT / "tests/data/broken.json").read_text())
CONFIGS = sorted(path for path in (ROOT / "configs").rglob("*.json") if path.name != "schema.json")


@pytest.fixture(scope="session")
def validator():
    schema = json.loads(run_lab("schema").stdout)
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def test_the_committed_schema_is_the_generated_one():
    assert (ROOT / "configs/schema.json").read_text() == run_lab("schema").stdout, \
        "run: build/lab schema > configs/schema.json"


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.name)
def test_every_config_is_right(path, validator):
    validator.validate(json.loads(path.read_text()))
    checked = run_lab("check", path)
    assert checked.returncode == 0, checked.stderr


def test_the_good_config_that_the_broken_ones_stem_from_is_right(validator):
    good = ROOT / "tests/data/good.json"
    validator.validate(json.loads(good.read_text()))
    assert run_lab("check", good).returncode == 0


def test_all_broken_configs_are_listed():
    assert {path.stem for path in (ROOT / "tests/data/broken").glob("*.json")} == set(BROKEN)
    assert len(BROKEN) >= 40


@pytest.mark.parametrize("name", sorted(BROKEN))
def test_a_broken_config_gets_one_line_and_nothing_is_written(name, tmp_path, validator):
    path = ROOT / "tests/data/broken" / f"{name}.json"
    done = run_lab("run", path, cwd=tmp_path)
    assert done.returncode == 2, done.stderr
    lines = done.stderr.splitlines()
    assert len(lines) == 1 and lines[0].startswith(f"lab: {path}:"), done.stderr
    assert BROKEN[name]["contains"] in lines[0][len(f"lab: {path}:"):]
    assert not list(tmp_path.iterdir())
    if BROKEN[name]["schema"] is not None:  # None: it is no JSON document to begin with
        assert validator.is_valid(json.loads(path.read_text())) != BROKEN[name]["schema"]


def test_a_missing_or_unreadable_config_is_named(tmp_path):
    for path in (tmp_path / "absent.json", tmp_path):
        done = run_lab("run", path, cwd=tmp_path)
        assert done.returncode == 2 and str(path) in done.stderr
        assert len(done.stderr.splitlines()) == 1
    assert not list(tmp_path.iterdir())
