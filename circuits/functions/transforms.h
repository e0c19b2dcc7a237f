// Truth tables with inputs negated, exchanged, dropped or added.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "circuits/error.h"
#include "circuits/functions/truth_table.h"

namespace circuits {

// g(x) = f(x with input i flipped). All of these throw Error for an input that is not there, and
// take time and memory of a table or a few.
TruthTable flip_input(const TruthTable& table, int i);

// g(x) = f(x with every input in the bit mask flipped).
TruthTable flip_inputs(TruthTable table, std::uint32_t mask);

// g(x) = f(x with the values of inputs i and j exchanged).
TruthTable swap_inputs(const TruthTable& table, int i, int j);

// g(x) = f(y) with y_j = x_order[j]. Throws Error unless `order` is a permutation of 0 … n−1.
TruthTable permute_inputs(TruthTable table, std::span<const int> order);

// The inputs on which f depends, ascending: f is a junta of these.
std::vector<int> relevant_inputs(const TruthTable& table);

// f as a function of the listed inputs only, input j of the result being inputs[j]; the others are
// set to 0. `inputs` ascending.
TruthTable restricted_to(const TruthTable& table, std::span<const int> inputs);

// f as a function of the inputs that matter.
struct Junta {
  std::vector<int> inputs;  // relevant_inputs of f
  TruthTable table;         // restricted to these
};
Junta junta(const TruthTable& table);

// The same; throws Error, naming `what`, when more than `limit` inputs matter.
Junta junta_within(const TruthTable& table, int limit, const std::string& what);

}  // namespace circuits
