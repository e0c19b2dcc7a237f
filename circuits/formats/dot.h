// Pictures of circuits: text for Graphviz's dot, as in
//   dot -Tsvg circuit.dot -o circuit.svg
#pragma once

#include <string>

#include "circuits/circuit.h"

namespace circuits {

struct DotOptions {
  bool gate_names = true;  // under the op, in small print
  bool in_order = true;    // inputs and outputs in their order from the top; false: fewer crossings
};

// From left to right: inputs and constants in the first column, then gates by level (views.h), then
// outputs, each with its name. A NOT is no node of its own but a small circle where its value enters
// a gate or output; NOTs of NOTs cancel. Gates are circles with
//   ∧ ∨ ⊕, ¬∧ ¬∨ ¬⊕       and, or, xor and their complements
//   maj, =                maj, buf
//   mux                   its fan-ins are marked "?" (the choice), "1" and "0" (taken if it is so)
//   ≥ bound               threshold; fan-ins are marked with weights if it has any
//   hex table             lut; fan-ins are marked with their numbers
// and 0 and 1 are constants. Linear in time and memory; dot itself takes long beyond some thousand
// gates.
std::string write_dot(const Circuit& circuit, const DotOptions& options = {});

}  // namespace circuits
