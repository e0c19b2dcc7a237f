// What a found part of a network does, and what the rest does: the 2×2 counterfactual scores.
#pragma once

#include <vector>

#include "lab/mechanisms/iia.h"

namespace lab {

// The 2×2: intervene {inside, outside} the places × {the circuit says that it matters, that it does not}.
// For a pair, own is the circuit's output on the base, theirs on the source, `in` what it says of the base with
// the source's gates, `out` of the source with the base's gates.
//   name          exchanged from the source    on pairs where   share that says  if it is low
//   sufficiency   the places                   in ≠ own         in               the gates are (also) elsewhere
//   independence  the places                   in = own         in               something else is there, too
//   necessity     all of the tap but the       out ≠ theirs     out              the rest brings the source's
//                 places                                                         gates about by itself
//   completeness  the same                     out = theirs     out              something of the rest lies in
//                                                                                the places
// Ours, after the controls that go by these names (causal mediation; cause and isolate of RAVEL, Huang et al. 2024,
// arXiv 2402.17700, are the first row). In [0, 1]; oracle 1; for no place 0, 1, 0, 1; for the whole tap the
// first row is that of its exchange and the second 0 or more as the circuit has it. Where all that reaches the
// output goes through the tap, the second row is the first on reversed pairs; where there are bypasses it is
// not. All places must be at one tap, else InputError. Absent with the reason where a cell has no pairs.
Scores counterfactual_scores(const Subject& subject, const Truth& truth, const Interchange& of,
                             const Gates& gates, const std::vector<Place>& places);

}  // namespace lab
