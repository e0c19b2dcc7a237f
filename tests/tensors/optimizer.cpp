// The fused updates against the textbook ones in double, and schedules against their formulas.
#include "lab/tensors/optimizer.h"

#include <ATen/ATen.h>
#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "lab/tensors/tensors.h"

using namespace lab;

namespace {

// The update of one number, in double, straight from the formulas of optimizer.h.
struct Textbook {
  double theta;
  double m = 0, v = 0;
  int t = 0;

  void adam(const Adam& c, double lr, double g) {
    g += c.weight_decay * theta;
    moments(c.beta1, c.beta2, g);
    theta -= lr * corrected(c.beta1, c.beta2, c.eps);
  }
  void adamw(const AdamW& c, double lr, double g) {
    theta *= 1 - lr * c.weight_decay;
    moments(c.beta1, c.beta2, g);
    theta -= lr * corrected(c.beta1, c.beta2, c.eps);
  }
  void sgd(const Sgd& c, double lr, double g) {
    g += c.weight_decay * theta;
    m = t++ == 0 ? g : c.momentum * m + g;
    theta -= lr * (c.nesterov ? g + c.momentum * m : m);
  }
  void signs(const SignSgd& c, double lr, double g) {
    m = c.momentum * m + (1 - c.momentum) * g;
    theta = theta * (1 - lr * c.weight_decay) - lr * (m > 0 ? 1 : m < 0 ? -1 : 0);
  }

 private:
  void moments(double beta1, double beta2, double g) {
    ++t;
    m = beta1 * m + (1 - beta1) * g;
    v = beta2 * v + (1 - beta2) * g * g;
  }
  double corrected(double beta1, double beta2, double eps) const {
    return m / (1 - std::pow(beta1, t)) / (std::sqrt(v / (1 - std::pow(beta2, t))) + eps);
  }
};

// The greatest difference between the two after 50 steps with random gradients on 3×37 and 5
// numbers.
template <class Update>
double greatest_difference(const OptimizerConfig& config, at::ScalarType type,
                           const Update& update) {
  const Draw draw("test/optimizer", 3);
  const std::vector<at::Tensor> params{normals(draw, 0, 3, 37).to(type),
                                       normals(draw, 10, 1, 5).to(type)};
  std::vector<std::vector<Textbook>> expected;
  for (const at::Tensor& p : params) {
    expected.emplace_back();
    for (const double x : to_vector(p)) expected.back().push_back({x});
  }
  Optimizer optimizer(config, params);
  for (int s = 0; s < 50; ++s) {
    const std::vector<at::Tensor> grads{normals(draw, 100 + 10 * s, 3, 37).to(type),
                                        normals(draw, 105 + 10 * s, 1, 5).to(type)};
    const double lr = config.lr / (1 + s);
    optimizer.step(grads, lr);
    for (std::size_t i = 0; i < params.size(); ++i) {
      const std::vector<double> g = to_vector(grads[i]);
      for (std::size_t j = 0; j < g.size(); ++j) update(expected[i][j], lr, g[j]);
    }
  }
  double worst = 0;
  for (std::size_t i = 0; i < params.size(); ++i) {
    const std::vector<double> got = to_vector(params[i]);
    for (std::size_t j = 0; j < got.size(); ++j) {
      worst = std::max(worst, std::abs(got[j] - expected[i][j].theta));
    }
  }
  return worst;
}

template <class Kind, class Member>
void check_against_textbook(const Kind& kind, Member member) {
  const OptimizerConfig config{.kind = kind, .lr = 0.05};
  const auto update = [&](Textbook& x, double lr, double g) { (x.*member)(kind, lr, g); };
  CHECK(greatest_difference(config, at::kDouble, update) < 1e-12);
  CHECK(greatest_difference(config, at::kFloat, update) < 1e-5);
}

}  // namespace

TEST_CASE("fused updates equal the textbook's") {
  check_against_textbook(Adam{}, &Textbook::adam);
  check_against_textbook(Adam{.beta1 = 0, .beta2 = 0.9, .eps = 0.1, .weight_decay = 0.3},
                         &Textbook::adam);
  check_against_textbook(AdamW{}, &Textbook::adamw);
  check_against_textbook(AdamW{.beta1 = 0.5, .weight_decay = 2}, &Textbook::adamw);
  check_against_textbook(Sgd{}, &Textbook::sgd);
  check_against_textbook(Sgd{.momentum = 0.9, .weight_decay = 0.1}, &Textbook::sgd);
  check_against_textbook(Sgd{.momentum = 0.5, .nesterov = true}, &Textbook::sgd);
  check_against_textbook(SignSgd{}, &Textbook::signs);
  check_against_textbook(SignSgd{.momentum = 0.9, .weight_decay = 0.3}, &Textbook::signs);
}

TEST_CASE("Adam's first step has the length of the learning rate, whatever the gradient") {
  const at::Tensor x = at::zeros({3}, at::kDouble);
  Optimizer({.kind = Adam{}, .lr = 1}, {x})
      .step({at::tensor({1e-3, -20.0, 7e5}, at::kDouble)}, 0.25);
  const std::vector<double> got = to_vector(x);
  CHECK(got[0] == doctest::Approx(-0.25).epsilon(1e-4));
  CHECK(got[1] == doctest::Approx(0.25));
  CHECK(got[2] == doctest::Approx(-0.25));
}

