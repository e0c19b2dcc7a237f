// Does a network compute its circuit?
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include "lab/scores/scores.h"

namespace lab {

// The decision threshold: an output above it says true. An output on it is wrong either way.
constexpr double logit_threshold = 0;   // outputs are logits (trained by cross-entropy or hinge)
constexpr double value_threshold = .5;  // outputs are estimates of 0 and 1 (trained by a distance)

// An input on which some output is wrong.
struct WrongInput {
  std::int64_t input;   // its number
  std::int64_t target;  // the target of least margin
  double margin;
};
constexpr std::size_t most_wrong_listed = 100;

// What is counted over any number of batches, in any order.
struct Emulation {
  std::int64_t inputs = 0;
  std::int64_t wrong_inputs = 0;  // with at least one wrong target
  std::int64_t wrong_bits = 0;
  std::int64_t bits = 0;
  double margin =
      std::numeric_limits<double>::infinity();  // least signed distance to the threshold
  std::vector<std::int64_t> wrong_by_target;
  std::vector<double> margin_by_target;
  std::vector<WrongInput> wrong;  // the first ones by number, at most most_wrong_listed
};

// Adds a batch of inputs number first, first+1, …. Targets are 0 and 1. Throws Failure when an output is not finite, InputError when
// the shapes differ.
void add_batch(Emulation& emulation, const at::Tensor& outputs_BT, const at::Tensor& targets_BT,
               double threshold, std::int64_t first = 0);

//   name                    range     chance (T targets)  oracle  definition
//   exact                   {0, 1}    0                   1       no input is wrong; only when the
//                                                                 batches were the whole support,
//                                                                 else absent
//   margin                  (−∞, ∞)   < 0                 > 0     least over inputs and targets of
//                                                                 ±(output − threshold), + if true
//   wrong_inputs            [0, B]    B(1 − 2^−T)         0       inputs with a wrong target
//   emulation_accuracy      [0, 1]    2^−T                1       share of inputs without one
//   emulation_accuracy_low                                        its Clopper-Pearson 95 % interval;
//   emulation_accuracy_high                                       the accuracy itself when the
//                                                                 batches were the whole support
//   bit_accuracy            [0, 1]    base rate           1       share of targets that are right
Scores emulation_scores(const Emulation& emulation, bool whole_support);

// Tables "outputs", a row a target: accuracy, margin; and "wrong_inputs", a row a listed input: input (its
// number; bit i of a listed world's is input bit i), target, margin.
std::map<std::string, Table> emulation_tables(const Emulation& emulation);

}  // namespace lab
