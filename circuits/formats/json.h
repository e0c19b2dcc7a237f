// Circuits as JSON:
//   {"inputs": ["a", "b"],
//    "gates": [{"name": "both", "op": "and", "in": ["a", "b"]}, …],
//    "outputs": [{"name": "y", "node": "both"}, …]}
// op is one of circuit.h's names but input; a threshold gate also has "bound" and may have "weights"
// (a list of whole numbers, one a fan-in), a lut gate has "table" (hex, as in truth_table.h). Gates
// may stand in any order.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "circuits/circuit.h"
#include "circuits/error.h"

namespace circuits {

nlohmann::json to_json(const Circuit& circuit);

// circuit_from_json(to_json(c)) == c. Throws Error with the place and the reason for a missing,
// unknown or mistyped member, an unknown op, and all that link (netlist.h) refuses.
Circuit circuit_from_json(const nlohmann::json& value);

}  // namespace circuits
