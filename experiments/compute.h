// The experiment `compute`: how well does a network compute many functions at once?
//   world → subject → errors by output, by class of input, beside doing nothing
#pragma once

#include <cstdint>
#include <optional>

#include "experiments/keys.h"
#include "lab/sweep/stage.h"

namespace lab {

struct Compute {
  static constexpr const char* name = "compute";
  static constexpr const char* doc =
      "world → subject (trained, or constructed in superposition) → how far outputs are from their "
      "targets, and how evenly";
  static constexpr std::int64_t revision = 1;
  WorldConfig world;
  SubjectConfig subject;
  std::int64_t samples = 4096;
  std::optional<std::int64_t> all_up_to;
  double epsilon = 0.5;

  void fields(Fields& f);
};

struct ComputeKey {
  static constexpr const char* stage = "compute";
  static constexpr std::int64_t revision = 1;
  TrainKey train;
  std::int64_t samples = 0;
  std::optional<std::int64_t> all_up_to;
  double epsilon = 0;
  void fields(Fields& f);
};

// Stages: train → compute. Scores: those of the training, those of scores/computation.h, and
//   task_loss        the subject's loss; absent where it has none
//   do_nothing_loss  the same of the output 0 (for the targets x + ReLU(x): of the output x)
//   naive_loss       the same when as many outputs as there are hidden neurons (of the last layer) are equal
//                    to their targets and the others do nothing; the oracle's is 0. Absent for the world
//                    `rotations`, of which an output takes several neurons
//   do_nothing_rmse  rmse of that output 0 (or x)
//   hidden_neurons   width of the last hidden layer
//   outputs          number of targets
// Outputs that are logits (bce, hinge) are turned into probabilities first, and the two losses besides
// task_loss are absent. Tables: "computed" of scores/computation.h, for at most 2,000 outputs, and "steps".
StagePtr last_stage(const Compute& config, std::int64_t seed);

}  // namespace lab
