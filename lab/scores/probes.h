// What a linear readout of a tap says about a gate.
#pragma once

#include <ATen/core/Tensor.h>

#include "lab/core/rng.h"
#include "lab/scores/scores.h"

namespace lab {

// The first row of each different input, in their order.
at::Tensor distinct_rows(const at::Tensor& inputs_BN);

// Row numbers (int64) of different inputs, half for training and half held out. An input that occurs
// several times is taken once, so that nothing held out was trained on.
struct InputSplit {
  at::Tensor train, test;
};
InputSplit split_inputs(const at::Tensor& inputs_BN, const Draw& draw);

// Balanced accuracy on the held-out rows, ½(P(right | 1) + P(right | 0)) in [0, 1], of one probe a
// gate; NaN for a gate that is constant in training or held-out rows. The probe is the ridge
// regression of the gate on the standardised activations (λ = 1e-3 of their mean square), which is
// Fisher's discriminant, with the threshold of best balanced training accuracy. Chosen over logistic
// regression because it is one linear solve for all gates, deterministic, and has a finite answer on
// separable data; it may miss separations by very unequal weights, alike for all that is compared.
std::vector<double> probe(const at::Tensor& acts_BD, const at::Tensor& gates_BG,
                          const InputSplit& split);

// Unit directions [G, D] of these probes in activation space: what a probe reads is acts · directionᵀ up
// to scale and offset. Zeros for a gate that is constant in the training rows.
at::Tensor probe_directions(const at::Tensor& acts_BD, const at::Tensor& gates_BG,
                            const InputSplit& split);

struct ProbeReport {
  Scores scores;
  Table table;  // columns probe_tap, probe_untrained, probe_inputs; a row a gate
};

//   gate_probe            [−1, 1]  probe_tap − probe_untrained, mean over gates; 0: training added
//                                  nothing that is linear
//   gate_probe_tap        [0, 1]   mean balanced accuracy at the tap; chance .5
//   gate_probe_untrained  [0, 1]   the same at that tap of the untrained net
//   gate_probe_inputs     [0, 1]   the same on the inputs: 1 where a gate is linear to begin with
// Gates that are constant in either half are left out. Refused (absent with the reason) where D ≥
// half the training inputs: a probe could then fit anything. Throws Failure when an activation is not
// finite, InputError when the numbers of samples differ.
ProbeReport probe_scores(const at::Tensor& acts_BD, const at::Tensor& untrained_BD,
                         const at::Tensor& inputs_BN, const at::Tensor& gates_BG,
                         const InputSplit& split);

}  // namespace lab
