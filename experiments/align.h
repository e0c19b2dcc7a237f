// The experiment `align`: where at a tap does a network hold given gates of its world's circuit?
//   world → subject → places found on search pairs → interchange accuracy on fresh pairs, beside nulls
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "experiments/keys.h"
#include "lab/mechanisms/alignment.h"
#include "lab/sweep/stage.h"

namespace lab {

struct AlignExperiment {
  static constexpr const char* name = "align";
  static constexpr const char* doc =
      "where at a tap does a network hold given gates? Places found by interchange interventions, "
      "beside what nothing, everything, random places and the untrained network give";
  static constexpr std::int64_t revision = 1;
  WorldConfig world;
  SubjectConfig subject;
  std::string tap;
  std::vector<std::string> gates;
  PlaceSearch search;
  std::int64_t test_pairs = 2048;
  std::int64_t nulls = 20;

  void fields(Fields& f) {
    f("world", world, required(), "a world with a circuit");
    f("subject", subject, required(), "the network");
    f("tap", tap, any(), "where places are looked for; empty: the subject's usual tap");
    f("gates", gates, any().items(1), "names of the gates or inputs of the circuit");
    f("search", search, any(), "how places are found");
    f("test_pairs", test_pairs, at_least(16), "fresh pairs on which they are scored");
    f("nulls", nulls, at_least(0), "random places that each is compared with");
  }
};

struct AlignKey {
  static constexpr const char* stage = "align";
  static constexpr std::int64_t revision = 1;
  TrainKey train;
  std::string tap;
  std::vector<std::string> gates;
  PlaceSearch search;
  std::int64_t test_pairs = 0;
  std::int64_t nulls = 0;
  std::int64_t seed = 0;
  void fields(Fields& f) {
    f("train", train, required(), "the network");
    f("tap", tap, any(), "the tap");
    f("gates", gates, required(), "the gates");
    f("search", search, required(), "how places are found");
    f("test_pairs", test_pairs, at_least(16), "fresh pairs");
    f("nulls", nulls, at_least(0), "random places");
    f("seed", seed, at_least(0), "seed of the search and of the nulls");
  }
};

// Stages: train → align. Scores, means over the gates (absent where one has none):
//   those of iia_scores (lab/mechanisms/iia.h) and of counterfactual_scores (counterfactual.h)
//   iia_lowest              the least iia_balanced of a gate
//   iia_together            balanced, all gates exchanged at once (several gates only)
//   iia_untrained_search    the whole search repeated on the untrained network, and scored on it: what the
//                           method finds where nothing is to be found
//   iia_search              on the search pairs: optimistic
//   emulation_accuracy      share of fresh inputs on which all outputs are right
// Table "alignment": a row a gate, with the scores of each.
StagePtr last_stage(const AlignExperiment& config, std::int64_t seed);

}  // namespace lab
