// Readings of a circuit as gates (identifiability.h says what counts as one).
#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace lab {

// A circuit of a 2 – k – k – 1 perceptron, k ≤ 3, with its neurons' values on the four inputs.
struct ReadCircuit {
  const std::vector<unsigned>&
      first_mask;  // inputs that each first-layer neuron reads; 0: left out
  const std::vector<unsigned>& second_mask;  // first-layer neurons that each second-layer one reads
  const std::vector<std::array<double, 4>>& first;
  const std::vector<std::array<double, 4>>& second;
  std::uint8_t output;  // the bits of the output
};

// The bits that a threshold between two of the four values can give, one table a threshold: at most
// three. Values that differ by less than 1e-9 of the largest are one.
std::vector<std::uint8_t> thresholded(const std::array<double, 4>& values);

// Gates that make `bits` of the parents' bits on the four inputs: 0 where the same bits of the parents
// would have to give both, else 2 to the number of combinations that do not occur, less XOR and its
// complement where two parents are read. At most three parents.
std::int64_t gates_between(std::uint8_t bits, const std::vector<std::uint8_t>& parents);

std::int64_t count_readings(const ReadCircuit& circuit);

}  // namespace lab
