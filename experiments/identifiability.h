// The experiment `identifiability`: many small networks learn one function of two inputs; how many
// explanations has each?
//   world, subject → networks, trained one after another → circuits, readings and mappings of each
#pragma once

#include <cstdint>

#include "experiments/keys.h"
#include "lab/sweep/stage.h"

namespace lab {

struct Identifiability {
  static constexpr const char* name = "identifiability";
  static constexpr const char* doc =
      "circuits, readings and mappings that explain small perceptrons, all counted (Méloux et al. "
      "2025, arXiv 2502.20914)";
  static constexpr std::int64_t revision = 1;
  WorldConfig world;
  SubjectConfig subject;
  std::int64_t networks = 100;
  std::int64_t depth = 3;

  void fields(Fields& f) {
    f("world", world, required(), "a boolean world with two inputs and one output");
    f("subject", subject, required(),
      "an mlp with two hidden layers of one width, at most 4, and biases");
    f("networks", networks, between(1, 100'000), "networks, which differ in their initial weights");
    f("depth", depth, between(1, 3), "gates from the inputs to the output of a candidate formula");
  }
};

struct IdentifiabilityKey {
  static constexpr const char* stage = "identifiability";
  static constexpr std::int64_t revision = 1;
  WorldConfig world;
  SubjectConfig subject;
  std::int64_t networks = 0;
  std::int64_t depth = 0;
  std::int64_t seed = 0;
  void fields(Fields& f) {
    f("world", world, required(), "the function");
    f("subject", subject, required(), "the networks");
    f("networks", networks, at_least(1), "how many");
    f("depth", depth, at_least(1), "depth of candidate formulas");
    f("seed", seed, at_least(0), "seed of the first of them, over their number");
  }
};

// One stage. Network i of a run with seed s is the subject with seed s·networks + i. Counted are the
// networks that compute the function exactly, and whose training loss is at most target_loss where that
// is set; with counts as in lab/mechanisms/identifiability.h:
//   share_learnt [0, 1]      networks that are counted
//   X_median                 X = circuits, sparse_circuits, circuits_rounded, minimal_circuits,
//                            smallest_circuit, readings, sparse_readings; minimal_mappings of two-gate
//                            algorithms and how many algorithms have one; minimal_formula_mappings of
//                            formulas and how many formulas have one: the median over networks
//   one_X [0, 1]             share of them with exactly one; X = circuits, minimal_circuits, readings,
//                            minimal_mappings, minimal_formula_mappings; 1 would be identifiable
//   whole_circuits           circuits there are to choose from
//   candidate_formulas       formulas there are to choose from
//   untrained_minimal_mappings  mean over the networks before training: minimal mappings of two-gate
//                            algorithms for what each happens to compute, where that is not constant
// Scores of minimal circuits and readings are absent where layers are wider than 3, those of networks when
// none is counted. Table "networks": a row a counted network with its seed and counts.
// Throws InputError when world or subject are others.
StagePtr last_stage(const Identifiability& config, std::int64_t seed);

}  // namespace lab
