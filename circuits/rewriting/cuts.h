// Cuts: the functions of gates in terms of nodes shortly below them.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "circuits/circuit.h"
#include "circuits/error.h"
#include "circuits/functions/truth_table.h"
#include "circuits/samplers/random.h"

namespace circuits {

// A cut of a gate: different nodes ("leaves"), not the gate itself, from which it is computed: every
// path from an input to the gate passes through one of them.
using Cut = std::vector<Node>;
inline constexpr std::size_t kMostLeaves = 6;

// Starts with the fan-ins of `gate`; then, with probability 5/6 each time, a leaf drawn uniformly
// from those for which the cut has at most `most` leaves afterwards is replaced by its fan-ins, as
// long as there is one. A leaf whose fan-ins are all leaves then is left out. Empty when the gate has more than `most` different fan-ins itself. Leaves
// are ascending.
Cut random_cut(const Circuit& circuit, Node gate, std::size_t most, const WordSource& words);

// The cuts of at most `most` leaves that such replacements reach, nearest first, but no more than
// `limit` of them.
std::vector<Cut> small_cuts(const Circuit& circuit, Node gate, std::size_t most, std::size_t limit);

// The function of `gate` whose input i is leaf i. Throws Error for more than kMostLeaves leaves, or
// leaves that are no cut of it.
TruthTable cut_table(const Circuit& circuit, Node gate, std::span<const Node> leaves);

}  // namespace circuits
