"""The command line: what users type, what they see, and how it ends."""

import json
import random
import re
import signal
import subprocess
import time

from conftest import LAB, SMALL, run_lab


def table(folder, out, config="small.json", form="csv"):
    done = run_lab("table", config, "--out", out, "--format", form, cwd=folder)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_sweep_runs_once_and_is_then_done(small):
    first = run_lab("run", "small.json", "--out", "A", cwd=small)
    assert first.returncode == 0, first.stderr
    assert "9 done (9 now)" in first.stderr
    assert len(list((small / "A/store/runs").glob("*.json"))) == 9
    again = run_lab("run", "small.json", "--out", "A", cwd=small)
    assert again.returncode == 0 and "9 done (0 now)" in again.stderr
    rows = table(small, "A").splitlines()
    assert len(rows) == 10 and all(",done," in row for row in rows[1:])


def test_the_table_does_not_depend_on_workers_shards_or_filters(small):
    assert run_lab("run", "small.json", "--workers", 1, "--out", "A", cwd=small).returncode == 0
    assert run_lab("run", "small.json", "--workers", 3, "--out", "B", cwd=small).returncode == 0
    for i in (3, 1, 2):
        assert run_lab("run", "small.json", "--shard", f"{i}/3", "--out", "C", cwd=small).returncode == 0
    for arm in ("pca", "topk"):
        assert run_lab("run", "small.json", "--only", f"arm={arm}", "--out", "D", cwd=small).returncode == 0
    assert table(small, "A") == table(small, "B") == table(small, "C") == table(small, "D")


def test_shared_stages_are_computed_once(small):
    count = run_lab("run", "small.json", "--dry-run", "--out", "A", cwd=small)
    assert count.returncode == 0 and not (small / "A").exists()
    assert run_lab("run", "small.json", "--out", "A", cwd=small).returncode == 0
    assert len(list((small / "A/store/stages").iterdir())) == 3 + 3 + 9  # subjects, their scores, fits


