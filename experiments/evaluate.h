// The stage `evaluate`: how much of the truth a dictionary brings back.
#pragma once

#include "experiments/keys.h"
#include "lab/sweep/stage.h"

namespace lab {

// Makes all scores of a dictionary (scores/ and geometry/), beside those of its subject (examine.h).
// Scores against directions that had to be estimated end in _estimated; those that do not apply
// are absent with the reason. Tables: "latents", "coordinates",
// "features", "gates", "gate_probes".
StagePtr evaluate_stage(const EvaluateKey& key);

}  // namespace lab
