"""Do SAEs that the laboratory trains end where SAELens's end, trained with the same settings on the same activations?

    PYTHON tests/bench/sae_quality.py [--steps 3000] [--seeds 5] [--clip] [--out results/sae_quality]

PYTHON has sae-lens, scipy and safetensors. Two worlds x four families x seeds: the laboratory runs its arms as a sweep,
`lab export` writes the activations they were trained on, SAELens trains on these in the same order, and `lab sae score`
gives both the same scores on other samples, read from `lab table`. Per cell: means and standard deviations over seeds of
the initial weights, Welch's t-test, Holm's correction over all cells. table.csv begins with a comment line that names the
versions. results/sae_quality/README.md says what was made equal, and how.
"""

import argparse
import csv
import importlib.metadata
import json
import math
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
LAB = os.environ.get("LAB", ROOT / "build/lab")
SCORES = ["mse", "l0", "mcc", "f1"]
BATCH, LR, INIT_NORM = 256, 1e-3, 0.1
WORLDS = {
    "superposition": {
        "world": {"kind": "sparse", "features": 64, "probability": {"kind": "equal", "p": 0.05},
                  "magnitude": {"kind": "uniform", "low": 0.5, "high": 1.5}, "seed": 0},
        "subject": {"kind": "embedding", "width": 32, "placement": "random", "seed": 0},
        "latents": 64, "k": 3, "l1": 0.1, "prefixes": [8, 24],
    },
    "tree": {
        "world": {"kind": "tree", "roots": 4, "branching": [3], "seed": 0},
        "subject": {"kind": "embedding", "width": 20, "placement": "random", "seed": 0},
        "latents": 32, "k": 2, "l1": 0.1, "prefixes": [4, 12],
    },
}


def our_arms(world, steps):
    """The settings of our arms: what SAELens has no setting for is left out or off."""
    common = {"latents": world["latents"], "steps": steps, "batch": BATCH,
              "optimizer": {"kind": "adam", "lr": LR}, "unit_norm_decoder": False, "init_norm": INIT_NORM,
              "bias_init": "zero", "dead": "none"}
    return {
        "relu_l1": {"kind": "relu_l1", "l1": world["l1"], "l1_warmup": 0.05} | common,
        "topk": {"kind": "topk", "k": world["k"]} | common,
        "batch_topk": {"kind": "batch_topk", "k": world["k"]} | common,
        "matryoshka": {"kind": "matryoshka", "k": world["k"], "prefixes": world["prefixes"]} | common,
    }


def saelens_config(family, world, d, steps):
    from sae_lens import (BatchTopKTrainingSAEConfig, MatryoshkaBatchTopKTrainingSAEConfig,
                          StandardTrainingSAEConfig, TopKTrainingSAEConfig)

    shape = {"d_in": d, "d_sae": world["latents"], "decoder_init_norm": INIT_NORM}
    sparse = {"k": world["k"], "rescale_acts_by_decoder_norm": False, "aux_loss_coefficient": 0.0}
    if family == "relu_l1":
        return StandardTrainingSAEConfig(**shape, l1_coefficient=world["l1"], l1_warm_up_steps=round(0.05 * steps))
    if family == "topk":
        return TopKTrainingSAEConfig(**shape, **sparse)
    if family == "batch_topk":
        return BatchTopKTrainingSAEConfig(**shape, **sparse)
    widths = [*world["prefixes"], world["latents"]]
    return MatryoshkaBatchTopKTrainingSAEConfig(**shape, **sparse, matryoshka_widths=widths)


def train_saelens(config, x, steps, seed, clip, folder):
    """SAELens's trainer on the rows of x in their order; its gradient clipping, which it has no setting for, can be left
    out. Rows of the decoder start as normal vectors (SAELens: uniform ones) of the same norm."""
    import torch
    from sae_lens.config import SAETrainerConfig
    from sae_lens.registry import get_sae_training_class
    from sae_lens.training.sae_trainer import SAETrainer

    torch.manual_seed(seed)
    sae = get_sae_training_class(config.architecture())[0](config)
    with torch.no_grad():
        rows = torch.nn.functional.normalize(torch.randn_like(sae.W_dec), dim=1) * INIT_NORM
        sae.W_dec.copy_(rows)
        sae.W_enc.copy_(rows.T)
    settings = SAETrainerConfig(total_training_samples=steps * BATCH, train_batch_size_samples=BATCH, lr=LR, lr_end=LR)
    trainer = SAETrainer(settings, sae, iter(x.split(BATCH)))
    original = torch.nn.utils.clip_grad_norm_
    if not clip:
        torch.nn.utils.clip_grad_norm_ = lambda *_: None
    try:
        trainer.fit()
    finally:
        torch.nn.utils.clip_grad_norm_ = original
    sae.save_inference_model(folder)


def lab(*words, cwd=None):
    done = subprocess.run([str(LAB), *map(str, words)], capture_output=True, text=True, cwd=cwd)
    if done.returncode != 0:
        sys.exit(f"lab {' '.join(map(str, words))}: {done.stderr.strip()}")
    return done.stdout


def table(config, out, cwd=None):
    """{arm: [one dict of scores a seed]}"""
    found = {}
    for row in json.loads(lab("table", config, "--out", out, "--format", "json", cwd=cwd))["rows"]:
        found.setdefault(row["point"]["arm"], []).append({score: row["scores"][score] for score in SCORES})
    return found


