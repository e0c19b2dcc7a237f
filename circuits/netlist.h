// Circuits as lists of named gates in any order: the common ground of the readers of text formats.
#pragma once

#include <string>
#include <vector>

#include "circuits/circuit.h"
#include "circuits/error.h"

namespace circuits {

struct Netlist {
  struct Gate {
    std::string name;
    circuits::Gate gate;
    std::vector<std::string> fanins;  // names of inputs and gates, before or after this one
  };
  struct Port {
    std::string name;
    std::string node;  // the name of an input or a gate
  };
  std::vector<std::string> inputs;
  std::vector<Gate> gates;
  std::vector<Port> outputs;
};

// The circuit of a netlist. Gates keep their order where it is topological already; else a gate is
// moved before the first one that needs it. Throws Error naming the gate and the reason: an empty
// or repeated name, a fan-in that does not exist, a wrong number of fan-ins or parameters, a cycle
// (which is spelt out).
Circuit link(const Netlist& netlist);

// The inverse: link(netlist_of(c)) == c.
Netlist netlist_of(const Circuit& circuit);

}  // namespace circuits
