"""`lab bench sae --peers`: scripts of others, which print what they please."""

import os
import subprocess
import sys

import pytest
from conftest import LAB, ROOT, run_lab

SAELENS = """import json, sys
case = sys.argv[sys.argv.index("--only") + 1]
print({"small standard": 'noise\\n[1]\\n{"case": 5, "value": 7}\\n{"case": "small standard", "value": 1000}',
       "small topk": '{"case": "small topk", "value": 0}',
       "small batchtopk": '{"case": ["small batchtopk"], "value": 3}'}.get(case) or sys.exit("no idea"))
"""
TORCH = """import json, sys
case = sys.argv[sys.argv.index("--only") + 1]
print(json.dumps({"case": case, "value": 4000 if case.endswith("data only") else 1000}))
"""


@pytest.fixture
def peers(tmp_path):
    """A folder with both scripts, and an environment in which what they import is there."""
    (tmp_path / "sae_saelens.py").write_text(SAELENS)
    (tmp_path / "sae_torch.py").write_text(TORCH)
    packages = tmp_path / "packages"
    packages.mkdir()
    for name in ("torch", "sae_lens"):
        (packages / f"{name}.py").write_text("")
    return tmp_path, os.environ | {"PYTHONPATH": str(packages)}


def bench(folder):
    return ["bench", "sae", "--quick", "--threads", "1", "--peers", str(folder), "--python", sys.executable]


def test_a_folder_without_the_scripts_and_a_python_without_their_packages(peers):
    folder, environment = peers
    (folder / "sae_torch.py").unlink()
    refused = run_lab(*bench(folder), env=environment)
    assert refused.returncode == 2 and "has no sae_torch.py; name the folder that holds" in refused.stderr, refused.stderr
    (folder / "sae_torch.py").write_text(TORCH)
    (folder / "packages/sae_lens.py").write_text("raise ImportError('broken')")
    refused = run_lab(*bench(folder), env=environment)
    assert refused.returncode == 2 and "cannot import torch, sae_lens" in refused.stderr, refused.stderr
    assert refused.stderr.count("\n") == 1


def test_a_peer_that_prints_junk_fails_alone_in_one_line(peers):
    folder, environment = peers
    running = subprocess.Popen([str(LAB), *bench(folder)], cwd=ROOT, env=environment, text=True, stdout=subprocess.PIPE)
    of_family, family = {}, None
    try:
        for line in running.stdout:
            if line.startswith("middle"):  # the first shape says it all
                break
            if line.startswith("small "):
                family = line.split()[1].rstrip(":")
            of_family[family] = of_family.get(family, "") + line
        assert line.startswith("middle"), of_family
    finally:
        running.kill()
        running.wait()
    expected = {"relu_l1": ["it does 1000 samples/s", "it does 1333 samples/s"],
                "topk": ["against SAELens: sae_saelens.py printed a value of the case 'small topk' that is not above 0"],
                "batch_topk": ["against SAELens: sae_saelens.py printed no value of the case 'small batchtopk'"],
                "matryoshka": ["against SAELens: ", "no idea"]}
    for family, parts in expected.items():
        if "too little of the machine" in of_family[family]:
            continue  # a busy machine
        for part in parts:
            assert part in of_family[family], of_family[family]
