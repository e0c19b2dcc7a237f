// The experiment `modular_addition`: how fast a network learns to add modulo p, and by which algorithm.
//   world residues → subject on two tokens → learning curve, clock and pizza scores
#pragma once

#include <cstdint>

#include "experiments/learn.h"

namespace lab {

struct ModularAddition {
  static constexpr const char* name = "modular_addition";
  static constexpr const char* doc =
      "a + b modulo p → steps to accuracies, and clock or pizza: gradient symmetricity, distance "
      "irrelevance, frequencies of the embedding";
  static constexpr std::int64_t revision = 1;
  WorldConfig world;
  SubjectConfig subject;
  std::int64_t triples = 1000;

  void fields(Fields& f) {
    f("world", world, required(), "residues with the task sum");
    f("subject", subject, required(), "a subject whose tap embed holds both tokens' embeddings");
    f("triples", triples, between(1, 1'000'000),
      "samples (a, b, c) of the gradient symmetricity (100 in the paper)");
  }
};

struct ModularAdditionKey {
  static constexpr const char* stage = "modular_addition";
  static constexpr std::int64_t revision = 1;
  LearnKey learn;
  std::int64_t triples = 0;
  void fields(Fields& f) {
    f("learn", learn, required(), "the subject, and how it learnt");
    f("triples", triples, at_least(1), "samples of the gradient symmetricity");
  }
};

// Stages: train → learn → modular_addition. Scores: those of `learn`; `accuracy`, the share of all p²
// pairs whose largest output is right; those of lab/scores/modular.h on the trained network, and likewise of
// the untrained one (`untrained_…`): gradient_symmetricity, distance_irrelevance, fourier_top5,
// fourier_frequencies (of the first token's embedding). Table: "steps".
// Throws InputError when the world is not residues with the task sum, or the subject neither embedding_mlp
// nor attention.
StagePtr last_stage(const ModularAddition& config, std::int64_t seed);

}  // namespace lab
