#include "circuits/functions/gates.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <string>

#include "circuits/evaluation/flips.h"

namespace circuits {
namespace {

std::uint64_t count_bits(const Flips::Block& block) {
  std::uint64_t count = 0;
  for (const std::uint64_t word : block) count += static_cast<std::uint64_t>(std::popcount(word));
  return count;
}

Flips::Block both(const Flips::Block& a, const Flips::Block& b) {
  Flips::Block result = a;
  WordBlocks<Flips::kWords>{}.conjoin(result, b);
  return result;
}

// Calls visit(flips) for each block of the patterns.
template <class Visit>
void for_each_block(const Circuit& circuit, const Patterns& patterns, const Visit& visit) {
  Flips flips(circuit, patterns);
  for (std::uint64_t first = 0; first < patterns.words(); first += Flips::kWords) {
    flips.load(first);
    visit(flips);
  }
}

}  // namespace

std::vector<std::uint64_t> count_ones(const Circuit& circuit, const Patterns& patterns) {
  std::vector<std::uint64_t> counts(circuit.nodes(), 0);
  for_each_block(circuit, patterns, [&](const Flips& flips) {
    for (Node v = 0; v < circuit.nodes(); ++v) {
      counts[v] += count_bits(both(flips.value(v), flips.used()));
    }
  });
  return counts;
}

std::vector<std::uint64_t> count_observed(const Circuit& circuit, const Patterns& patterns) {
  std::vector<std::uint64_t> counts(circuit.nodes(), 0);
  for_each_block(circuit, patterns, [&](Flips& flips) {
    for (Node v = 0; v < circuit.nodes(); ++v) counts[v] += count_bits(flips.seen(v));
  });
  return counts;
}

std::vector<JointTable> joint_tables(const Circuit& circuit, std::span<const Node> nodes,
                                     const Patterns& patterns) {
  const std::size_t count = nodes.size();
  for (const Node node : nodes) {
    if (node >= circuit.nodes()) throw Error("there is no node " + std::to_string(node));
  }
  std::vector<std::uint64_t> together(count * count, 0);  // both are 1; second ≥ first
  for_each_block(circuit, patterns, [&](const Flips& flips) {
    for (std::size_t a = 0; a < count; ++a) {
      const Flips::Block first = both(flips.value(nodes[a]), flips.used());
      for (std::size_t b = a; b < count; ++b) {
        together[a * count + b] += count_bits(both(first, flips.value(nodes[b])));
      }
    }
  });
  std::vector<JointTable> tables(count * count);
  for (std::size_t a = 0; a < count; ++a) {
    for (std::size_t b = 0; b < count; ++b) {
      const std::uint64_t ones_a = together[a * count + a], ones_b = together[b * count + b];
      const std::uint64_t ones = together[std::min(a, b) * count + std::max(a, b)];
      tables[a * count + b].counts = {
          {{patterns.count() + ones - ones_a - ones_b, ones_b - ones}, {ones_a - ones, ones}}};
    }
  }
  return tables;
}

double phi(const JointTable& table) {
  const auto& [zero, one] = table.counts;
  const double n00 = static_cast<double>(zero[0]), n01 = static_cast<double>(zero[1]);
  const double n10 = static_cast<double>(one[0]), n11 = static_cast<double>(one[1]);
  const double first = (n00 + n01) * (n10 + n11), second = (n00 + n10) * (n01 + n11);
  if (first == 0 || second == 0) return std::numeric_limits<double>::quiet_NaN();
  return (n00 * n11 - n01 * n10) / (std::sqrt(first) * std::sqrt(second));
}

}  // namespace circuits
