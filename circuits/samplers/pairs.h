// Gates of pairs of inputs: the universal AND (Vaintrob, Mendel and Hänni, "Toward a mathematical
// framework for computation in superposition", 2024), on sparse inputs (AtMostOnes in inputs.h).
#pragma once

#include <utility>

#include "circuits/samplers/parameters.h"
#include "circuits/samplers/random.h"

namespace circuits {

using Pair = std::pair<std::size_t, std::size_t>;

// One gate and one output for every pair: and<i>_<j> for op = and, xor<i>_<j> for op = xor, or both
// one after the other for op = both. Throws Error for a pair twice (in either order), of one input,
// or of inputs that do not exist.
Circuit pair_circuit(std::size_t inputs, const std::vector<Pair>& pairs, const std::string& op);

// The chosen pairs are a uniform set of `pairs` of the n(n−1)/2, in ascending order; all of them for
// pairs = 0.
struct PairsShape {
  static constexpr const char* family = "pairs";
  static constexpr const char* doc = "AND (or XOR) of all pairs of inputs, or of random ones";
  std::size_t inputs = 8;
  std::size_t pairs = 0;
  std::string op = "and";

  Parameters parameters();
};
// Throws Error for a shape out of range or more pairs than there are.
Circuit sample_pairs(const PairsShape& shape, const WordSource& words);

}  // namespace circuits
