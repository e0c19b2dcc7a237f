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

// The mean loss of a batch, a scalar that autograd can follow to the parameters.
using Loss = std::function<at::Tensor(const std::vector<at::Tensor>& params, const Batch& batch)>;

struct LossAndGradients {
  double loss;
  std::vector<at::Tensor> gradients;  // one a parameter, of its shape
};
using Gradient =
    std::function<LossAndGradients(const std::vector<at::Tensor>& params, const Batch& batch)>;

// The loss and its gradients by autograd. What writes its gradients by hand is tested against it.
Gradient by_autograd(Loss loss);

// Trains `params` and replaces them by the result; step s takes samples s·batch … of the split
// "train". `gradient` is called without autograd's recording, and with parameters that require
// gradients. The record has the table "steps", a row every log_every steps and one at the end (step:
// steps done; loss: mean since the last row; lr: the rate of the last step), and the scores
// train_loss (the last row's) and train_steps; both absent when steps is 0. Throws Failure when the
// loss is not finite, InputError when config.loss does not fit the targets.
Record train(const TrainingConfig& config, const World& world, const Gradient& gradient,
             std::vector<at::Tensor>& params, const StopToken& stop);

// The same with config.loss of what `forward` gives, by autograd.
Record train(const TrainingConfig& config, const World& world, const Forward& forward,
             std::vector<at::Tensor>& params, const StopToken& stop);

}  // namespace lab
