// The analysis `hedging`: do latents let go of something when others are added?
//   world → subject → site → a dictionary, and one with more latents → what the first ones gave up
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "experiments/keys.h"
#include "lab/sweep/stage.h"

namespace lab {

// The same with latents added; nothing where it is no trained sparse autoencoder, whose number of latents can
// be raised without changing how the first ones start. The config may break its own checks: widening_refused
// says so.
std::optional<DecomposerConfig> widened(DecomposerConfig decomposer, std::int64_t added);
// What the checks of the wider config say against it; "" where nothing, or where there is none.
std::string widening_refused(const DecomposerConfig& decomposer, std::int64_t added);

struct HedgingExperiment {
  static constexpr const char* name = "hedging";
  static constexpr const char* doc =
      "a sparse autoencoder and the same with latents added: what do the first latents let go of? "
      "(Chanin et al. 2025, arXiv 2505.11756)";
  static constexpr std::int64_t revision = 1;
  WorldConfig world;
  SubjectConfig subject;
  SiteConfig site;
  DecomposerConfig decomposer;
  std::int64_t added = 4;
  std::int64_t subspaces = 50;

  void fields(Fields& f) {
    f("world", world, required(), "what is true");
    f("subject", subject, required(), "what makes activations");
    f("site", site, any(), "where they are read");
    f("decomposer", decomposer, required(), "the narrower of the two, a trained autoencoder");
    f("added", added, between(1, 1'000'000), "latents that the wider one has more");
    f("subspaces", subspaces, at_least(1), "random subspaces that say what chance gives");
    f.require(widened(decomposer, 0).has_value(), "decomposer",
              "must be a trained sparse autoencoder with a number of latents");
    const std::string refusal = widening_refused(decomposer, added);
    f.require(refusal.empty(), "added", refusal.c_str());
  }
};

struct HedgingKey {
  static constexpr const char* stage = "hedging";
  static constexpr std::int64_t revision = 1;
  FitKey narrower, wider;
  std::int64_t subspaces = 0;
  void fields(Fields& f) {
    f("narrower", narrower, required(), "the dictionary");
    f("wider", wider, required(), "the dictionary with latents added");
    f("subspaces", subspaces, at_least(1), "random subspaces that say what chance gives");
  }
};

// Stages: train → fit (narrower, wider) → hedging. Both dictionaries are trained from the start, on the same
// samples in the same order, and latent i of both starts at the same random atom (drawn by its number); in
// the paper the wider one goes on from the narrower one, trained. Scores: lab/scores/consistency.h. Table
// "latents".
StagePtr last_stage(const HedgingExperiment& config, std::int64_t seed);

}  // namespace lab
