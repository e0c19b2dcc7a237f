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
#include "lab/subjects/learning_curve.h"
#include "lab/subjects/losses.h"
#include "lab/subjects/training_data.h"
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
  DataConfig data;
  double l1 = 0;
  std::optional<EvaluationConfig> evaluation;

  void fields(Fields& f) {
    f("steps", steps, at_least(0), "gradient steps at most; 0: the initial weights");
    f("batch", batch, at_least(1), "samples a step");
    f("loss", loss, any(), "what is minimised");
    f("optimizer", optimizer, any(), "how");
    f("schedule", schedule, any(), "learning rate over the steps");
    f("target_loss", target_loss, at_least(0),
      "stop when the mean loss since the last row of the history is at most this; none: never");
    f("log_every", log_every, at_least(1), "steps between two rows of the history");
    f("data", data, any(), "the samples that are trained on and those that are held out",
      Legacy{"{\"kind\":\"online\",\"revision\":1}"});
    f("l1", l1, at_least(0),
      "penalty on the sum of the weights' absolute values (not of biases); not part of the "
      "reported "
      "loss",
      Legacy{"0.0"});
    f("evaluation", evaluation, any(),
      "accuracies at every row of the history, and when to stop because of them; none: not "
      "measured",
      Legacy{"null"});
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

// Trains `params` and replaces them by the result, on the batches of config.data (training_data.h; `seed`
// draws their order). `gradient` is called without autograd's recording, and with parameters that require
// gradients; `forward` gives what is evaluated. The record has the table "steps", a row every log_every
// steps and one at the end (step: steps done; loss: mean since the last row; lr: the rate of the last
// step; with an evaluation train_accuracy, test_accuracy and test_loss), and the scores
//   train_loss (the last row's), train_steps      absent when steps is 0
//   steps_to_loss                                 with target_loss: the first row with at most that
//                                                 mean loss, in steps done; absent when not reached
//   and with an evaluation those of LearningCurve::scores
// The penalty l1·Σ|w| is over parameters of two and more dimensions, with sign(0) = 0. Throws Failure
// when the loss is not finite, InputError when config does not fit the world.
Record train(const TrainingConfig& config, const World& world, const Gradient& gradient,
             const Forward& forward, std::vector<at::Tensor>& params, const StopToken& stop,
             std::int64_t seed = 0);

// The same with config.loss of what `forward` gives, by autograd.
Record train(const TrainingConfig& config, const World& world, const Forward& forward,
             std::vector<at::Tensor>& params, const StopToken& stop, std::int64_t seed = 0);

}  // namespace lab
