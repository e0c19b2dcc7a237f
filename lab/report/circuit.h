// A run's circuit as its picture has it (experiments/picture_circuit.h), with what the run says about
// its gates.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "lab/core/record.h"
#include "lab/report/found.h"

namespace lab {

struct CircuitNode {
  std::string name, op;  // "input", "and", …
  std::string computes;  // "and(x0, not x1)"; "" for inputs and constants
  std::size_t level;
  double place;     // downwards; a node is 1 high
  int output;       // 1: it is one, −1: its complement is, 0: neither
  double node;      // its number in the circuit
  double gate_row;  // in the run's table `gates`; NaN: it is no feature
};
struct CircuitBend {
  std::size_t level;
  double place;
};
struct CircuitWire {
  std::size_t from, to;  // positions in `nodes`
  bool inverted;
  std::vector<CircuitBend> bends;  // from left to right
};
struct CircuitView {
  std::vector<CircuitNode> nodes;
  std::vector<CircuitWire> wires;
  std::vector<std::string> taps;  // names of the subject's taps
};

// Throws ConfigError at "where" when the picture has no circuit.
CircuitView circuit_of(const Record& picture);
std::vector<std::string> tap_names(const Record& picture);

// For each node what the run found, by the node's number where its table says that, else by its row;
// nothing for nodes that are no features.
std::vector<std::optional<FoundGate>> found_by_node(const CircuitView& circuit, const Record& run);

// The text, or its first characters and "…": at most `most` characters.
std::string shortened(const std::string& text, std::size_t most);

// For people on a terminal: a line a gate, in the order of levels, with what it computes, the way it was
// found by (`threshold`) and what every way gives; inputs are not listed. Below, how many gates
// were found by which way.
std::string circuit_text(const CircuitView& circuit, const Record& run, double threshold);
// The first units of the matrix, for each kind of unit that the run has: hundredths of |φ|, a line a gate.
// Empty where the run has no table `matrix`.
std::string matrix_text(const Record& run, const std::vector<std::string>& taps);

}  // namespace lab
