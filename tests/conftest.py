"""What the Python tests share: the program under test, and a sweep small enough to run often."""

import json
import os
import pathlib
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent
LAB = pathlib.Path(os.environ.get("LAB", ROOT / "build" / "lab"))

SMALL = {
    "name": "small",
    "base": {
        "kind": "recover",
        "world": {"kind": "sparse", "features": 8, "probability": {"kind": "equal", "p": 0.2}},
        "subject": {"kind": "embedding", "width": 8, "placement": "orthonormal"},
        "scores": {"samples": 256, "nulls": 5},
    },
    "axes": [
        [
            {"name": "topk", "set": {"decomposer": {"kind": "topk", "k": 2, "latents": 8, "steps": 20, "batch": 32}},
             "grid": {"decomposer.k": [1, 2]}},
            {"name": "pca", "set": {"decomposer": "pca"}},
        ]
    ],
    "seeds": 3,
}


def run_lab(*arguments, cwd=ROOT, timeout=300, **options):
    """The finished process of `lab ARGUMENTS`, with its output as text."""
    return subprocess.run([str(LAB), *map(str, arguments)], cwd=cwd, capture_output=True, text=True,
                          timeout=timeout, **options)


@pytest.fixture
def small(tmp_path):
    """A folder with small.json, a sweep of 9 runs."""
    (tmp_path / "small.json").write_text(json.dumps(SMALL))
    return tmp_path
