// Does some latent say what a gate says? For worlds whose features are the gates of a circuit.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

#include "lab/core/rng.h"
#include "lab/scores/scores.h"

namespace lab {

struct GateReport {
  // gate_phi and gate_f1_excess with _null, _null_sd and _p (draws > 0), means over gates.
  Scores scores;
  // Columns base_rate, phi, phi_latent, f1_excess, f1_latent; a row a gate. Empty cells for a gate
  // that is constant in one of the halves.
  Table table;
};

// The samples are split into two random halves. On the first, each gate chooses the latent, the
// threshold (any cut between different codes; a cut next to 0 is 0 itself) and whether to complement
// it; on the second the choice is scored:
//   gate_phi        [−1, 1]  Pearson correlation of detector and gate; chosen by its size
//   gate_f1_excess  (−∞, 1]  (F1 − F1_on)/(1 − F1_on); chosen by F1. An always-on latent scores
//                            F1_on = 2π/(1 + π) at base rate π, so 0 means no better than that
// Oracle 1. Chance 0 but for the scatter of small halves; the null repeats the whole choice with
// gates of shuffled samples (one shuffle for all gates). Signed and dense codes are welcome. The
// choice is made in float32, the scores in float64. Absent without latents, or when every gate is
// constant in a half. Time O(M (B log B + cuts · G · (1 + draws))).
// Throws Failure when a code is not finite, InputError when the numbers of samples differ.
GateReport gate_scores(const at::Tensor& codes_BM, const at::Tensor& gates_BG, std::int64_t draws,
                       const Draw& draw);

}  // namespace lab
