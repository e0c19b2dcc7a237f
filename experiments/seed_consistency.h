// The analysis `seed_consistency`: does a decomposer find the same dictionary from other seeds?
//   world → subject → site → one dictionary a seed → how alike they are
#pragma once

#include <vector>

#include "experiments/keys.h"
#include "lab/sweep/stage.h"

namespace lab {

struct SeedConsistency {
  static constexpr const char* name = "seed_consistency";
  static constexpr const char* doc =
      "dictionaries of one site that differ in the decomposer's seed alone: how alike are they? "
      "(pairwise mcc, arXiv 2505.20254)";
  static constexpr std::int64_t revision = 1;
  WorldConfig world;
  SubjectConfig subject;
  SiteConfig site;
  DecomposerConfig decomposer;
  std::int64_t dictionaries = 5;
  std::int64_t nulls = 50;

  void fields(Fields& f) {
    f("world", world, required(), "what is true");
    f("subject", subject, required(), "what makes activations");
    f("site", site, any(), "where they are read");
    f("decomposer", decomposer, required(),
      "what takes them apart; its seed s (of a refit: the innermost decomposer's; default: the "
      "run's) gives the seeds s · dictionaries, s · dictionaries + 1, …");
    f("dictionaries", dictionaries, between(2, 1000), "dictionaries, one a seed");
    f("nulls", nulls, at_least(0), "draws of the null distribution; 0: no null");
  }
};

struct SeedConsistencyKey {
  static constexpr const char* stage = "seed_consistency";
  static constexpr std::int64_t revision = 1;
  std::vector<FitKey> fits;
  std::int64_t nulls = 0;
  void fields(Fields& f) {
    f("fits", fits, required(), "the dictionaries");
    f("nulls", nulls, at_least(0), "draws of the null distribution");
  }
};

// Stages: train → fit (one a seed) → seed_consistency. Scores: pw_mcc, pw_mcc_sd and the null's
// (lab/scores/consistency.h); 1 for a decomposer that uses no seed (pca, the oracle). Table "pairs". Throws
// InputError when the seeds do not fit into 63 bits.
StagePtr last_stage(const SeedConsistency& config, std::int64_t seed);

}  // namespace lab
