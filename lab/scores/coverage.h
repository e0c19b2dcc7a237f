// Which gates of a circuit have a unit of their own: a latent, a neuron, a principal component, a probe?
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>

#include "lab/core/rng.h"
#include "lab/scores/scores.h"

namespace lab {

// A gate is covered by a set of units when one of them, cut at the best threshold and perhaps
// complemented, correlates with it at least so much on held-out inputs (gates.h: unit, threshold and
// complement are chosen on one half and scored on the other). At base rate ½ this is sensitivity and
// specificity of .95; for rarer gates it asks for more.
constexpr double covered_phi = .9;

struct Coverage {
  Scores scores;
  Table gates;  // columns base_rate, phi, unit, f1_excess; a row a gate, cells empty as in gates.h
};

//   coverage_NAME  [0, 1]  share of gates that are covered, of those that vary in both halves; with _null,
//                          _null_sd and _p (draws > 0): the same choice for gates of shuffled samples
//   phi_NAME       [0, 1]  mean |φ| of the best units
// Oracle 1 where every gate has a direction of its own, chance 0 for large samples. Rows must be
// different inputs. Absent without units, without gates, or when every gate is constant in a half.
// Throws as gate_scores does.
Coverage coverage(const std::string& name, const at::Tensor& units_BM, const at::Tensor& gates_BG,
                  std::int64_t draws, const Draw& draw);

// A row a pair: gate, unit (numbers in their lists), phi, f1 of the unit as a detector of the gate: |φ| at
// the threshold of best |φ| and F1 at that of best F1 (of the unit or its complement), chosen on one half and
// scored on the other, as in gates.h. Empty cells where a gate is constant in a half.
Table unit_matrix(const at::Tensor& units_BM, const at::Tensor& gates_BG, const Draw& draw);

}  // namespace lab
