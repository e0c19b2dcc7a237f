// Wiring: do the places where gates were found act on one another as the circuit's edges say?
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
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

// The edges of the circuit between found gates, as positions (from, to) in their list: u → v when u is a
// fan-in of v, or reaches it through nodes that were not found (NOT and BUF gates, gates without a place). A gate
// that is found several times has its edges at each of its places.
std::vector<std::pair<std::int64_t, std::int64_t>> circuit_edges(
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

//   edge_precision  [0, 1]  share of the places' edges (effect ≥ edge_effect) that are edges of the circuit;
//                           absent where no effect is that large
//   edge_recall     [0, 1]  share of the circuit's edges that are found; an edge whose places lie at one tap or in
//                           the wrong order is missed
//   edge_auroc      [0, 1]  probability that a circuit's edge has a larger effect than a pair that is
//                           none, ties half; over pairs whose order allows an effect; needs no threshold;
//                           chance .5
//   edges_tested            pairs whose order allows an effect
//   edges_true              edges of the circuit between found gates
// with _null, _null_sd, _p of precision, recall and AUROC under permuted gate labels (`draws` permutations).
// Oracle 1 on networks with known places. Table "wiring": from, to (positions), effect, edge (1, 0).
struct WiringReport {
  Scores scores;
  Table table;
};
WiringReport wiring_scores(const Subject& subject, const circuits::Circuit& circuit,
                           const Pairs& pairs, const std::vector<FoundGate>& found,
                           std::int64_t draws, const Draw& draw);

}  // namespace lab
