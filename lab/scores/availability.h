// From which tap on is a gate linearly available, and in how many directions?
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

#include "lab/scores/probes.h"
#include "lab/scores/scores.h"

namespace lab {

// One tap of a network and of the same network before training, on the same inputs.
struct TapActs {
  at::Tensor acts_BD;
  at::Tensor untrained_BD;
};

// A gate is available at a tap when a probe (probes.h) on held-out inputs is right this often.
constexpr double available_at = .95;  // balanced accuracy
// Directions are taken out one after another until the best probe that is left is below this; half-way
// from chance to certainty.
constexpr double gone_below = .75;
constexpr std::int64_t most_directions = 8;

struct Availability {
  Scores scores;
  // A row a gate and tap: gate, tap (numbers in their lists), probe_tap, probe_untrained, probe_inputs,
  // directions. Empty cells where a gate is constant in a half of the inputs, or a probe is refused.
  Table table;
  // A row a gate: available_from (the first tap where it is available), direction_tap (the tap of the
  // best probe, the first of equals), direction_probe (the balanced accuracy there).
  Table gates;
};

//   gates_available             [0, 1]  share of gates that are available at some tap
//   gates_available_untrained   [0, 1]  the same before training: what is had for nothing
//   gates_available_inputs      [0, 1]  share of gates that can be read off the inputs
//   availability_tap            [0, ∞)  mean number of the first such tap, of those that have one
//   gate_directions             [1, 8]  mean over them of the directions at that tap, counted by
//                                       iterated null-space projection (Ravfogel et al. 2020,
//                                       arXiv 2004.07667): a probe's direction is projected out,
//                                       another probe fitted, until none reaches .75; at most 8 are
//                                       counted
// Chance: a probe of a gate that is not there has balanced accuracy .5 ± .5/√(rare held-out rows).
// Probes that could fit anything are refused (probes.h). Throws InputError when the numbers of samples
// differ, Failure when an activation is not finite.
Availability availability(const std::vector<TapActs>& taps, const at::Tensor& inputs_BN,
                          const at::Tensor& gates_BG, const InputSplit& split);

}  // namespace lab
