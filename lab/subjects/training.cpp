#include "lab/subjects/training.h"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/autograd.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "lab/core/error.h"
#include "lab/worlds/world.h"

namespace lab {
namespace {

// Copies that autograd follows; the originals stay plain and can be read meanwhile.
std::vector<at::Tensor> trainable(const std::vector<at::Tensor>& params) {
  std::vector<at::Tensor> copies;
  for (const at::Tensor& p : params) copies.push_back(p.detach().clone().requires_grad_());
  return copies;
}

void require_finite_loss(double loss, std::int64_t step) {
  if (std::isfinite(loss)) return;
  throw Failure(
      "the loss is not finite at step " + std::to_string(step) +
      ": lower the learning rate (training.optimizer.lr), or the scale of initial weights");
}

// The history: the mean loss since the last row, and what an evaluation found.
class History {
 public:
  explicit History(bool evaluated) {
    if (!evaluated) return;
    for (const char* name : {"train_accuracy", "test_accuracy", "test_loss"}) {
      table_.columns.emplace_back(name);
    }
  }
  void add(double loss) {
    sum_ += loss;
    ++count_;
  }
  double row(std::int64_t steps_done, double lr) {
    const double mean = sum_ / static_cast<double>(count_);
    table_.rows.push_back({static_cast<double>(steps_done), mean, lr});
    sum_ = 0;
    count_ = 0;
    return mean;
  }
  void evaluated(const Evaluated& found) {
    for (const double value : {found.train_accuracy, found.test_accuracy, found.test_loss}) {
      table_.rows.back().push_back(value);
    }
  }
  Record record(const std::optional<double>& target_loss) const {
    Record record;
    const bool trained = !table_.rows.empty();
    const std::string reason = "training.steps is 0";
    record.add("train_loss", trained ? Score::of(table_.rows.back()[1]) : Score::absent(reason));
    record.add("train_steps", trained ? Score::of(table_.rows.back()[0]) : Score::absent(reason));
    if (target_loss) {
      const bool reached = trained && table_.rows.back()[1] <= *target_loss;
      record.add("steps_to_loss", reached ? Score::of(table_.rows.back()[0])
                                          : Score::absent(trained ? "not reached" : reason));
    }
    record.tables["steps"] = table_;
    return record;
  }

 private:
  Table table_{{"step", "loss", "lr"}, {}, {}};
  double sum_ = 0;
  std::int64_t count_ = 0;
};

// Adds the gradient of l1·Σ|w| over weights, which biases are not.
void add_l1(double l1, const std::vector<at::Tensor>& weights, std::vector<at::Tensor>& gradients) {
  for (std::size_t i = 0; i < weights.size(); ++i) {
    if (weights[i].dim() > 1) gradients[i] = gradients[i].add(weights[i].sign(), l1);
  }
}

}  // namespace

Gradient by_autograd(Loss loss) {
  return [loss = std::move(loss)](const std::vector<at::Tensor>& params, const Batch& batch) {
    const at::AutoGradMode with_gradients(true);
    const at::Tensor value = loss(params, batch);
    return LossAndGradients{*value.const_data_ptr<float>(),  // as item(), without a dispatch
                            torch::autograd::grad({value}, params)};
  };
}

Record train(const TrainingConfig& config, const World& world, const Gradient& gradient,
             const Forward& forward, std::vector<at::Tensor>& params, const StopToken& stop,
             std::int64_t seed) {
  const at::NoGradGuard no_gradients;
  std::vector<at::Tensor> weights = trainable(params);
  const std::int64_t test_samples = config.evaluation ? config.evaluation->samples : 0;
  TrainingData data(config.data, world, config.batch, test_samples, seed);
  std::optional<LearningCurve> curve;
  if (config.evaluation) curve.emplace(*config.evaluation, config.loss, world, data);
  const Answers answers = [&](const Batch& batch) { return forward(weights, batch); };
  Optimizer optimizer(config.optimizer, weights);
  History history(curve.has_value());
  std::int64_t done = 0;
  for (std::int64_t step = 0; step < config.steps; ++step) {
    stop.check();
    const Batch batch = data.batch(step);
    if (step == 0) require_targets(config.loss, batch.targets_BT);
    LossAndGradients result = gradient(weights, batch);
    require_finite_loss(result.loss, step);
    if (config.l1 > 0) add_l1(config.l1, weights, result.gradients);
    const double lr = config.optimizer.lr * schedule_factor(config.schedule, step, config.steps);
    optimizer.step(result.gradients, lr);

    history.add(result.loss);
    done = step + 1;
    const bool last = step + 1 == config.steps;
    if (!last && (step + 1) % config.log_every != 0) continue;
    const double mean = history.row(step + 1, lr);
    bool reached = config.target_loss && mean <= *config.target_loss;
    if (curve) {
      const Evaluated found = curve->add(step + 1, answers, stop);
      history.evaluated(found);
      reached = reached || curve->reached(found);
    }
    if (reached) break;
  }
  for (const at::Tensor& p : weights) {
    if (!at::isfinite(p).all().item<bool>()) require_finite_loss(NAN, done);
  }
  std::transform(weights.begin(), weights.end(), params.begin(),
                 [](const at::Tensor& p) { return p.detach(); });
  Record record = history.record(config.target_loss);
  if (curve) record.add(curve->scores());
  return record;
}

Record train(const TrainingConfig& config, const World& world, const Forward& forward,
             std::vector<at::Tensor>& params, const StopToken& stop, std::int64_t seed) {
  const Loss loss = [&](const std::vector<at::Tensor>& weights, const Batch& batch) {
    return mean_loss(config.loss, forward(weights, batch), batch.targets_BT);
  };
  return train(config, world, by_autograd(loss), forward, params, stop, seed);
}

}  // namespace lab
