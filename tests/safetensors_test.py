"""The safetensors package reads what the laboratory writes, and package.safetensors, which the
C++ test reads, is what the package writes."""

from pathlib import Path

import numpy as np
from safetensors import safe_open
from safetensors.numpy import load, save

DATA = Path(__file__).parent / "data"


def package_file() -> bytes:
    return save(
        {
            "f32": np.arange(6, dtype=np.float32).reshape(2, 3) / 2,
            "i64": np.array([-(2**40)], dtype=np.int64),
            "f64": np.array([[1 / 3]], dtype=np.float64),
            "i32": np.array([1, -2, 3], dtype=np.int32),
            "u8": np.array([255, 0, 7], dtype=np.uint8),
            "bool": np.array([True, False]),
            "scalar": np.array(2.5, dtype=np.float32),
            "empty": np.zeros((0, 4), dtype=np.float32),
        },
        metadata={"made_by": "safetensors"},
    )


def test_the_golden_file_is_the_packages():
    golden = load((DATA / "package.safetensors").read_bytes())
    current = load(package_file())
    assert golden.keys() == current.keys()
    for name, value in current.items():
        assert golden[name].dtype == value.dtype
        np.testing.assert_array_equal(golden[name], value)


def test_the_package_reads_ours():
    # The C++ test checks that laboratory.safetensors is, byte for byte, what the laboratory writes.
    tensors = load((DATA / "laboratory.safetensors").read_bytes())
    assert {name: (t.dtype.name, t.shape) for name, t in tensors.items()} == {
        "flags": ("bool", (3,)),
        "matrix": ("float32", (2, 2)),
        "long": ("float64", (1, 1)),
        "index": ("int64", (2,)),
        "small": ("int32", (1,)),
        "bytes": ("uint8", (5,)),
        "scalar": ("float32", ()),
        "empty": ("float32", (3, 0, 2)),
    }
    assert tensors["flags"].tolist() == [True, False, True]
    assert tensors["matrix"].tobytes() == b"0123456789abcdef"
    assert tensors["index"].tobytes() == b"0123456701234567"
    with safe_open(DATA / "laboratory.safetensors", framework="pt") as file:
        assert file.metadata() == {"key": 'größer\n"quoted"', "": ""}
        assert file.get_tensor("long").shape == (1, 1)