TEST_CASE("gradient descent on a square: x ← (1 − lr·a)^t x") {
  const at::Tensor x = at::full({1}, 2.0, at::kDouble);
  Optimizer optimizer({.kind = Sgd{}}, {x});
  for (int t = 0; t < 20; ++t) optimizer.step({3 * x.detach()}, 0.1);
  CHECK(x.item<double>() == doctest::Approx(2 * std::pow(0.7, 20)).epsilon(1e-12));
}

TEST_CASE("parameters that require gradients are updated in place and stay leaves") {
  const at::Tensor x = at::ones({4}).requires_grad_();
  const void* memory = x.data_ptr();
  Optimizer optimizer({.kind = Adam{}, .lr = 0.1}, {x});
  optimizer.step({at::ones({4})}, 0.1);
  CHECK(x.data_ptr() == memory);
  CHECK(x.is_leaf());
  CHECK(x.requires_grad());
  CHECK(x.detach()[0].item<float>() == doctest::Approx(0.9));
  CHECK(optimizer.first_moments().size() == 1);
  CHECK(optimizer.second_moments()[0].sizes() == x.sizes());
}

TEST_CASE("zeroed moments forget the past of those rows alone") {
  const at::Tensor x = at::zeros({2, 3});
  Optimizer optimizer({.kind = Adam{}}, {x});
  optimizer.step({at::ones({2, 3})}, 0.1);
  optimizer.first_moments()[0][0].zero_();
  optimizer.second_moments()[0][0].zero_();
  const at::Tensor before = x.clone();
  optimizer.step({at::zeros({2, 3})}, 0.1);
  CHECK(at::equal(x[0], before[0]));
  CHECK_FALSE(at::equal(x[1], before[1]));
}

TEST_CASE("schedules") {
  const ScheduleConfig constant{Constant{}}, cosine{Cosine{.final_share = 0.1}};
  const ScheduleConfig warmup{Warmup{.warmup = 4}}, both{Warmup{.warmup = 10, .then = "cosine"}};
  CHECK(schedule_factor(constant, 7, 10) == 1);
  CHECK(schedule_factor(cosine, 0, 100) == 1);
  CHECK(schedule_factor(cosine, 50, 100) == doctest::Approx(0.55));
  CHECK(schedule_factor(cosine, 100, 100) == doctest::Approx(0.1));
  CHECK(schedule_factor(warmup, 0, 100) == 0.25);
  CHECK(schedule_factor(warmup, 3, 100) == 1);
  CHECK(schedule_factor(warmup, 99, 100) == 1);
  CHECK(schedule_factor(both, 9, 110) == 1);
  const ScheduleConfig wsd{WarmupStableDecay{.warmup = 10, .decay = .2, .final_share = .1}};
  CHECK(schedule_factor(wsd, 0, 100) == doctest::Approx(.1));
  CHECK(schedule_factor(wsd, 9, 100) == 1);
  CHECK(schedule_factor(wsd, 80, 100) == 1);
  CHECK(schedule_factor(wsd, 90, 100) == doctest::Approx(.55));
  CHECK(schedule_factor(wsd, 100, 100) == doctest::Approx(.1));
  const ScheduleConfig flat{WarmupStableDecay{.warmup = 0, .decay = 0}};
  for (const int step : {0, 5, 9}) CHECK(schedule_factor(flat, step, 10) == 1);
  CHECK(schedule_factor(both, 10, 110) == 1);
  CHECK(schedule_factor(both, 60, 110) == doctest::Approx(0.5));
  const ScheduleConfig step{Step{.at = 0.5, .factor = 0.25}};
  CHECK(schedule_factor(step, 0, 10) == 1);
  CHECK(schedule_factor(step, 4, 10) == 1);
  CHECK(schedule_factor(step, 5, 10) == 0.25);
  CHECK(schedule_factor(step, 9, 10) == 0.25);
  double last = 2;
  for (int s = 10; s < 110; ++s) {  // falls, and never below 0
    const double now = schedule_factor(both, s, 110);
    CHECK(now <= last);
    CHECK(now >= 0);
    last = now;
  }
}

TEST_CASE("gradients that lie otherwise in memory are the same gradients") {
  for (const OptimizerConfig& config :
       {OptimizerConfig{Adam{}}, OptimizerConfig{AdamW{}}, OptimizerConfig{Sgd{.momentum = .9}},
        OptimizerConfig{SignSgd{}}}) {
    const at::Tensor start = normals(Draw("test/start", 1), 0, 3, 5);
    const at::Tensor gradient = normals(Draw("test/gradient", 1), 0, 3, 5);
    std::vector<at::Tensor> plain{start.clone()}, turned{start.clone()};
    Optimizer first(config, plain), second(config, turned);
    for (int step = 0; step < 3; ++step) {
      first.step({gradient}, .01);
      second.step({gradient.t().contiguous().t()}, .01);
    }
    CHECK(at::equal(plain[0], turned[0]));
  }
}
