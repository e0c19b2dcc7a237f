"""The toy model of superposition: plain eager PyTorch beside the laboratory, in the same run.

    .venv/bin/python tests/bench/toy_autoencoder.py [ROUNDS]

One training step with fresh data: 200 features, 20 dimensions, batch 1024, one thread each, one after the
other in every round (5 rounds by default), best of all rounds. PyTorch draws at density .1, the laboratory
is averaged over the densities 20^(-k/19), k = 0 ... 19 (`lab bench --only toy_autoencoder`).
"""

import os
import pathlib
import re
import subprocess
import sys
import time

import torch

ROOT = pathlib.Path(__file__).resolve().parents[2]
LAB = os.environ.get("LAB", ROOT / "build/lab")
FEATURES, HIDDEN, BATCH, DENSITY = 200, 20, 1024, 0.1


def eager_step():
    """A function that makes one step: data, forward, backward, Adam."""
    weight = (0.1 * torch.randn(FEATURES, HIDDEN)).requires_grad_()
    bias = torch.zeros(FEATURES, requires_grad=True)
    adam = torch.optim.Adam([weight, bias], lr=1e-3)

    def step():
        present = torch.rand(BATCH, FEATURES) < DENSITY
        values = torch.rand(BATCH, FEATURES) * present
        output = torch.relu(values @ weight @ weight.T + bias)
        loss = (output - values).square().mean()
        adam.zero_grad()
        loss.backward()
        adam.step()

    return step


def torch_seconds(step, steps=50):
    best = float("inf")
    for _ in range(5):
        start = time.perf_counter()
        for _ in range(steps):
            step()
        best = min(best, (time.perf_counter() - start) / steps)
    return best


def lab_seconds():
    out = subprocess.run([LAB, "bench", "--quick", "--only", "toy_autoencoder"], capture_output=True, text=True,
                         check=True).stdout
    return 1 / float(re.search(r"toy_autoencoder.*?([0-9.e+]+) steps/s", out)[1])


def main():
    torch.set_num_threads(1)
    torch.manual_seed(0)
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    step = eager_step()
    torch_seconds(step, 5)  # warm up
    eager, lab = [], []
    for _ in range(rounds):
        eager.append(torch_seconds(step))
        lab.append(lab_seconds())
        print(f"eager PyTorch {eager[-1] * 1e3:.2f} ms a step, laboratory {lab[-1] * 1e3:.2f} ms, "
              f"ratio {eager[-1] / lab[-1]:.2f}", flush=True)
    print(f"best: eager PyTorch {min(eager) * 1e3:.2f} ms, laboratory {min(lab) * 1e3:.2f} ms, "
          f"ratio {min(eager) / min(lab):.2f}")


if __name__ == "__main__":
    main()
