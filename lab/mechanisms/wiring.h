// Wiring: do the places where gates were found act on one another as the circuit's edges say?
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <set>
#include <utility>
#include <vector>

#include "lab/core/rng.h"
#include "lab/mechanisms/iia.h"

namespace lab {

// A gate (or input) of the circuit and where it was found.
struct FoundGate {
  circuits::Node gate;
  Place place;
};

// The edges of the circuit between found gates: u → v when u is a fan-in of v, or reaches it through nodes that were
// not found (NOT and BUF gates, gates without a place). Throws InputError for a node that there is not.
std::set<std::pair<circuits::Node, circuits::Node>> circuit_edges(
    const circuits::Circuit& circuit, const std::vector<FoundGate>& found);

// Float64 [G, G]: the direct patch effect of place g (row) on place h. The part of the activations at g is
// taken from the source (activation patching; path patching, Goldowsky-Dill et al. 2023, arXiv 2304.05969),
// while all other places at taps after g's and before h's are held at the base's values, so that what passes
// through another found gate does not count. effect = Σ|change of the part at h|² / Σ|its change when it is
// taken from the source|², over pairs. 0: no path, 1: as much as all of h. NaN where the tap of g does not
// come before that of h (Subject::taps), or where h never varies.
at::Tensor patch_effects(const Subject& subject, const Pairs& pairs,
                         const std::vector<FoundGate>& found);

// An effect of at least this is taken for an edge. Fixed beforehand: one of k fan-ins of a gate, exchanged
// alone, gives an AND or OR about ½ and a parity 1 of what exchanging all gives; a tenth is below all
// of these and above rounding.
constexpr double edge_effect = .1;

// Compared are ordered pairs of different gates u, v. A gate that was found at several taps is carried from one to
// the next: v is looked at in its first place, and u acts from its last place before that one. Where there is none
// before it, the pair cannot be tested.
//   edge_precision  [0, 1]  share of the tested pairs with an effect ≥ edge_effect that are edges of the circuit;
//                           absent where no effect is that large
//   edge_recall     [0, 1]  share of the circuit's edges that have such an effect; one that cannot be tested is missed
//   edge_auroc      [0, 1]  probability that an edge has a larger effect than a pair that is none, ties
//                           half; over tested pairs; needs no threshold; chance .5
//   edges_tested            tested pairs
//   edges_true              edges of the circuit between found gates
// with _null, _null_sd, _p of precision, recall and AUROC when the effects are shuffled among the tested pairs
// (`draws` times), so that order alone is no merit. Oracle 1 on networks with known places. Table "wiring": from, to
// (positions in the list), effect, edge (1, 0).
struct WiringReport {
  Scores scores;
  Table table;
};
WiringReport wiring_scores(const Subject& subject, const circuits::Circuit& circuit,
                           const Pairs& pairs, const std::vector<FoundGate>& found,
                           std::int64_t draws, const Draw& draw);

}  // namespace lab
