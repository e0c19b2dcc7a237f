// What can be read off a circuit: levels, fan-outs, cones, and which inputs and gates matter.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "circuits/circuit.h"
#include "circuits/error.h"

namespace circuits {

// The largest number of gates on a path from an input or constant to each node. NOT gates are free,
// as in and-inverter graphs.
std::vector<std::size_t> levels(const Circuit& circuit);

// The largest level of an output; 0 without outputs.
std::size_t depth(const Circuit& circuit);

// How many fan-ins of gates each node is; outputs do not count.
std::vector<std::size_t> fan_outs(const Circuit& circuit);

// For every node, whether one of `roots` is it or is computed from it.
std::vector<bool> in_cone(const Circuit& circuit, std::span<const Node> roots);

// The inputs on which a node's value depends.
struct Relevance {
  std::vector<Node> inputs;  // ascending
  // true: by the node's truth table. false: the inputs in its cone, some of which may not matter.
  bool exact;
};
// Exact for circuits of at most `exact_inputs` (≤ 24) inputs.
Relevance relevant_inputs(const Circuit& circuit, Node node, std::size_t exact_inputs = 16);

// For every node, whether flipping its value changes an output on at least one input: exact, by
// exhaustion in blocks. An input that is not observable is irrelevant to all outputs, a gate that
// is not observable is dead. Throws Error beyond 24 inputs.
std::vector<bool> observable(const Circuit& circuit);

}  // namespace circuits
