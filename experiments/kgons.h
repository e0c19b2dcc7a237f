// The experiment `kgons`: which critical point of the toy model does training end at?
#pragma once

#include <cstdint>

#include "experiments/keys.h"
#include "lab/sweep/stage.h"

namespace lab {

// An autoencoder of six features of which exactly one is active, its value uniform over [0, 1], in two
// hidden dimensions (theory/kgons.h).
struct Kgons {
  static constexpr const char* name = "kgons";
  static constexpr const char* doc =
      "a toy autoencoder of six features, one active, in two dimensions: which of the critical "
      "losses it "
      "lands on (Chen et al. 2023, arXiv 2310.06301)";
  static constexpr std::int64_t revision = 1;
  double init_sd = 0.1;
  TrainingConfig training;

  void fields(Fields& f) {
    f("init_sd", init_sd, above(0), "standard deviation of the initial weights");
    f("training", training, any(), "how it is trained; the loss is mse");
    f.require(std::holds_alternative<MeanSquared>(training.loss.kind), "training.loss",
              "must be mse");
  }
};

// Scores of the trained weights: expected_loss (exact, L of theory/kgons.h), critical_distance (|L/L' − 1|
// for the nearest critical loss L'), landed_on (its place, 0 … 5, in the order 4, 4+, 4++, 5, 5+, 6),
// corners (vectors longer than ½), and the train_* scores. Table "features": x, y, bias of each.
StagePtr last_stage(const Kgons& config, std::int64_t seed);

}  // namespace lab