def test_stop_and_go_on(small):
    slow = json.loads(json.dumps(SMALL))
    slow["axes"][0][0]["set"]["decomposer"].update(steps=100_000_000, latents=64)
    slow["name"] = "slow"
    (small / "slow.json").write_text(json.dumps(slow))
    process = subprocess.Popen([str(LAB), "run", "slow.json", "--out", "A"], cwd=small,
                               stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 60
    while not list((small / "A").glob("store/stages/*")) and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(1)  # into the middle of the slow fits
    process.send_signal(signal.SIGINT)
    asked = time.monotonic()
    _, errors = process.communicate(timeout=20)
    assert time.monotonic() - asked < 2
    assert process.returncode == 130
    assert "stopped" in errors
    kept = {path.name for path in (small / "A/store/stages").iterdir()}
    assert kept  # finished stages are kept
    assert not list((small / "A/store/tmp").iterdir())
    going_on = run_lab("run", "slow.json", "--out", "A", "--only", "arm=pca", cwd=small)
    assert going_on.returncode == 0 and "3 done" in going_on.stderr
    assert kept <= {path.name for path in (small / "A/store/stages").iterdir()}


def test_a_stop_ends_long_scores_too(small):
    large = json.loads(json.dumps(SMALL))
    large["base"]["world"].update(features=512)
    large["base"]["subject"].update(width=64, placement="random")
    large["base"]["scores"] = {"samples": 4096, "nulls": 1000}
    large["axes"] = [[{"name": "random", "set": {"decomposer": {
        "kind": "fixed", "atoms": {"kind": "random", "latents": 2048}, "encoder": "linear"}}}]]
    (small / "large.json").write_text(json.dumps(large))
    process = subprocess.Popen([str(LAB), "run", "large.json", "--out", "A"], cwd=small,
                               stderr=subprocess.PIPE, text=True)
    time.sleep(8)
    process.send_signal(signal.SIGINT)
    asked = time.monotonic()
    process.communicate(timeout=60)
    assert process.returncode == 130
    assert time.monotonic() - asked < 2


def test_a_killed_sweep_resumes_to_the_same_table(small):
    longer = json.loads(json.dumps(SMALL))
    longer["axes"][0][0]["set"]["decomposer"].update(steps=3000)  # seconds of work to cut into
    (small / "small.json").write_text(json.dumps(longer))
    assert run_lab("run", "small.json", "--out", "whole", cwd=small).returncode == 0
    runs = small / "A/store/runs"
    moments = random.Random(1)
    unfinished = 0
    for moment in range(20):
        process = subprocess.Popen([str(LAB), "run", "small.json", "--out", "A"], cwd=small,
                                   stderr=subprocess.DEVNULL)
        while moment == 0 and process.poll() is None and not (runs.is_dir() and any(runs.iterdir())):
            time.sleep(0.002)  # the first cut comes right after the first of the nine runs
        time.sleep(moments.uniform(0, 0.6) if moment else 0)
        process.kill()
        process.wait()
        unfinished += len(list(runs.glob("*"))) < 9
    assert run_lab("run", "small.json", "--out", "A", cwd=small).returncode == 0
    assert unfinished > 0  # the sweep was really cut short
    assert table(small, "A") == table(small, "whole")
    assert not list((small / "A/store/tmp").iterdir())


def test_two_processes_share_one_folder(small):
    assert run_lab("run", "small.json", "--out", "whole", cwd=small).returncode == 0
    both = [subprocess.Popen([str(LAB), "run", "small.json", "--out", "A"], cwd=small,
                             stderr=subprocess.DEVNULL) for _ in range(2)]
    assert [process.wait(timeout=120) for process in both] == [0, 0]
    assert not list((small / "A/store/tmp").iterdir())
    assert table(small, "A") == table(small, "whole")


def test_a_stage_that_fails_is_recorded_and_retried_alone(small):
    broken = json.loads(json.dumps(SMALL))
    broken["axes"][0].append({"name": "wild", "set": {"decomposer": {
        "kind": "relu_l1", "steps": 50, "latents": 8, "unit_norm_decoder": False,
        "optimizer": {"kind": "sgd", "lr": 1e30}}}})
    (small / "small.json").write_text(json.dumps(broken))
    first = run_lab("run", "small.json", "--out", "A", cwd=small)
    assert first.returncode == 1
    assert "9 done (9 now), 3 failed" in first.stderr
    assert "3 failed, 3 skipped" in first.stderr  # three fits, three evaluations
    assert "not finite" in first.stderr
    rows = table(small, "A").splitlines()[1:]
    assert sum(",failed," in row for row in rows) == 3
    again = run_lab("run", "small.json", "--out", "A", cwd=small)
    assert again.returncode == 1 and "(0 now), 3 failed" in again.stderr and "0 made" in again.stderr
    before = {path: path.stat().st_mtime_ns for path in (small / "A/store/stages").iterdir()}
    retried = run_lab("run", "small.json", "--out", "A", "--retry-failed", cwd=small)
    assert retried.returncode == 1 and "3 failed" in retried.stderr
    assert before == {path: path.stat().st_mtime_ns for path in (small / "A/store/stages").iterdir()}


def test_usage_errors_are_one_line_and_exit_2(small):
    for arguments in (["tabel", "small.json"], ["run"], ["run", "absent.json"], ["run", "small.json", "--shard", "4/3"],
                      ["run", "small.json", "--workers", "0"], ["run", "small.json", "--workers", "x"], ["run", "small.json", "--threads-per-run", "100000"],
                      ["run", "small.json", "--out", "/dev/null/A"],
                      ["run", "small.json", "--only", "arm=nobody"], ["run", "small.json", "--only", "arm"],
                      ["run", "small.json", "--frobnicate"], ["table", "small.json", "--format", "xml"],
                      ["describe", "decomposers/topkk"], ["show", "0123"]):
        done = run_lab(*arguments, cwd=small)
        assert done.returncode == 2, (arguments, done.stderr)
        assert len(done.stderr.strip().splitlines()) == 1, done.stderr
        assert not (small / "results").exists()
    assert 'did you mean "table"' in run_lab("tabel").stderr


def test_describe_prints_default_range_and_meaning():
    text = run_lab("describe", "decomposers/topk").stdout
    assert re.search(r"^\s+k\s+integer\s+4\s+≥ 1\s+most latents that fire per sample", text, re.M), text
    assert "2406.04093" in text
    listing = run_lab("describe").stdout
    for word in ("worlds", "placements", "subjects", "decomposers", "polyhedron", "relu_l1"):
        assert word in listing


def test_show_and_status_tell_about_runs(small):
    assert run_lab("run", "small.json", "--out", "A", cwd=small).returncode == 0
    status = run_lab("status", "small.json", "--out", "A", cwd=small).stdout
    assert re.search(r"9 runs", status) and "fit" in status
    rows = json.loads(table(small, "A", form="json"))["rows"]
    shown = run_lab("show", rows[0]["id"], "--out", "A", cwd=small)
    assert shown.returncode == 0 and "mcc" in shown.stdout and '"commit"' in shown.stdout
    run = json.loads(run_lab("show", rows[0]["id"][:8], "--out", "A", "--json", cwd=small).stdout)
    assert run["provenance"]["threads"] == 1 and run["provenance"]["seconds"] >= 0


def test_doctor_names_the_build():
    text = run_lab("doctor").stdout
    for word in ("commit", "libtorch", "cpu", "mkl", "cores"):
        assert word in text
