// Numbers that describe a circuit.
#pragma once

#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <vector>

#include "circuits/circuit.h"

namespace circuits {

// Gates other than NOTs and constants: those that views.h counts in levels.
std::size_t gate_count(const Circuit& circuit);

struct CircuitStatistics {
  std::size_t inputs;
  std::size_t outputs;
  std::size_t nodes;                  // inputs, constants and gates
  std::size_t gates;                  // gate_count
  std::vector<std::size_t> by_op;     // nodes of each op, indexed by Op
  std::size_t depth;                  // views.h
  std::vector<std::size_t> by_level;  // gates (as in gate_count) of level 0, 1, …; level 0 has none
  std::size_t most_fanins;            // of a gate; 0 without gates
  double mean_fanins;                 // over gates and NOTs; 0 without
  std::size_t most_fanouts;           // of a node (views.h: fan_outs)
  double mean_fanouts;                // over all nodes; 0 without
  std::size_t unused_inputs;          // that reach no output
  std::size_t dead_gates;             // gates, NOTs and constants that reach no output
  std::size_t ands;                   // of the circuit as an and-inverter graph (aig.h)
};

// Linear time, but for wide thresholds (aig.h).
CircuitStatistics statistics(const Circuit& circuit);

// An object with the members above; by_op has the names of the ops that occur.
nlohmann::json to_json(const CircuitStatistics& statistics);

}  // namespace circuits
