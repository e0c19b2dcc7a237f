"""A sweep of small networks on boolean worlds, trained and certified: the laboratory beside PyTorch.

    .venv/bin/python tests/bench/emulation_sweep.py [ROUNDS]

64 networks (10 inputs, one hidden layer of 64 ReLUs, 2,000 Adam steps of 256 fresh samples, binary
cross-entropy) learn 64 circuits of two outputs, and each is then checked on all 1,024 inputs. The laboratory runs
them as `lab run --workers 2` of this file's config, everything counted: start, plan, training, certificates,
store. PyTorch runs the same networks in two processes of one thread each; its inputs are drawn
with torch.randint and its circuits are truth tables that are looked up, and start-up, imports and building the
tables are not counted. Once with torch.optim.Adam as it comes, once fused. One after the other in every
round (3 by default), so that other load meets all alike; ratios are of the medians, and of each round.
"""

import json
import multiprocessing
import os
import pathlib
import random
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
LAB = os.environ.get("LAB", ROOT / "build/lab")
NETWORKS, INPUTS, WIDTH, OUTPUTS, STEPS, BATCH = 64, 10, 64, 2, 2000, 256

DRAWN = random.Random(0)
# Output number o of network i is (a and b) xor (c or d) of these four inputs.
CHOSEN = [[DRAWN.sample(range(INPUTS), 4) for _ in range(OUTPUTS)] for _ in range(NETWORKS)]


def circuit(outputs):
    gates = []
    for o, (a, b, c, d) in enumerate(outputs):
        gates += [{"name": f"and{o}", "op": "and", "in": [f"x{a}", f"x{b}"]},
                  {"name": f"or{o}", "op": "or", "in": [f"x{c}", f"x{d}"]},
                  {"name": f"xor{o}", "op": "xor", "in": [f"and{o}", f"or{o}"]}]
    return {"kind": "given", "inputs": [f"x{i}" for i in range(INPUTS)], "gates": gates,
            "outputs": [{"name": f"y{o}", "node": f"xor{o}"} for o in range(len(outputs))]}


CONFIG = {
    "name": "emulation_sweep",
    "base": {
        "kind": "learn",
        "world": "boolean",
        "subject": {"kind": "mlp", "widths": [WIDTH], "init": "uniform",
                    "training": {"steps": STEPS, "batch": BATCH, "loss": "bce",
                                 "optimizer": {"kind": "adam", "lr": 0.003}}},
    },
    "axes": [[{"name": f"network {i}", "set": {"world.circuit": circuit(outputs)}}
              for i, outputs in enumerate(CHOSEN)]],
    "seeds": 1,
}


def lab_seconds():
    with tempfile.TemporaryDirectory() as folder:
        config = pathlib.Path(folder) / "sweep.json"
        config.write_text(json.dumps(CONFIG))
        start = time.perf_counter()
        subprocess.run([LAB, "run", config, "--out", folder, "--workers", "2"], check=True, capture_output=True)
        seconds = time.perf_counter() - start
        table = subprocess.run([LAB, "table", config, "--out", folder, "--format", "json"], check=True,
                               capture_output=True, text=True).stdout
    return seconds, sum(row["scores"]["exact"] for row in json.loads(table)["rows"])


def truth_tables():
    """All inputs [2^n, n], and each network's circuit as a table [2^n, outputs]."""
    import torch

    bits = (torch.arange(2**INPUTS)[:, None] >> torch.arange(INPUTS)) & 1
    tables = [torch.stack([(bits[:, a] & bits[:, b]) ^ (bits[:, c] | bits[:, d]) for a, b, c, d in outputs], 1).float()
              for outputs in CHOSEN]
    return bits.float(), tables


def train_one(inputs, table, fused):
    """Trains one network as users write it; whether it is exact on all inputs."""
    import torch
    from torch import nn

    powers = 2 ** torch.arange(INPUTS)
    model = nn.Sequential(nn.Linear(INPUTS, WIDTH), nn.ReLU(), nn.Linear(WIDTH, OUTPUTS))
    adam = torch.optim.Adam(model.parameters(), lr=0.003, fused=fused)
    for _ in range(STEPS):
        bits = torch.randint(0, 2, (BATCH, INPUTS))
        labels = table[(bits * powers).sum(dim=1)]
        adam.zero_grad()
        nn.functional.binary_cross_entropy_with_logits(model(bits.float()), labels).backward()
        adam.step()
    with torch.no_grad():
        return bool(((model(inputs) > 0) == (table > 0.5)).all())


def worker(half, start_line, end_line, results):
    import torch

    torch.set_num_threads(1)
    torch.manual_seed(half)
    inputs, tables = truth_tables()
    for fused in (False, True):
        train_one(inputs, tables[0], fused)  # warm up
    while (fused := start_line.get()) is not None:
        results.put(sum(train_one(inputs, table, fused) for table in tables[half::2]))
        end_line.put(half)


class Torch:
    """Two processes that wait for rounds."""

    def __init__(self):
        context = multiprocessing.get_context("spawn")
        self.lines = [context.Queue() for _ in range(2)]
        self.ends, self.results = context.Queue(), context.Queue()
        self.workers = [context.Process(target=worker, args=(half, self.lines[half], self.ends, self.results))
                        for half in range(2)]
        for process in self.workers:
            process.start()

    def seconds(self, fused):
        start = time.perf_counter()
        for line in self.lines:
            line.put(fused)
        for _ in self.workers:
            self.ends.get()
        return time.perf_counter() - start, sum(self.results.get() for _ in self.workers)

    def close(self):
        for line in self.lines:
            line.put(None)
        for process in self.workers:
            process.join()


def main():
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    peers = Torch()
    time.sleep(15)  # imports and warm-up
    times = {"laboratory": [], "eager PyTorch": [], "PyTorch, fused Adam": []}
    for _ in range(rounds):
        found = {"laboratory": lab_seconds(), "eager PyTorch": peers.seconds(False),
                 "PyTorch, fused Adam": peers.seconds(True)}
        for name, (seconds, exact) in found.items():
            times[name].append(seconds)
            print(f"{name}: {seconds:.2f} s, {exact:.0f} of {NETWORKS} exact", flush=True)
    peers.close()
    lab = statistics.median(times["laboratory"])
    for name in ("eager PyTorch", "PyTorch, fused Adam"):
        each = [a / b for a, b in zip(times[name], times["laboratory"])]
        print(f"{name}: median {statistics.median(times[name]):.2f} s, laboratory {lab:.2f} s, ratio "
              f"{statistics.median(times[name]) / lab:.2f} (rounds {', '.join(f'{r:.2f}' for r in each)})")


if __name__ == "__main__":
    main()
