// The stage `evaluate`: how much of the truth a dictionary brings back.
#pragma once

#include "experiments/evaluation_sums.h"
#include "experiments/keys.h"
#include "lab/sweep/stage.h"

namespace lab {

// Makes all scores of a dictionary (scores/ and geometry/), beside those of its subject (examine.h).
// Scores against directions that had to be estimated end in _estimated; those that do not apply
// are absent with the reason. For a dictionary that normalises its inputs (dictionary.h) these are the scores
// that weigh by the lengths of atoms or codes: l1, ml2r, placement_…, absorption (not its excess), capture@…
// and n_.9; its directions are compared as they are, and under layer_norm no atom can hold what all
// coordinates share. Tables: "latents", "coordinates", "features", "gates", "gate_probes", "hierarchy", and
// "checkpoints" where the dictionary has some (of the samples that are kept, below; NaN where a score is
// absent).
//
// Memory does not grow with the samples (evaluation_sums.h). Sums over samples are over all of them:
// estimates of directions, reconstruction, l0, dead, bits, l1, loss_recovered, activation_mcc, precision …
// f1_matched, ml2r, and the table of latents' firings. What sorts, shuffles or chooses among samples looks at
// those that are kept, the first 2^26/(latents + coordinates): phi_best, auroc, gates, absorption, the
// classes' mean values, capture, receptive fields and positions; that is all of 100,000 samples up to 668
// latents and coordinates together.
StagePtr evaluate_stage(const EvaluateKey& key);

// What the stage makes, with other bounds on what is held at once.
Product evaluate(const EvaluateKey& key, Context& context, const Held& held);

}  // namespace lab
