// A circuit in numbers: what a table about it shows.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "circuits/circuit.h"

namespace circuits {

struct CircuitStatistics {
  std::size_t inputs = 0;
  std::size_t outputs = 0;
  // Nodes that are no inputs, by the name of their op; ops that do not occur are left out.
  std::map<std::string, std::size_t> ops;
  std::size_t constants = 0;  // ZERO and ONE
  std::size_t inverters = 0;  // NOT gates
  std::size_t gates = 0;      // all others: ops sum to constants + inverters + gates
  std::size_t depth = 0;      // views.h: NOT gates are free
  // Entry l is the number of `gates` of level l + 1; as long as the highest level of a gate, which
  // is more than the depth when the highest gates reach no output. They sum to `gates`.
  std::vector<std::size_t> gates_by_level;
  double mean_fan_in = 0;  // of `gates`; 0 without gates
  std::size_t largest_fan_in = 0;
  double mean_fan_out = 0;  // of all nodes, outputs not counted; 0 without nodes
  std::size_t largest_fan_out = 0;
  std::size_t unreached = 0;      // constants, inverters and gates from which no output is computed
  std::size_t unused_inputs = 0;  // inputs from which no output is computed
  std::size_t ands = 0;           // two-input ANDs of its and-inverter graph (aig.h)
};

// Linear in the size of the circuit (but for wide thresholds: see aig.h).
CircuitStatistics circuit_statistics(const Circuit& circuit);

// An object with a member for each of the above, under the same names.
nlohmann::json to_json(const CircuitStatistics& statistics);

}  // namespace circuits
