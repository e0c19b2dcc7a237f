// The stage `examine`: scores of a subject at a site, before any decomposer.
#pragma once

#include "experiments/evaluation_sums.h"
#include "experiments/keys.h"
#include "lab/sweep/stage.h"

namespace lab {

// Makes the scores true_l0, task_loss, those of scores/emulation.h and scores/probes.h (boolean
// worlds, networks), direction_r2, and with the prefix truth_ the oracle's values of scores that
// depend on the vectors alone: coherence and circle scores; and how the vectors share the space
// (scores/superposition.h). Tables: "outputs" and "wrong_inputs" (emulation.h); "gate_probes", one row a
// gate; "dimensionalities", one row a direction. true_l0, task_loss and estimates of directions are over all
// samples, probes look at the first 2^26/coordinates.
StagePtr examine_stage(const ExamineKey& key);

// What the stage makes, with other bounds on what is held at once.
Product examine(const ExamineKey& key, Context& context, const Held& held);

}  // namespace lab
