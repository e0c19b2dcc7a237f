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

// The history: the mean loss since the last row.
class History {
 public:
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
  Record record() const {
    Record record;
    const bool trained = !table_.rows.empty();
    const std::string reason = "training.steps is 0";
    record.add("train_loss", trained ? Score::of(table_.rows.back()[1]) : Score::absent(reason));
    record.add("train_steps", trained ? Score::of(table_.rows.back()[0]) : Score::absent(reason));
    record.tables["steps"] = table_;
    return record;
  }

 private:
  Table table_{{"step", "loss", "lr"}, {}};
  double sum_ = 0;
  std::int64_t count_ = 0;
};

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
             std::vector<at::Tensor>& params, const StopToken& stop) {
  const at::NoGradGuard no_gradients;
  std::vector<at::Tensor> weights = trainable(params);
  Optimizer optimizer(config.optimizer, weights);
  History history;
  for (std::int64_t step = 0; step < config.steps; ++step) {
    stop.check();
    const Batch batch = world.sample("train", step * config.batch, config.batch);
    if (step == 0) require_targets(config.loss, batch.targets_BT);
    const LossAndGradients result = gradient(weights, batch);
    require_finite_loss(result.loss, step);
    const double lr = config.optimizer.lr * schedule_factor(config.schedule, step, config.steps);
    optimizer.step(result.gradients, lr);

    history.add(result.loss);
    const bool last = step + 1 == config.steps;
    if (!last && (step + 1) % config.log_every != 0) continue;
    const double mean = history.row(step + 1, lr);
    if (config.target_loss && mean <= *config.target_loss) break;
  }
  for (const at::Tensor& p : weights) {
    if (!at::isfinite(p).all().item<bool>()) require_finite_loss(NAN, config.steps);
  }
  std::transform(weights.begin(), weights.end(), params.begin(),
                 [](const at::Tensor& p) { return p.detach(); });
  return history.record();
}

Record train(const TrainingConfig& config, const World& world, const Forward& forward,
             std::vector<at::Tensor>& params, const StopToken& stop) {
  const Loss loss = [&](const std::vector<at::Tensor>& weights, const Batch& batch) {
    return mean_loss(config.loss, forward(weights, batch), batch.targets_BT);
  };
  return train(config, world, by_autograd(loss), params, stop);
}

}  // namespace lab
