// Which functions the nodes of a circuit compute, in little memory.
#pragma once

#include <array>
#include <cstdint>
#include <set>
#include <vector>

#include "circuits/circuit.h"
#include "circuits/error.h"

namespace circuits {

// A 128-bit hash of a truth table, the same for a function and its complement and on every machine.
// Different functions share one with probability 2^-128 for tables not made for it.
using FunctionHash = std::array<std::uint64_t, 2>;

// Of every node, from all 2^n inputs in blocks. Time nodes · 2^n / 64, memory 200 bytes a node.
// Throws Error beyond 24 inputs.
std::vector<FunctionHash> function_hashes(const Circuit& circuit);

// The inner functions of a circuit, given its function_hashes: those of its gates that are not
// constant and not those of inputs or outputs.
std::set<FunctionHash> inner_functions(const Circuit& circuit,
                                       const std::vector<FunctionHash>& hashes);

}  // namespace circuits
