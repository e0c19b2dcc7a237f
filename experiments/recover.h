// The experiment `recover`: how much of the truth comes back.
//   world → subject → site → decomposer (optional) → scores
#pragma once

#include <optional>

#include "experiments/keys.h"
#include "lab/sweep/stage.h"

namespace lab {

struct Recover {
  static constexpr const char* name = "recover";
  static constexpr const char* doc =
      "world → subject → site → decomposer (optional) → scores: how much of the truth comes back";
  static constexpr std::int64_t revision = 1;
  WorldConfig world;
  SubjectConfig subject;
  SiteConfig site;
  std::optional<DecomposerConfig> decomposer;
  ScoresConfig scores;
  double bits_per_code = 8;

  void fields(Fields& f) {
    f("world", world, required(), "what is true");
    f("subject", subject, required(), "what makes activations");
    f("site", site, any(), "where they are read");
    f("decomposer", decomposer, any(), "what takes them apart; none: scores of the subject alone");
    f("scores", scores, any(), "how scores are measured");
    f("bits_per_code", bits_per_code, above(0),
      "bits that a code takes in the score `bits`, log₂ C(latents, l0) + l0 · bits_per_code");
  }
};

// What is true at the site, before any decomposer.
ExamineKey examine_key(const Recover& config, std::int64_t seed);

// Stages: train → examine (scores of the subject) and fit → evaluate (scores of the dictionary).
StagePtr last_stage(const Recover& config, std::int64_t seed);
// The picture of the dictionary, or of the subject where there is none (picture.h).
StagePtr picture_of(const Recover& config, std::int64_t seed);

}  // namespace lab
