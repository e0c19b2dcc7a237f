// The experiment `emulate`: does a network compute its circuit, and where in it are the gates?
//   boolean world → subject → certificate, gates at every tap, places that can be exchanged, wiring
#pragma once

#include "experiments/keys.h"
#include "lab/mechanisms/candidates.h"
#include "lab/sweep/stage.h"

namespace lab {

struct Emulate {
  static constexpr const char* name = "emulate";
  static constexpr const char* doc =
      "does a network compute its circuit, at which taps and in which neurons and directions are "
      "the "
      "gates, and do they act as the circuit says?";
  static constexpr std::int64_t revision = 1;
  WorldConfig world;
  SubjectConfig subject;
  SearchBudget search;
  ScoresConfig scores;

  void fields(Fields& f) {
    f("world", world, required(), "what is true: a world with a circuit");
    f("subject", subject, required(), "the network");
    f("search", search, any(), "how much is searched for a place of each gate");
    f("scores", scores, any(), "how scores are measured");
  }
};

struct MechanismKey {
  static constexpr const char* stage = "mechanism";
  static constexpr std::int64_t revision = 3;
  ExamineKey examine;
  SearchBudget search;
  std::int64_t nulls = 0;
  void fields(Fields& f) {
    f("examine", examine, required(), "the network and its certificate");
    f("search", search, required(), "the search for places");
    f("nulls", nulls, at_least(0), "draws of each null distribution");
  }
};

// Stages: train → examine → mechanism. Scores, beside those of examine.h:
//   exact                               where the inputs are too many to list: 0 when one of the samples is wrong, or
//                                       what lab/mechanisms/symbolic.h can prove; absent and why where it cannot
//   availability.h                      gates in directions, over all taps but the output
//   coverage_neurons, phi_neurons       coverage.h for the neurons of all these taps
//   neurons_described, …                scores/neurons.h: the neurons behind their activation ("….post") as boolean
//                                       functions, described in words of the world's features
//   iia_scores of lab/mechanisms/iia.h  means over the gates that have a place: the candidate
//                                       (candidates.h) of most balanced accuracy on search pairs, scored
//                                       on fresh pairs; iia_random is a random subspace of as many
//                                       dimensions at the same tap, and iia_gates the number of gates
//   iia_untrained_search [0, 1]         the same search and score in the network before training: the null that repeats
//                                       the search (iia_untrained: the trained network's place, put into it)
//   gates_held           [0, 1]         share of those whose iia_balanced is at least .9
//   gates_held_untrained [0, 1]         the same of iia_untrained_search
//   edge_precision, …                   wiring.h between the places of gates that are held, and inputs
//                                       where the subject knows their places
//   cpr, cmd, …                         faithfulness.h over the neurons of all taps "….post"
//   extracted_equivalent, …             extraction.h: the network turned back into a circuit
// Tables: "gates", a row a gate: node, base_rate, neuron_phi, neuron, neuron_tap, direction_phi,
// direction_tap, available_from, place_tap, iia, iia_nothing, iia_whole, iia_random, iia_untrained,
// iia_untrained_search;
// "availability", "wiring", "faithfulness", "extraction"; "neurons" (scores/neurons.h: of "….post", then of
// "….pre") and "matrix" (unit_matrix, with kind 0 and the tap, of "….post"). Tensor "neuron_bits": bool [rows of
// "neurons", inputs], truth tables where all inputs were listed. φ of a direction is that of the probe at direction_tap, cut and
// scored as a unit of coverage.h: a little optimistic, since the tap of the best probe is chosen on the same held-out
// inputs.
StagePtr last_stage(const Emulate& config, std::int64_t seed);

}  // namespace lab
