// Simplification by what is visible at each gate, without looking at functions of the inputs.
#pragma once

#include "circuits/circuit.h"

namespace circuits {

// The same function of the inputs with every gate simplified, equal gates shared, and no gates that
// reach no output. From the inputs up, each gate becomes a constant, an earlier node, or one gate:
//   constants      and(a, 0) = 0, or(a, 0) = a, xor(a, 1) = not a, mux(1, a, b) = a, …
//   buffers        buf(a) = a, not(not a) = a, xor(not a, b) = xnor(a, b)
//   duplicates     and(a, a) = a, xor(a, a) = 0, and(a, not a) = 0, xor(a, not a) = 1, maj(a, a, b) = a
//   ordinary gates threshold and lut become the plain gate that they are, if any; weights lose their
//                  common divisor; a mux, maj, threshold (of up to 6 fan-ins) or lut loses those
//                  that do not matter
//   equal gates    of the same op, parameters and fan-ins, in any order where it does not matter,
//                  become one; a gate that is the complement of an earlier one (nand of and) its NOT
// Deeper identities, as or(a, and(a, b)) = a, are not seen; rewrite.h has those.
//
// Inputs, outputs and their names stay. A gate that is not replaced by an earlier node keeps its
// name. A result has no BUF, and a NOT only of inputs and of gates that are not NOT.
// simplify(simplify(c)) == simplify(c). Time and memory are linear in the number of fan-ins.
Circuit simplify(const Circuit& circuit);

}  // namespace circuits
