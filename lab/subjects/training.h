// Training by gradient descent on a world's samples.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "lab/core/fields.h"
#include "lab/core/record.h"
#include "lab/core/stop.h"
#include "lab/subjects/losses.h"
#include "lab/tensors/optimizer.h"

namespace lab {

class World;
struct Batch;

struct TrainingConfig {
  std::int64_t steps = 2000;
  std::int64_t batch = 256;
  LossConfig loss;
  OptimizerConfig optimizer;
  ScheduleConfig schedule;
  std::optional<double> target_loss;
  std::int64_t log_every = 100;

  void fields(Fields& f) {
    f("steps", steps, at_least(0), "gradient steps at most; 0: the initial weights");
    f("batch", batch, at_least(1), "samples a step; every step takes new ones");
    f("loss", loss, any(), "what is minimised");
    f("optimizer", optimizer, any(), "how");
    f("schedule", schedule, any(), "learning rate over the steps");
    f("target_loss", target_loss, at_least(0),
      "stop when the mean loss since the last row of the history is at most this; none: never");
    f("log_every", log_every, at_least(1), "steps between two rows of the history");
  }
};

// The output [B, T] for a batch, computed with these parameters.
using Forward =
    std::function<at::Tensor(const std::vector<at::Tensor>& params, const Batch& batch)>;

// Trains `params` and replaces them by the result; step s takes samples s·batch … of the split
// "train". The record has the table "steps", a row every log_every steps and one at the end (step:
// steps done; loss: mean since the last row; lr: the rate of the last step), and the scores
// train_loss (the last row's) and train_steps; both absent when steps is 0. Throws Failure when the
// loss is not finite, InputError when the loss does not fit the targets.
Record train(const TrainingConfig& config, const World& world, const Forward& forward,
             std::vector<at::Tensor>& params, const StopToken& stop);

}  // namespace lab
