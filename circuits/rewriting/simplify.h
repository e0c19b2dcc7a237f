// Circuits without what is superfluous in them.
#pragma once

#include "circuits/circuit.h"
#include "circuits/error.h"

namespace circuits {

// A circuit with the same functions in which, apart from NOT gates,
//   every constant and gate is needed: no constant fan-ins, no buffers, no double negations, no
//   repeated or opposite fan-ins, no gate that reaches no output;
//   no two gates are the same up to order of fan-ins, De Morgan's laws and complement;
//   gates are as simple as simple_gate.h says.
// Local: a gate is looked at with its fan-ins only, so gates may still be equal as functions.
//
// Inputs and outputs stay as they are, with their names and in their order. A gate that is kept,
// or becomes a constant or a NOT gate, keeps its name; the first of equal gates stays. A circuit in
// which nothing is superfluous comes back as it is; simplify(simplify(c)) == simplify(c).
// Linear but for sorting of fan-ins, about 3.5 s and 400 MB for a million gates.
Circuit simplify(const Circuit& circuit);

}  // namespace circuits