def scored(folder, bundle, name):
    """An SAE's scores, in the same digits as ours."""
    lab("sae", "score", folder, "--on", bundle, "--name", name)
    [scores] = table(f"scored/{name}.json", ".", cwd=bundle)[name]  # a bundle's paths start from its folder
    return scores


def of_world(name, world, steps, seeds, clip, work):
    """Yields (family, arm, seed, scores)."""
    import torch
    from safetensors.torch import load_file

    arms = our_arms(world, steps)
    config, out, bundle = work / f"{name}.json", work / f"{name}.ours", work / f"{name}.bundle"
    config.write_text(json.dumps({
        "name": name,
        "base": {"kind": "recover", "world": world["world"], "subject": world["subject"],
                 "scores": {"samples": 8192, "nulls": 0}},
        "axes": [[{"name": family, "set": {"decomposer": arm}, "grid": {"decomposer.seed": list(range(seeds))}}
                  for family, arm in arms.items()]],
    }))
    lab("run", config, "--out", out)
    for family, all_scores in table(config, out).items():
        for seed, scores in enumerate(all_scores):
            yield family, "ours", seed, scores
    lab("export", config, "--out", out, "--samples", steps * BATCH, "-o", bundle)
    x = load_file(bundle / "activations.safetensors")["x"]
    torch.set_num_threads(max(1, len(os.sched_getaffinity(0)) // 2))
    for family in arms:
        for seed in range(seeds):
            sae = work / f"{name}.{family}.saelens.{seed}"
            train_saelens(saelens_config(family, world, x.shape[1], steps), x, steps, seed, clip, sae)
            yield family, "saelens", seed, scored(sae, bundle, sae.name)


def holm(p):
    """Adjusted p-values."""
    order, adjusted, least = sorted(range(len(p)), key=p.__getitem__), [1.0] * len(p), 0.0
    for rank, i in enumerate(order):
        least = max(least, min(1.0, p[i] * (len(p) - rank)))
        adjusted[i] = least
    return adjusted


def compare(values):
    """One row a cell."""
    from scipy import stats

    rows = []
    for world, family, score in sorted({key[:3] for key in values}, key=lambda k: (k[0], k[1], SCORES.index(k[2]))):
        a, b = values[world, family, score, "ours"], values[world, family, score, "saelens"]
        row = {"world": world, "family": family, "score": score, "seeds": len(a)}
        for label, x in (("ours", a), ("saelens", b)):
            row |= {f"{label}_mean": statistics.mean(x), f"{label}_sd": statistics.stdev(x)}
        row["difference"] = row["ours_mean"] - row["saelens_mean"]
        if max(row["ours_sd"], row["saelens_sd"]) > 0:
            test = stats.ttest_ind(a, b, equal_var=False)
            interval = test.confidence_interval(0.95)
            row |= {"p": float(test.pvalue), "ci_low": interval.low, "ci_high": interval.high}
        else:  # nothing varies
            row |= {"p": 1.0 if row["difference"] == 0 else 0.0, "ci_low": row["difference"], "ci_high": row["difference"]}
        rows.append(row)
    for row, p in zip(rows, holm([row["p"] for row in rows])):
        row["p_holm"] = p
        row["verdict"] = "no difference found" if p > 0.05 else "differs"
    return rows


def versions():
    """What the numbers were made with."""
    return ", ".join(f"{name} {importlib.metadata.version(name)}" for name in ("sae-lens", "torch", "scipy"))


def write_table(rows, file, made_with):
    """A comment line, then the rows."""
    file.write(f"# {made_with}\n")
    out = csv.DictWriter(file, rows[0].keys(), lineterminator="\n")
    out.writeheader()
    out.writerows({key: rounded(value) for key, value in row.items()} for row in rows)


def rounded(value):
    return float(f"{value:.4g}") if isinstance(value, float) and math.isfinite(value) else value


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=3000)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--out", type=pathlib.Path, default=ROOT / "results/sae_quality")
    parser.add_argument("--clip", action="store_true", help="leave SAELens's gradient clipping in")
    args = parser.parse_args()
    os.environ |= {"TQDM_DISABLE": "1", "WANDB_MODE": "disabled", "HF_HUB_OFFLINE": "1"}
    start, values = time.monotonic(), {}
    with tempfile.TemporaryDirectory(prefix="sae_quality.") as work:
        for name, world in WORLDS.items():
            for family, arm, seed, scores in of_world(name, world, args.steps, args.seeds, args.clip, pathlib.Path(work)):
                print(f"{time.monotonic() - start:5.0f} s  {name} {family} {arm} seed {seed}: "
                      + " ".join(f"{score} {scores[score]:.4g}" for score in SCORES), flush=True)
                for score in SCORES:
                    values.setdefault((name, family, score, arm), []).append(scores[score])
    rows = compare(values)
    args.out.mkdir(parents=True, exist_ok=True)
    with open(args.out / "table.csv", "w", newline="") as file:
        write_table(rows, file, f"{versions()}; {args.steps} steps" + ("; SAELens clips gradients" if args.clip else ""))
    for row in rows:
        print(f"{row['world']:14}{row['family']:11}{row['score']:4} {row['ours_mean']:9.4g} ± {row['ours_sd']:<8.2g} "
              f"SAELens {row['saelens_mean']:9.4g} ± {row['saelens_sd']:<8.2g} p {row['p']:.3g} "
              f"(Holm {row['p_holm']:.3g}) {row['verdict']}")


if __name__ == "__main__":
    main()
