// Optimisers and learning-rate schedules, shared by everything that is trained. One step is one
// fused LibTorch kernel a parameter, several times cheaper for small nets than torch::optim.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "lab/core/fields.h"

namespace lab {

// m ← β₁m + (1−β₁)g, v ← β₂v + (1−β₂)g², θ ← θ − lr·m̂/(√v̂ + eps), with m̂ = m/(1−β₁ᵗ) and
// v̂ = v/(1−β₂ᵗ) at step t = 1, 2, …; g includes weight_decay·θ.
struct Adam {
  static constexpr const char* name = "adam";
  static constexpr const char* doc = "Adam (Kingma & Ba 2015, arXiv 1412.6980, algorithm 1)";
  static constexpr std::int64_t revision = 1;
  double beta1 = 0.9;
  double beta2 = 0.999;
  double eps = 1e-8;
  double weight_decay = 0;

  void fields(Fields& f) {
    f("beta1", beta1, at_least(0).below(1), "decay of the mean gradient");
    f("beta2", beta2, at_least(0).below(1), "decay of the mean squared gradient");
    f("eps", eps, above(0), "added to the root of the mean squared gradient");
    f("weight_decay", weight_decay, at_least(0),
      "L2 penalty: added to the gradient, times the weights");
  }
};

// As Adam, but the weights shrink by the factor 1 − lr·weight_decay before each update.
struct AdamW {
  static constexpr const char* name = "adamw";
  static constexpr const char* doc =
      "AdamW: Adam with decoupled weight decay (Loshchilov & Hutter 2019, arXiv 1711.05101)";
  static constexpr std::int64_t revision = 1;
  double beta1 = 0.9;
  double beta2 = 0.999;
  double eps = 1e-8;
  double weight_decay = 0.01;

  void fields(Fields& f) {
    f("beta1", beta1, at_least(0).below(1), "decay of the mean gradient");
    f("beta2", beta2, at_least(0).below(1), "decay of the mean squared gradient");
    f("eps", eps, above(0), "added to the root of the mean squared gradient");
    f("weight_decay", weight_decay, at_least(0), "shrinkage a step, in units of the learning rate");
  }
};

// u ← momentum·u + g (u = g at the first step), θ ← θ − lr·u; nesterov: θ ← θ − lr·(g +
// momentum·u).
struct Sgd {
  static constexpr const char* name = "sgd";
  static constexpr const char* doc =
      "stochastic gradient descent with momentum (Sutskever et al. 2013, as in PyTorch)";
  static constexpr std::int64_t revision = 1;
  double momentum = 0;
  bool nesterov = false;
  double weight_decay = 0;

  void fields(Fields& f) {
    f("momentum", momentum, at_least(0).below(1), "share of the last update that is kept");
    f("nesterov", nesterov, any(), "look ahead along the momentum");
    f("weight_decay", weight_decay, at_least(0),
      "L2 penalty: added to the gradient, times the weights");
    f.require(!nesterov || momentum > 0, "nesterov", "needs momentum above 0");
  }
};

// u ← momentum·u + (1−momentum)·g, θ ← (1 − lr·weight_decay)·θ − lr·sign(u), sign(0) = 0.
struct SignSgd {
  static constexpr const char* name = "sign_sgd";
  static constexpr const char* doc =
      "steps of one size along the gradient's signs, with momentum Signum (Bernstein et al. 2018, "
      "arXiv 1802.04434)";
  static constexpr std::int64_t revision = 1;
  double momentum = 0;
  double weight_decay = 0;

  void fields(Fields& f) {
    f("momentum", momentum, at_least(0).below(1),
      "decay of the mean gradient whose signs are taken");
    f("weight_decay", weight_decay, at_least(0), "shrinkage a step, in units of the learning rate");
  }
};

struct OptimizerConfig {
  static constexpr const char* room = "optimizers";
  std::variant<Adam, AdamW, Sgd, SignSgd> kind;
  double lr = 1e-3;

