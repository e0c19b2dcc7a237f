// Sparse parities.
#pragma once

#include "circuits/samplers/parameters.h"
#include "circuits/samplers/random.h"

namespace circuits {

// The parity of k of n inputs, 1 ≤ k ≤ n, 2 ≤ fan_in.
struct ParityShape {
  static constexpr const char* family = "parity";
  static constexpr const char* doc = "parity of k of the inputs, chosen at random";
  std::size_t inputs = 8;
  std::size_t k = 3;
  std::size_t fan_in = 2;  // largest number of fan-ins of a gate

  Parameters parameters();
};

// A circuit of one output. The set of inputs is uniform over all sets of size k; they are combined
// in ascending order, level by level, in runs of `fan_in` (the last one shorter; a run of one moves
// up unchanged), so that fan_in ≥ k gives a single gate. Throws Error for a shape out of range.
Circuit sample_parity(const ParityShape& shape, const WordSource& words);

}  // namespace circuits
