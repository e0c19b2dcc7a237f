// The experiment `learn`: how fast a network learns its world's function, and whether it computes it then.
//   world → subject → learning curve and emulation scores
#pragma once

#include "experiments/keys.h"
#include "lab/sweep/stage.h"

namespace lab {

struct Learn {
  static constexpr const char* name = "learn";
  static constexpr const char* doc =
      "world → subject → steps to an accuracy or a loss, and whether the network is exact";
  static constexpr std::int64_t revision = 1;
  WorldConfig world;
  SubjectConfig subject;
  std::int64_t samples = 4096;

  void fields(Fields& f) {
    f("world", world, required(), "what is to be learnt");
    f("subject", subject, required(), "what learns it; training.evaluation says what is measured");
    f("samples", samples, between(2, 10'000'000),
      "samples of the split eval where the world's inputs cannot be listed");
  }
};

struct LearnKey {
  static constexpr const char* stage = "learn";
  static constexpr std::int64_t revision = 1;
  TrainKey train;
  std::int64_t samples = 0;
  void fields(Fields& f) {
    f("train", train, required(), "the subject");
    f("samples", samples, at_least(2), "samples that scores are measured on");
  }
};

// Stages: train → learn. Scores: those of the training (lab/subjects/training.h: train_loss, train_steps,
// steps_to_loss, steps_to_train_P and steps_to_test_P for P = 90, 98, 99, steps_to_exact, train_accuracy, test_accuracy,
// test_loss; those that the training does not measure are absent with the reason), those of
// scores/emulation.h, and grokking_delay = steps_to_test_99 − steps_to_train_99. Table: "steps".
StagePtr last_stage(const Learn& config, std::int64_t seed);

}  // namespace lab
