// Multi-task sparse parity (Michaud, Liu, Girit and Tegmark, "The quantization model of neural
// scaling", NeurIPS 2023, section 3).
#pragma once

#include "circuits/samplers/parameters.h"
#include "circuits/samplers/random.h"

namespace circuits {

// Inputs: control bits c0 … c<tasks−1>, then task bits t0 … t<bits−1>. On inputs with exactly one
// control bit c<i>, the output is the parity of the task bits in S_i. In general it is the OR over i
// of c<i> AND parity(S_i): an XOR gate for each different set of two or more bits, an AND for each
// task, an OR (without one for a single task). Every S_i is uniform over the sets of k task bits;
// they are independent, or, if `distinct`, different from each other (a uniform sequence of
// different sets; one that is there already is drawn again).
//
// How often a task occurs belongs to the inputs: OneHotBits in inputs.h with zipf_weights(tasks,
// 1 + α) is the paper's distribution.
struct MultitaskShape {
  static constexpr const char* family = "multitask";
  static constexpr const char* doc = "multi-task sparse parity: a control bit selects the task";
  std::size_t tasks = 6;
  std::size_t bits = 10;
  std::size_t k = 3;
  bool distinct = true;

  Parameters parameters();
};
// Throws Error for a shape out of range, k > bits, or when more than half of all C(bits, k) sets
// shall be distinct ones.
Circuit sample_multitask(const MultitaskShape& shape, const WordSource& words);

}  // namespace circuits
