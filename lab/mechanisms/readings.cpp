#include "lab/mechanisms/readings.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace lab {
namespace {

constexpr std::size_t kMostParents = 3;

// gates_between for all bits (the lowest four bits of the index) and all parents (four bits each).
const std::vector<std::int64_t>& gate_counts(std::size_t parents) {
  static const std::array<std::vector<std::int64_t>, kMostParents + 1> counts = [] {
    std::array<std::vector<std::int64_t>, kMostParents + 1> all;
    for (std::size_t n = 0; n <= kMostParents; ++n) {
      all[n].resize(std::size_t{16} << (4 * n));
      for (std::size_t index = 0; index < all[n].size(); ++index) {
        std::vector<std::uint8_t> tables;
        for (std::size_t i = 1; i <= n; ++i) tables.push_back(index >> (4 * i) & 15);
        all[n][index] = gates_between(index & 15, tables);
      }
    }
    return all;
  }();
  return counts[parents];
}

// Goes through the thresholds of some neurons; `tables` holds the bits of the chosen ones.
template <class Visit>
void each_choice(const std::vector<std::vector<std::uint8_t>>& cuts,
                 std::vector<std::uint8_t>& tables, const Visit& visit, std::size_t neuron = 0) {
  if (neuron == cuts.size()) return visit();
  if (cuts[neuron].empty()) return each_choice(cuts, tables, visit, neuron + 1);  // left out
  for (const std::uint8_t table : cuts[neuron]) {
    tables[neuron] = table;
    each_choice(cuts, tables, visit, neuron + 1);
  }
}

// The index into gate_counts of the parents that `mask` names, without the lowest four bits.
std::size_t parents_index(unsigned mask, const std::vector<std::uint8_t>& tables) {
  std::size_t index = 0, place = 4;
  for (std::size_t i = 0; i < tables.size(); ++i) {
    if ((mask >> i & 1) == 0) continue;
    index |= std::size_t{tables[i]} << place;
    place += 4;
  }
  return index;
}

}  // namespace

std::vector<std::uint8_t> thresholded(const std::array<double, 4>& values) {
  std::array<double, 4> sorted = values;
  std::sort(sorted.begin(), sorted.end());
  const double same = 1e-9 * std::max(std::abs(sorted.front()), std::abs(sorted.back()));
  std::vector<std::uint8_t> tables;
  for (std::size_t i = 0; i + 1 < 4; ++i) {
    if (sorted[i + 1] - sorted[i] <= same) continue;
    std::uint8_t table = 0;
    for (std::size_t row = 0; row < 4; ++row) {
      table = static_cast<std::uint8_t>(table | (values[row] > sorted[i] + same) << row);
    }
    tables.push_back(table);
  }
  return tables;
}

std::int64_t gates_between(std::uint8_t bits, const std::vector<std::uint8_t>& parents) {
  unsigned ones = 0, zeros = 0;  // combinations of the parents' bits where the gate gives 1, 0
  for (std::size_t row = 0; row < 4; ++row) {
    unsigned combination = 0;
    for (std::size_t i = 0; i < parents.size(); ++i) {
      combination |= static_cast<unsigned>(parents[i] >> row & 1) << i;
    }
    ((bits >> row & 1) != 0 ? ones : zeros) |= 1U << combination;
  }
  if ((ones & zeros) != 0) return 0;
  const int combinations = 1 << parents.size();
  std::int64_t gates = std::int64_t{1} << (combinations - std::popcount(ones | zeros));
  if (parents.size() == 2) {
    for (const unsigned parity : {0b0110U, 0b1001U}) {
      gates -= (ones & ~parity) == 0 && (zeros & parity) == 0;
    }
  }
  return gates;
}

std::int64_t count_readings(const ReadCircuit& circuit) {
  const std::size_t k = circuit.first.size();
  std::vector<std::vector<std::uint8_t>> first_cuts(k), second_cuts(k);
  unsigned in_second = 0;
  for (std::size_t i = 0; i < k; ++i) {
    if (circuit.first_mask[i] != 0) first_cuts[i] = thresholded(circuit.first[i]);
    if (circuit.second_mask[i] != 0) second_cuts[i] = thresholded(circuit.second[i]);
    in_second |= static_cast<unsigned>(circuit.second_mask[i] != 0) << i;
    // A neuron without two values has no threshold, and the circuit no reading.
    if ((circuit.first_mask[i] != 0 && first_cuts[i].empty()) ||
        (circuit.second_mask[i] != 0 && second_cuts[i].empty())) {
      return 0;
    }
  }
  const auto& output_counts = gate_counts(static_cast<std::size_t>(std::popcount(in_second)));
  std::vector<std::uint8_t> first(k), second(k);
  std::int64_t readings = 0;
  each_choice(first_cuts, first, [&] {
    std::vector<std::size_t> parents(k);
    for (std::size_t j = 0; j < k; ++j) parents[j] = parents_index(circuit.second_mask[j], first);
    each_choice(second_cuts, second, [&] {
      std::int64_t gates = output_counts[parents_index(in_second, second) | circuit.output];
      for (std::size_t j = 0; j < k && gates != 0; ++j) {
        if (circuit.second_mask[j] == 0) continue;
        const auto& counts =
            gate_counts(static_cast<std::size_t>(std::popcount(circuit.second_mask[j])));
        gates *= counts[parents[j] | second[j]];
      }
      readings += gates;
    });
  });
  return readings;
}

}  // namespace lab
