"""Simulation of a random and-inverter graph: ours beside numpy, numba and ABC, in the same run on one core.

    ninja -C build bench_circuit_sim && PYTHON tests/bench/circuit_sim.py [BUILD] [ROUNDS]

10,000 ANDs, 64 inputs, 2^20 input vectors. PYTHON needs numpy and numba; the peers are those of
../shared/peers/circuit_sim.py, ABC is Debian's berkeley-abc. In each round (3 by default) all take their
turns; the best of each counts. Our values of every AND are compared with numpy's first. Prints
gate-evaluations a second and the ratios to what is wanted; exits 1 when values differ or a ratio is missed.
"""

import collections
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parents[2]
PEERS = ROOT.parent / "shared/peers/circuit_sim.py"
INPUTS, ANDS, WORDS = 64, 10_000, 1 << 14
WANTED = {"numpy": 5, "abc": 5, "numba": 1.5}  # our rate over the peer's


def random_aig(rng):
    """Fan-in literals (2 * variable + complement), uniform over all earlier variables, as the peers draw it."""
    fan_in, seen = [], set()
    while len(fan_in) < ANDS:
        a, b = sorted(rng.integers(1, 1 + INPUTS + len(fan_in), size=2))
        literals = (2 * int(b) + int(rng.integers(2)), 2 * int(a) + int(rng.integers(2)))
        if a != b and literals not in seen:
            seen.add(literals)
            fan_in.append(literals)
    return fan_in


def number(value):
    """An AIGER delta: groups of 7 bits, the lowest first."""
    groups = bytearray()
    while value > 127:
        groups.append(128 | value & 127)
        value >>= 7
    return bytes(groups) + bytes([value])


def aiger(fan_in):
    """A binary file whose outputs are the ANDs that no other reads."""
    used = {literal // 2 for pair in fan_in for literal in pair}
    outputs = [2 * v for v in range(INPUTS + 1, INPUTS + 1 + ANDS) if v not in used]
    header = f"aig {INPUTS + ANDS} {INPUTS} 0 {len(outputs)} {ANDS}\n" + "".join(f"{o}\n" for o in outputs)
    deltas = (number(2 * v - a) + number(a - b) for v, (a, b) in enumerate(fan_in, start=INPUTS + 1))
    return header.encode() + b"".join(deltas)


def checks(fan_in, inputs):
    """The exclusive or of all words of each AND."""
    values = [np.zeros(WORDS, np.uint64), *inputs]
    literal = lambda k: ~values[k >> 1] if k & 1 else values[k >> 1]
    for a, b in fan_in:
        values.append(literal(a) & literal(b))
    return np.array([np.bitwise_xor.reduce(v) for v in values[1 + INPUTS:]])


def peers():
    """Rates of one round, by case."""
    command = [sys.executable, PEERS, "--threads", "1", "--repeats", "3", "--patience", "5"]
    lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    return {(case["peer"], case["case"]): case["value"] for case in map(json.loads, lines)}


def main():
    build = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "build")
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    rng = np.random.default_rng(0)
    fan_in = random_aig(rng)
    inputs = rng.integers(0, 2**64, size=(INPUTS, WORDS), dtype=np.uint64)
    best = collections.defaultdict(float)
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        (folder / "random.aig").write_bytes(aiger(fan_in))
        inputs.tofile(folder / "inputs")
        for _ in range(rounds):
            ours = [build / "tests/bench_circuit_sim", folder / "random.aig", folder / "inputs", str(WORDS),
                    folder / "checks", "1"]
            result = json.loads(subprocess.run(ours, check=True, capture_output=True, text=True).stdout)
            if not np.array_equal(np.fromfile(folder / "checks", np.uint64), checks(fan_in, inputs)):
                sys.exit("our values differ from numpy's")
            facts = {key: result.pop(key) for key in ("instruction_set", "table_bytes", "block_words")}
            measured = {("ours", case): rate for case, rate in result.items()}
            for key, rate in (measured | peers()).items():
                best[key] = max(best[key], rate)

    print(f"{facts['instruction_set']}, values {facts['table_bytes'] >> 10} KiB, "
          f"blocks of {facts['block_words']} words; best of {rounds} rounds")
    for (peer, case), rate in sorted(best.items()):
        print(f"{peer:8} {case:46} {rate / 1e9:8.1f} G/s")
    rate, missed = best["ours", "outputs"], []
    print(f"share of the bound: {rate / best['ours', 'bound']:.2f}")
    for peer, least in WANTED.items():
        other = max((r for (p, _), r in best.items() if p == peer), default=None)
        if other is None:
            print(f"{peer}: absent")
            continue
        # numpy and numba compute every AND and fold it; ABC makes its inputs itself.
        like = best["ours", "outputs, inputs made inside" if peer == "abc" else "every AND, folded"]
        print(f"over {peer:6} {rate / other:6.2f} (doing what it does: {like / other:.2f}), wanted {least}")
        if rate < least * other:
            missed.append(peer)
    sys.exit(f"missed: {', '.join(missed)}" if missed else 0)


if __name__ == "__main__":
    main()
