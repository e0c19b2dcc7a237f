// Canonical forms of circuits as graphs: whether two circuits are the same up to the numbering of
// their gates.
#pragma once

#include <cstdint>
#include <string>

#include "circuits/circuit.h"
#include "circuits/error.h"

namespace circuits {

// Circuits are isomorphic when their nodes can be matched so that matched nodes have the same op and
// parameters and matched fan-ins (in order for MUX, LUT and weighted THRESHOLD, in any order for the
// others), output i of one is output i of the other, and inputs are matched by position or, with
// AnyOrder, in some order. Names do not matter; gates that reach no output do. It is a matter of
// graphs: equivalent circuits, such as a nand and a negated and, need not be isomorphic.
enum class InputOrder { Fixed, AnyOrder };

// A text that is equal for two circuits exactly when they are isomorphic; it reads as the circuit:
// "2 inputs; 2 and 0 1; 3 not 2; outputs 3". Nodes are told apart by hashes of what is below and
// above them (colour refinement), and where these tie, by branching: one node of a tie is set apart
// after the other and the smallest text wins, ties that an automorphism explains being followed once
// (McKay and Piperno, J. Symbolic Computation 2014). Linear time, up to logarithms, when refinement
// leaves no ties: always for simplified circuits with Fixed inputs. Else time grows with the ties, at
// worst exponentially; throws Error after about 10^8 visits of nodes, a few seconds.
std::string canonical_form(const Circuit& circuit, InputOrder order = InputOrder::Fixed);

bool isomorphic(const Circuit& a, const Circuit& b, InputOrder order = InputOrder::Fixed);

// A number that is equal for isomorphic circuits, the same on every machine. Circuits that are not
// isomorphic may share it by chance (2^-64) or when refinement cannot tell them apart. Never
// branches.
std::uint64_t structure_hash(const Circuit& circuit, InputOrder order = InputOrder::Fixed);

}  // namespace circuits
