// Finding where a network holds the gates of a circuit: alignments gate ↔ place at one tap, chosen by
// interchange accuracy (iia.h) on search pairs. Whoever reports one scores it on fresh pairs.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>
#include <vector>

#include "lab/core/fields.h"
#include "lab/mechanisms/iia.h"

namespace lab {

// What is searched for a variable, and how much. The same budget for all that are compared.
struct PlaceSearch {
  std::string method = "das";
  std::int64_t dimensions = 1;
  std::int64_t pairs = 1024;
  std::int64_t candidates = 16;
  std::int64_t steps = 500;
  std::int64_t batch = 128;
  double lr = 0.01;
  std::int64_t starts = 1;

  void fields(Fields& f) {
    f("method", method, one_of({"neurons", "direction", "das"}),
      "what a place is: the best neurons, the best of three estimated directions, or a subspace "
      "trained by distributed alignment search (Geiger et al. 2023, arXiv 2303.02536)");
    f("dimensions", dimensions, at_least(1),
      "K, neurons or dimensions of a place (a direction has 1)");
    f("pairs", pairs, at_least(16), "pairs of inputs a variable on which its place is chosen");
    f("candidates", candidates, at_least(1),
      "neurons: how many are tried for each of the K, those that correlate most");
    f("steps", steps, at_least(1), "das: training steps of a start");
    f("batch", batch, at_least(1), "das: pairs of each variable in a step");
    f("lr", lr, above(0), "das: Adam's learning rate, which falls to 0 along a cosine");
    f("starts", starts, at_least(1), "das: random starts, of which the best is kept");
    f.require(method != "direction" || dimensions == 1, "dimensions", "must be 1 for a direction");
  }
};

struct FoundPlaces {
  std::vector<Place> places;  // one a variable
  Score search_iia;           // mean balanced accuracy on the search pairs: optimistic
  std::int64_t tried = 0;     // places a variable whose accuracy was compared
};

// A place at `tap` for each variable (gates that are exchanged together):
//   neurons    greedy: of the `candidates` neurons that correlate most with the variable and are not yet
//              taken, the one that raises the balanced accuracy most; K times (the best number of them
//              so far is kept, so that more dimensions never look worse on the search pairs)
//   direction  the best of: ridge probe (scores/probes.h), difference of means, least squares of the
//              activations on all variables together (subjects/directions.h)
//   das        disjoint subspaces of K dimensions each: rows of one matrix with orthonormal rows (the Q of a
//              QR decomposition of free parameters), trained by Adam so that the network's own task loss
//              is small against what the circuit says after an exchange: of each variable alone, and of
//              all at once where there are several. Where the subject has no loss: squared error of the
//              output against 0 and 1. A network whose units step has no gradients to follow.
// Variables and their pairs are drawn from the splits "alignment/…" and from Draw("mechanisms/alignment",
// seed). Throws InputError for a tap that there is not, dimensions that do not fit, a world without a
// circuit, a subject that decides nothing; Failure where no exchange of a variable has an effect.
FoundPlaces find_places(const Subject& subject, const World& world, const std::string& tap,
                        const std::vector<Gates>& variables, const PlaceSearch& search,
                        std::int64_t seed);

// Bool [B, variables]: the value of each variable's first gate.
at::Tensor variable_values(const Truth& truth, const Batch& batch,
                           const std::vector<Gates>& variables);

// The gates of all variables, for exchanging them at once.
Gates all_gates(const std::vector<Gates>& variables);

}  // namespace lab
