// Gates inside a circuit: how often each is 1, how often it matters, and how pairs go together.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "circuits/circuit.h"
#include "circuits/error.h"
#include "circuits/evaluation/patterns.h"

namespace circuits {

// All counts are of patterns (patterns.h): exact over all 2^n inputs of up to 24, or of a given
// sample; divide by patterns.count(). Throws Error when the patterns have another number of inputs
// than the circuit.

// Entry v: on how many patterns node v is 1 (controllability: P[gate = 1]). One evaluation.
std::vector<std::uint64_t> count_ones(const Circuit& circuit, const Patterns& patterns);

// Entry v: on how many patterns flipping the value of node v changes an output (observability). For
// each node the part of the circuit that it reaches is evaluated again: up to nodes² in all.
std::vector<std::uint64_t> count_observed(const Circuit& circuit, const Patterns& patterns);

// counts[a][b]: on how many patterns the first node is a and the second b.
struct JointTable {
  std::array<std::array<std::uint64_t, 2>, 2> counts{};
  bool operator==(const JointTable&) const = default;
};

// Row-major [nodes.size(), nodes.size()]. Time nodes.size()² · patterns / 128.
std::vector<JointTable> joint_tables(const Circuit& circuit, std::span<const Node> nodes,
                                     const Patterns& patterns);

// Pearson's correlation of two bits, from −1 (complements) to 1 (equal); not a number when one of
// them is constant.
double phi(const JointTable& table);

}  // namespace circuits