  void fields(Fields& f) {
    f.kind(kind);
    f("lr", lr, above(0), "learning rate before the schedule");
  }
};

struct Constant {
  static constexpr const char* name = "constant";
  static constexpr const char* doc = "the learning rate stays as it is";
  static constexpr std::int64_t revision = 1;
  void fields(Fields&) {}
};

struct Cosine {
  static constexpr const char* name = "cosine";
  static constexpr const char* doc =
      "half a cosine from the learning rate down to a share of it (Loshchilov & Hutter 2017, eq. "
      "5)";
  static constexpr std::int64_t revision = 1;
  double final_share = 0;

  void fields(Fields& f) {
    f("final_share", final_share, between(0, 1),
      "the rate at the end, as a share of the learning rate");
  }
};

struct Warmup {
  static constexpr const char* name = "warmup";
  static constexpr const char* doc =
      "a straight line from 0 up to the learning rate, then another schedule";
  static constexpr std::int64_t revision = 1;
  std::int64_t warmup = 100;
  std::string then = "constant";
  double final_share = 0;

  void fields(Fields& f) {
    f("warmup", warmup, at_least(1), "steps until the learning rate is reached");
    f("then", then, one_of({"constant", "cosine"}), "what follows");
    f("final_share", final_share, between(0, 1),
      "cosine: the rate at the end, as a share of the learning rate");
  }
};

struct Step {
  static constexpr const char* name = "step";
  static constexpr const char* doc = "the learning rate falls once, at a share of the steps";
  static constexpr std::int64_t revision = 1;
  double at = 0.5;
  double factor = 0.1;

  void fields(Fields& f) {
    f("at", at, between(0, 1), "share of the steps after which it falls");
    f("factor", factor, between(0, 1), "what it is multiplied by from there on");
  }
};

struct WarmupStableDecay {
  static constexpr const char* name = "wsd";
  static constexpr const char* doc =
      "warm-up, stable, decay: straight lines up to the learning rate, along it, and down to a "
      "share of it (Hu et al. 2024, arXiv 2404.06395; decay in a straight line)";
  static constexpr std::int64_t revision = 1;
  std::int64_t warmup = 100;
  double decay = 0.2;
  double final_share = 0;

  void fields(Fields& f) {
    f("warmup", warmup, at_least(0), "steps until the learning rate is reached");
    f("decay", decay, between(0, 1), "share of the steps, at the end, in which it falls");
    f("final_share", final_share, between(0, 1),
      "the rate at the end, as a share of the learning rate");
  }
};

struct ScheduleConfig {
  static constexpr const char* room = "schedules";
  std::variant<Constant, Cosine, Warmup, Step, WarmupStableDecay> kind;
  void fields(Fields& f) { f.kind(kind); }
};

// What multiplies the learning rate at step 0 … steps−1; in [0, 1]. Cosine: s +
// (1−s)(1+cos(π·step/steps))/2. Warm-up: (step+1)/warmup, then 1 or the cosine over the steps that
// are left. Step: 1 while step < at·steps, then the factor. Wsd: the least of (step+1)/warmup, 1 and
// 1 − (1−s)(1 − left/(decay·steps)), left = steps − step.
double schedule_factor(const ScheduleConfig& schedule, std::int64_t step, std::int64_t steps);

// Updates parameters in place. Holds handles of them and of its moments: copies share both.
class Optimizer {
 public:
  // float32 or float64 parameters, all on one device; they may require gradients.
  Optimizer(const OptimizerConfig& config, std::vector<at::Tensor> params);

  // One update with one gradient a parameter, of its shape and type, at the learning rate `lr` (the
  // config's, times the schedule's factor).
  void step(const std::vector<at::Tensor>& grads, double lr);

  const std::vector<at::Tensor>& params() const { return params_; }
  // Running means, one a parameter, of its shape: of the gradient (adam, adamw) or of the update
  // (sgd and sign_sgd with momentum), and of the squared gradient (adam, adamw). Empty where there are none.
  // Writing zeros to rows of them forgets the past of those rows.
  const std::vector<at::Tensor>& first_moments() const { return first_; }
  const std::vector<at::Tensor>& second_moments() const { return second_; }

 private:
  OptimizerConfig config_;
  std::vector<at::Tensor> params_, first_, second_;
  std::vector<at::Tensor> counts_;  // the step's number, once a parameter, as the kernels want it
  bool started_ = false;
};

}  // namespace lab
