"""The decomposer `external` and `lab sae`: the script of the README as a user would run it, and programs that go wrong."""

import json
import re
import sys

import numpy as np
import pytest
from conftest import ROOT, run_lab
from safetensors import safe_open
from safetensors.numpy import load_file, save_file


def script_of_readme():
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), re.S)
    return next(block for block in blocks if block.startswith("# topk.py"))


def sweep(tmp_path, arms):
    config = {
        "name": "external",
        "base": {"kind": "recover", "world": {"kind": "sparse", "features": 24, "probability": {"kind": "equal", "p": 0.1}},
                 "subject": {"kind": "embedding", "width": 16, "placement": "low_coherence"}, "scores": {"samples": 2048, "nulls": 2}},
        "axes": [[{"name": name, "set": {"decomposer": decomposer}} for name, decomposer in arms.items()]],
        "seeds": 1,
    }
    path = tmp_path / "sweep.json"
    path.write_text(json.dumps(config))
    return path


def mine(script, **more):
    return {"kind": "external", "script": str(script), "samples": 8192,
            "command": [sys.executable, "{script}", "{input}", "{output}", "{seed}"], **more}


def test_the_script_of_the_readme_is_scored_like_any_arm(tmp_path):
    script = tmp_path / "topk.py"
    script.write_text(script_of_readme())
    path = sweep(tmp_path, {"mine": mine(script), "topk": {"kind": "topk", "latents": 32, "k": 4, "steps": 1000},
                            "random": {"kind": "fixed", "atoms": {"kind": "random", "latents": 32}, "encoder": "relu"}})
    done = run_lab("run", path, "--out", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    rows = json.loads(run_lab("table", path, "--out", tmp_path / "out", "--format", "json").stdout)["rows"]
    scores = {row["point"]["arm"]: row["scores"] for row in rows}
    assert set(scores["mine"]) == set(scores["topk"])
    assert scores["mine"]["fvu"] < 0.3 and scores["mine"]["l0"] <= 4
    assert scores["mine"]["mcc"] > scores["random"]["mcc"] + 0.2
    assert abs(scores["mine"]["mcc"] - scores["topk"]["mcc"]) < 0.15
    # The script's content is in the key: another script is another run.
    first = {row["point"]["arm"]: row["id"] for row in rows}
    script.write_text(script_of_readme() + "# changed\n")
    rows = json.loads(run_lab("table", path, "--out", tmp_path / "out", "--format", "json").stdout)["rows"]
    assert {row["point"]["arm"]: row["id"] for row in rows}["mine"] != first["mine"]


@pytest.mark.parametrize("body, reason, more", [
    ("import sys; sys.exit('no idea')", "no idea", {}),
    ("import time; time.sleep(60)", "took longer than 1 s", {"time_limit": 1}),
    ("pass", "no SAE", {}),
    ("import sys; open(sys.argv[2] + '/sae_weights.safetensors', 'w').write('x'); open(sys.argv[2] + '/cfg.json', 'w').write('{}')",
     "not a safetensors file", {}),
    ("import sys, numpy as np; from safetensors.numpy import save_file\n"
     "save_file({'atoms': np.ones((4, 3), np.float32)}, sys.argv[2] + '/atoms.safetensors')", "needs a tensor", {}),
])
def test_programs_that_go_wrong_fail_their_run_alone(tmp_path, body, reason, more):
    script = tmp_path / "bad.py"
    script.write_text(body)
    path = sweep(tmp_path, {"bad": mine(script, **more), "pca": "pca"})
    done = run_lab("run", path, "--out", tmp_path / "out")
    assert done.returncode == 1
    status = run_lab("status", path, "--out", tmp_path / "out").stdout
    assert reason in status, status
    assert "1 done" in done.stderr + done.stdout or "1 done" in status


def test_atoms_alone_get_codes_from_the_encoder(tmp_path):
    script = tmp_path / "atoms.py"
    script.write_text("import sys, numpy as np\nfrom safetensors.numpy import load_file, save_file\n"
                      "x = load_file(sys.argv[1])['x']\n"
                      "save_file({'atoms': np.eye(x.shape[1], dtype=np.float32)}, sys.argv[2] + '/atoms.safetensors')\n")
    neurons = {"kind": "fixed", "atoms": "basis", "encoder": "relu"}
    path = sweep(tmp_path, {"mine": mine(script, encoder="relu"), "neurons": neurons})
    done = run_lab("run", path, "--out", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    rows = json.loads(run_lab("table", path, "--out", tmp_path / "out", "--format", "json").stdout)["rows"]
    assert rows[0]["scores"] == rows[1]["scores"]


def test_convert_and_apply(tmp_path):
    source = ROOT / "tests/data/sae/dictionary_learning/batch_top_k"
    done = run_lab("sae", "convert", source, "--to", "saelens", "-o", tmp_path / "sae")
    assert done.returncode == 0, done.stderr
    assert json.loads((tmp_path / "sae/cfg.json").read_text())["architecture"] == "jumprelu"
    done = run_lab("sae", "apply", tmp_path / "sae", "--input", source / "input.safetensors", "-o", tmp_path / "out.safetensors")
    assert done.returncode == 0, done.stderr
    said, expected = load_file(tmp_path / "out.safetensors"), load_file(source / "expected.safetensors")
    for name in ("feature_acts", "reconstruction"):
        assert np.allclose(said[name], expected[name], rtol=3e-6, atol=2e-6)
    # What the other format has not is said, and nothing is written.
    refused = run_lab("sae", "convert", source, "--to", "sparsify", "-o", tmp_path / "none")
    assert refused.returncode == 2 and refused.stderr.count("\n") == 1 and "sparsify has no such SAE" in refused.stderr
    assert not (tmp_path / "none").exists()
    # A bare name, as in the README; nothing is left beside it.
    done = run_lab("sae", "apply", tmp_path / "sae", "--input", source / "input.safetensors", "-o", "bare.safetensors", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "bare.safetensors").exists() and not (tmp_path / ".unfinished").exists()
    save_file({"x": np.full((2, 12), np.nan, np.float32)}, tmp_path / "nan.safetensors")
    refused = run_lab("sae", "apply", source, "--input", tmp_path / "nan.safetensors", "-o", tmp_path / "no.safetensors")
    assert refused.returncode == 2 and "is not finite" in refused.stderr
    save_file({"y": np.ones((2, 12), np.float32)}, tmp_path / "wrong.safetensors")
    refused = run_lab("sae", "apply", source, "--input", tmp_path / "wrong.safetensors", "-o", tmp_path / "no.safetensors")
    assert refused.returncode == 2 and 'needs a tensor "x"' in refused.stderr


def test_export_train_score(tmp_path):
    """The three commands of the README: a challenge without the truth, an SAE trained on it, its place among our arms."""
    path = sweep(tmp_path, {"topk": {"kind": "topk", "latents": 32, "k": 4, "steps": 300},
                            "oracle": {"kind": "fixed", "atoms": "truth"},
                            "random": {"kind": "fixed", "atoms": {"kind": "random", "latents": 32}, "encoder": "relu"}})
    assert run_lab("run", path, "--out", tmp_path / "out").returncode == 0
    bundle, truth = tmp_path / "bundle", tmp_path / "bundle.truth"
    done = run_lab("export", path, "--out", tmp_path / "out", "-o", f"{bundle}/", "--samples", "9000", "--held-out", "500", "--blind")
    assert done.returncode == 0, done.stderr
    assert [entry.name for entry in bundle.iterdir()] == ["activations.safetensors"]
    x, held_out = load_file(bundle / "activations.safetensors")["x"], load_file(truth / "held_out.safetensors")
    assert x.shape == (9000, 16) and held_out["x"].shape == (500, 16) and held_out["present"].shape == (500, 24)
    # The truth explains the activations (nothing was added to them), and other samples are held out.
    assert np.allclose(held_out["values"] @ held_out["directions"], held_out["x"], atol=1e-5)
    assert not np.array_equal(x[:500], held_out["x"])
    # The true atoms, written as an SAE by hand.
    mine = tmp_path / "mine"
    mine.mkdir()
    atoms = held_out["directions"]
    save_file({"W_dec": atoms, "W_enc": np.linalg.pinv(atoms), "b_enc": np.zeros(24, np.float32),
               "b_dec": np.zeros(16, np.float32)}, mine / "sae_weights.safetensors")
    (mine / "cfg.json").write_text(json.dumps({"architecture": "standard", "d_in": 16, "d_sae": 24}))
    done = run_lab("sae", "score", mine, "--on", truth)
    assert done.returncode == 0, done.stderr
    assert (truth / "report.html").exists()
    standing = [line.split() for line in done.stdout.split("All scores")[0].splitlines()[2:] if line.strip()]
    scores = {line[1] if line[0] == "→" else line[0]: line for line in standing}
    assert scores["mine"][2] == "1" and scores["oracle"][1] == "1"  # mcc
    assert float(scores["random"][1]) < 0.8
    assert "4 done (1 now)" in done.stderr, done.stderr  # our arms were not computed again
    # Another name scores again; the same name is refused; so is an SAE of another width.
    refused = run_lab("sae", "score", mine, "--on", truth, "--name", "oracle")
    assert refused.returncode == 2 and 'has an arm "oracle"' in refused.stderr
    other = run_lab("sae", "score", ROOT / "tests/data/sae/sparsify/groupmax", "--on", truth)
    assert other.returncode == 1 and "goes from 12 to 12 dimensions, the site from 16 to 16" in other.stderr
    # Without --blind one folder has both.
    done = run_lab("export", path, "--out", tmp_path / "out", "-o", tmp_path / "open", "--samples", "10", "--held-out", "10")
    assert done.returncode == 0 and (tmp_path / "open/held_out.safetensors").exists()
    # What was handed out openly is no challenge any more.
    refused = run_lab("export", path, "--out", tmp_path / "out", "-o", tmp_path / "open", "--blind")
    assert refused.returncode == 2 and "give an empty folder" in refused.stderr
    (truth / "sweep.json").write_text('{"axes": {}}')
    refused = run_lab("sae", "score", mine, "--on", truth, "--name", "again")
    assert refused.returncode == 2 and "is not what `lab export` writes" in refused.stderr
    assert not (truth / "scored/again.json").exists()


def test_arms_of_several_axes_keep_their_names(tmp_path):
    path = sweep(tmp_path, {"topk": {"kind": "topk", "latents": 8, "steps": 5}, "batch": {"kind": "batch_topk", "latents": 8, "steps": 5}})
    config = json.loads(path.read_text())
    config["axes"].append({"axis": "sparsity", "arms": [{"name": "k2", "set": {"decomposer.k": 2}}, {"name": "k4", "set": {"decomposer.k": 4}}]})
    path.write_text(json.dumps(config))
    done = run_lab("export", path, "--out", tmp_path / "out", "-o", tmp_path / "bundle", "--samples", "10", "--held-out", "10")
    assert done.returncode == 0, done.stderr
    arms = json.loads((tmp_path / "bundle/sweep.json").read_text())["axes"][0]
    assert [arm["name"] for arm in arms] == ["topk k2", "topk k4", "batch k2", "batch k4"]
    assert [arm["set"]["decomposer"]["k"] for arm in arms] == [2, 4, 2, 4]


def test_a_bundle_can_be_moved(tmp_path):
    """Files that arms are made of travel with it; an arm that runs a program stays behind, and that is said."""
    save_file({"atoms": np.eye(5, 16, dtype=np.float32)}, tmp_path / "own.safetensors")
    sae = tmp_path / "given"
    sae.mkdir()
    eye = np.eye(16, dtype=np.float32)
    save_file({"W_dec": eye, "W_enc": eye, "b_enc": np.zeros(16, np.float32), "b_dec": np.zeros(16, np.float32)},
              sae / "sae_weights.safetensors")
    (sae / "cfg.json").write_text(json.dumps({"architecture": "standard", "d_in": 16, "d_sae": 16}))
    (tmp_path / "none.py").write_text("")
    own = {"kind": "fixed", "atoms": {"kind": "file", "path": "own.safetensors"}}
    path = sweep(tmp_path, {"own": own, "anew": {"kind": "refit", "decomposer": own, "encoder": "fista"},
                            "given": {"kind": "sae", "path": "given"}, "mine": mine("none.py")})
    done = run_lab("export", path, "-o", "bundle", "--samples", "10", "--held-out", "10", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "left out" in done.stdout and "mine" in done.stdout
    bundle = tmp_path / "elsewhere/moved"
    bundle.parent.mkdir()
    (tmp_path / "bundle").rename(bundle)
    (tmp_path / "own.safetensors").unlink()
    (sae / "cfg.json").unlink()
    arms = json.loads((bundle / "sweep.json").read_text())["axes"][0]
    assert [arm["name"] for arm in arms] == ["own", "anew", "given"]
    assert (bundle / arms[2]["set"]["decomposer"]["path"] / "cfg.json").exists()
    done = run_lab("sae", "score", "moved/" + arms[2]["set"]["decomposer"]["path"], "--on", "moved", "--name", "again",
                   cwd=bundle.parent)
    assert done.returncode == 0, done.stderr
    standing = done.stdout.split("All scores")[0]
    rows = {line.replace("→", "").split()[0]: line.replace("→", "").split()[1:] for line in standing.splitlines()[2:] if line.strip()}
    assert set(rows) == {"own", "anew", "given", "again"}
    assert rows["given"] == rows["again"]


def stages_made(bundle):
    """Ids of a store's stages by their names."""
    made = {}
    for path in (bundle / "store/stages").iterdir():
        with safe_open(path, "np") as file:
            made.setdefault(json.loads(file.metadata()["key"])["stage"], set()).add(path.stem)
    return made


def test_a_bundle_with_a_circuit_from_a_file_keeps_its_subject_when_it_is_moved(tmp_path):
    """The circuit's place is in the subject's key: it must not be where the bundle lies."""
    (tmp_path / "and.json").write_text(json.dumps({
        "inputs": ["a", "b", "c"],
        "gates": [{"name": "g", "op": "and", "in": ["a", "b"]}, {"name": "h", "op": "xor", "in": ["g", "c"]}],
        "outputs": [{"name": "y", "node": "h"}]}))
    path = tmp_path / "sweep.json"
    path.write_text(json.dumps({
        "name": "circuit",
        "base": {"kind": "recover", "world": {"kind": "boolean", "circuit": {"kind": "file", "path": "and.json"}},
                 "subject": {"kind": "mlp", "widths": [6], "training": {"steps": 20, "batch": 16}}, "scores": {"samples": 256, "nulls": 2}},
        "axes": [[{"name": "pca", "set": {"decomposer": "pca"}}]], "seeds": 1}))
    assert run_lab("run", path.name, "--out", "out", cwd=tmp_path).returncode == 0
    done = run_lab("export", path.name, "--out", "out", "-o", "bundle", "--samples", "10", "--held-out", "10", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    bundle, moved = tmp_path / "bundle", tmp_path / "elsewhere/moved"
    subject = stages_made(bundle)["train"]
    assert len(subject) == 1
    sae = tmp_path / "mine"
    sae.mkdir()
    eye = np.eye(6, dtype=np.float32)
    save_file({"W_dec": eye, "W_enc": eye, "b_enc": np.zeros(6, np.float32), "b_dec": np.zeros(6, np.float32)},
              sae / "sae_weights.safetensors")
    (sae / "cfg.json").write_text(json.dumps({"architecture": "standard", "d_in": 6, "d_sae": 6}))
    here = run_lab("sae", "score", "mine", "--on", "bundle", cwd=tmp_path)
    assert here.returncode == 0, here.stderr
    made = stages_made(bundle)
    assert made["train"] == subject
    moved.parent.mkdir()
    bundle.rename(moved)
    (tmp_path / "and.json").unlink()
    there = run_lab("sae", "score", "../mine", "--on", "moved", cwd=moved.parent)
    assert there.returncode == 0, there.stderr
    assert there.stdout.splitlines()[:-1] == here.stdout.splitlines()[:-1]  # the last says where the report lies
    assert "stages: 0 made" in there.stderr
    assert stages_made(moved) == made  # nothing was computed again


@pytest.mark.parametrize("decomposer, reason", [
    ({"kind": "sae", "path": "files/../secret"}, 'reads "files/../secret", which is not in the bundle'),
    ({"kind": "sae", "path": "files/link/secret"}, 'reads "files/link/secret", which is not in the bundle'),
    ({"kind": "fixed", "atoms": {"kind": "file", "path": "/etc/passwd"}}, 'reads "/etc/passwd", which is not in the bundle'),
    ({"kind": "external", "command": ["touch", "ran"]}, "runs a program"),
    ({"kind": "refit", "decomposer": {"kind": "external", "command": ["touch", "ran"]}, "encoder": "fista"}, "runs a program"),
    ({"kind": "refit", "decomposer": "external", "encoder": "fista"}, "runs a program"),
])
def test_a_strangers_bundle_runs_no_program_and_reads_nothing_but_its_own(tmp_path, decomposer, reason):
    path = sweep(tmp_path, {"pca": "pca"})
    assert run_lab("export", path, "--out", tmp_path / "out", "-o", tmp_path / "bundle", "--samples", "10", "--held-out", "10").returncode == 0
    (tmp_path / "bundle/files").mkdir()
    (tmp_path / "bundle/files/link").symlink_to(tmp_path)
    config = json.loads((tmp_path / "bundle/sweep.json").read_text())
    config["axes"][0].append({"name": "theirs", "set": {"decomposer": decomposer}})
    (tmp_path / "bundle/sweep.json").write_text(json.dumps(config))
    refused = run_lab("sae", "score", ROOT / "tests/data/sae/sparsify/groupmax", "--on", tmp_path / "bundle", cwd=tmp_path)
    assert refused.returncode == 2 and refused.stderr.count("\n") == 1 and reason in refused.stderr, refused.stderr
    assert not (tmp_path / "ran").exists() and not (tmp_path / "bundle/ran").exists()
    assert not (tmp_path / "bundle/scored").exists()


def test_numpy_files_on_request(tmp_path):
    base = json.loads(sweep(tmp_path, {"topk": "topk"}).read_text())
    base["base"]["subject"] = {"kind": "toy_autoencoder", "hidden": 6, "training": {"steps": 5, "batch": 32}}
    path = tmp_path / "toy.json"
    path.write_text(json.dumps(base))
    done = run_lab("export", path, "--out", tmp_path / "out", "-o", tmp_path / "bundle", "--samples", "50", "--held-out", "40",
                   "--npy", "--blind")
    assert done.returncode == 0, done.stderr
    assert {file.name for file in (tmp_path / "bundle").iterdir()} == {"activations.safetensors", "activations.x.npy"}
    truth = tmp_path / "bundle.truth"
    for file in (tmp_path / "bundle/activations", truth / "held_out", truth / "subject"):
        tensors = load_file(f"{file}.safetensors")
        assert tensors
        for name, values in tensors.items():
            same = np.load(f"{file}.{name}.npy")
            assert same.dtype == values.dtype and np.array_equal(same, values), name
    # Without --npy the next export leaves none of these.
    done = run_lab("export", path, "--out", tmp_path / "out", "-o", tmp_path / "bundle", "--samples", "20", "--held-out", "40", "--blind")
    assert done.returncode == 0, done.stderr
    assert {file.name for file in (tmp_path / "bundle").iterdir()} == {"activations.safetensors"}
    assert not [file for file in truth.iterdir() if file.suffix == ".npy"]
    # Where directions are estimated, few samples do not do, and the advice is about the option at hand.
    base["base"]["subject"] = {"kind": "mlp", "widths": [6], "training": {"steps": 5, "batch": 32}}
    path.write_text(json.dumps(base))
    refused = run_lab("export", path, "--out", tmp_path / "out", "-o", tmp_path / "few", "--samples", "50", "--held-out", "25")
    assert refused.returncode == 2 and "--held-out must be at least 26" in refused.stderr, refused.stderr
    assert not (tmp_path / "few").exists()


def test_a_script_that_changes_while_the_sweep_runs_is_not_taken_for_the_old_one(tmp_path):
    script = tmp_path / "topk.py"
    script.write_text("import pathlib, sys\npathlib.Path(sys.argv[0]).write_text('changed')\nsys.exit('first')\n")
    path = sweep(tmp_path, {"one": mine(script, samples=10), "two": mine(script, samples=11)})
    assert run_lab("run", path, "--out", tmp_path / "out", "--workers", "1").returncode == 1
    status = run_lab("status", path, "--out", tmp_path / "out")
    script.write_text("import pathlib, sys\npathlib.Path(sys.argv[0]).write_text('changed')\nsys.exit('first')\n")
    status = run_lab("status", path, "--out", tmp_path / "out").stdout
    assert "first" in status and "SHA-256" in status, status
