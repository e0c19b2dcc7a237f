// How well a network computes many functions at once, when it has fewer neurons than functions:
// computation in superposition (Vaintrob, Mendel & Hänni 2024; Hänni et al. 2024, arXiv 2408.05451).
#pragma once

#include <ATen/core/Tensor.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "circuits/circuit.h"
#include "lab/scores/scores.h"

namespace lab {

// What is known of a batch besides outputs and targets [B, T]; undefined tensors where it is not.
struct ComputationFacts {
  at::Tensor active_BT;   // bool: whether the input that an output is a function of is positive
  at::Tensor classes_BT;  // int64 0, 1, 2: how many of the two inputs of an output's gate are 1
};

// What is counted over any number of batches, in any order. Sums of the errors e = output − target.
struct Computation {
  struct Sums {
    std::int64_t count = 0;
    double errors = 0, squares = 0;
  };
  std::int64_t inputs = 0;
  std::int64_t off_by_half = 0;  // outputs with |e| > ½
  Sums all;
  std::array<Sums, 3> by_class;     // of ComputationFacts::classes_BT
  std::vector<double> worst;        // by output: the largest |e|
  std::vector<double> squares;      // by output: Σ e²
  std::vector<double> active;       // by output: number of samples that are active
  std::vector<double> active_sums;  // by output: Σ e² over them
  std::vector<std::int64_t> wrong;  // by output: samples on the wrong side of the threshold
  bool has_active = false, has_classes = false, has_threshold = false;
};

// Adds a batch. `threshold`: what decides between the targets 0 and 1, or none for real targets. Throws
// Failure when an output is not finite, InputError when shapes differ.
void add_batch(Computation& computation, const at::Tensor& outputs_BT, const at::Tensor& targets_BT,
               const ComputationFacts& facts, std::optional<double> threshold);

//   name               range   oracle  definition (e = output − target)
//   rmse               [0, ∞)  0       √ mean of e² over samples and outputs
//   worst_error        [0, ∞)  0       largest |e|
//   off_by_half        [0, 1]  0       share of outputs of samples with |e| > ½
//   epsilon_accuracy   [0, 1]  1       share of outputs that are never further than ε from their target
//   exact_outputs      [0, 1]  1       share of outputs on the right side of the threshold on every sample;
//                                      absent for real targets
//   rmse_00, rmse_01, rmse_11          rmse where none, one, both of the inputs of the output's gate are 1
//   bias_00, bias_01, bias_11          mean e there; absent where outputs are no gates of two inputs, or no
//                                      sample is of the class
//   mse_active         [0, ∞)  0       mean over outputs of their mean e² over the samples where they are
//                                      active (a gate: 1; a function of a real feature: the feature is > 0;
//                                      a circuit of `rotations`: it is active)
//   mse_active_cv      [0, ∞)          standard deviation of that over outputs (divided by T), over its
//                                      mean: 0 where all are computed equally well, 1 where half of them are
//                                      computed and half ignored (da Silva & Heimersheim, arXiv 2607.04800)
// What doing nothing scores depends on the targets: experiments put it beside.
Scores computation_scores(const Computation& computation, double epsilon);

// Table "computed", a row an output: rmse, worst, mse_active, wrong (share of samples; NaN where unknown).
Table computation_table(const Computation& computation, const std::vector<std::string>& labels);

// For every output of a circuit its two inputs when it is a gate of exactly two inputs of the circuit; nothing
// when some output is not.
std::optional<std::vector<std::array<circuits::Node, 2>>> output_pairs(
    const circuits::Circuit& circuit);

}  // namespace lab
