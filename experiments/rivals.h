// The experiment `rivals`: which of several circuits for the same function did a network learn?
//   world → subject → rival circuits → alignments under one search budget → ranks
#pragma once

#include "experiments/keys.h"
#include "lab/mechanisms/candidates.h"
#include "lab/sweep/stage.h"

namespace lab {

struct RivalsConfig {
  std::int64_t count = 10;
  std::int64_t attempts = 300;
  double most_shared = 1;

  void fields(Fields& f) {
    f("count", count, between(1, 1000), "rival circuits that are looked for");
    f("attempts", attempts, between(1, 1'000'000), "attempts to find them at most");
    f("most_shared", most_shared, between(0, 1),
      "largest share of a rival's inner functions that the true circuit computes, too");
  }
};

struct RivalsExperiment {
  static constexpr const char* name = "rivals";
  static constexpr const char* doc =
      "which of several circuits for the same function did the network learn? Ranked by "
      "interchange "
      "intervention accuracy";
  static constexpr std::int64_t revision = 1;
  WorldConfig world;
  SubjectConfig subject;
  RivalsConfig rivals;
  SearchBudget search;
  std::int64_t nulls = 4;
  bool confusion = false;

  void fields(Fields& f) {
    f("world", world, required(), "a boolean world of at most 20 inputs");
    f("subject", subject, required(), "the network");
    f("rivals", rivals, any(), "the other circuits");
    f("search", search, any(), "how much is searched for each inner function");
    f("nulls", nulls, at_least(1), "random networks on which the same search gives the null");
    f("confusion", confusion, any(),
      "make the subject anew for every rival as the true circuit, and tabulate which one ranks "
      "first");
  }
};

// The ranks. The seed of rival circuits and of nothing else is the world's.
struct RankKey {
  static constexpr const char* stage = "rank";
  static constexpr std::int64_t revision = 1;
  TrainKey train;
  RivalsConfig rivals;
  SearchBudget search;
  std::int64_t nulls = 0;
  bool confusion = false;
  void fields(Fields& f) {
    f("train", train, required(), "the network");
    f("rivals", rivals, required(), "the other circuits");
    f("search", search, required(), "the search");
    f("nulls", nulls, at_least(1), "random networks");
    f("confusion", confusion, any(), "whether every rival is planted in turn");
  }
};

// Stages: train → rank. Scores: those of lab/mechanisms/rivals.h, and rivals_found; with confusion also
//   confusion_first  [0, 1]  share of planted circuits that rank first among those that can be
//                            distinguished from them; oracle 1, chance 1/(1 + rivals)
//   confusion_rank   [0, 1]  mean truth_rank over the planted circuits
// Tables: "hypotheses", a row each, the truth first; with confusion "confusion": planted, ranked (numbers
// of hypotheses), iia_excess, first (1 where no other has more, ties and those that cannot be distinguished from it included), in
// long form.
StagePtr last_stage(const RivalsExperiment& config, std::int64_t seed);

}  // namespace lab
