// Losses and their gradients against closed forms in double.
#include "lab/subjects/losses.h"

#include <doctest/doctest.h>
#include <torch/csrc/autograd/autograd.h>
#include <ATen/ATen.h>

#include <cmath>
#include <functional>

#include "lab/core/error.h"
#include "lab/tensors/tensors.h"

using namespace lab;

namespace {

// Checks value and gradient of a loss that is a mean over all elements of term(y, t), whose
// derivative in y is slope(y, t).
void check_elementwise(const LossConfig& loss, const at::Tensor& targets,
                       const std::function<double(double, double)>& term,
                       const std::function<double(double, double)>& slope) {
  const at::Tensor outputs =
      (2 * normals(Draw("test/outputs", 1), 0, 6, 3)).to(at::kDouble).requires_grad_();
  const at::Tensor value = mean_loss(loss, outputs, targets);
  const at::Tensor gradient = torch::autograd::grad({value}, {outputs})[0];
  CHECK(value.dim() == 0);
  const std::vector<double> y = to_vector(outputs), t = to_vector(targets), g = to_vector(gradient);
  double sum = 0;
  for (std::size_t i = 0; i < y.size(); ++i) {
    sum += term(y[i], t[i]);
    CHECK(g[i] == doctest::Approx(slope(y[i], t[i]) / 18).epsilon(1e-9));
  }
  CHECK(value.item<double>() == doctest::Approx(sum / 18).epsilon(1e-9));
}

at::Tensor bits() {
  return uniforms(Draw("test/bits", 2), 0, 6, 3).ge(0.5).to(at::kDouble);
}

}  // namespace

TEST_CASE("mse and power: values and gradients") {
  const at::Tensor t = normals(Draw("test/targets", 1), 0, 6, 3).to(at::kDouble);
  check_elementwise(
      {MeanSquared{}}, t, [](double y, double t) { return (y - t) * (y - t); },
      [](double y, double t) { return 2 * (y - t); });
  for (const double p : {1.0, 2.5, 4.0}) {
    check_elementwise(
        {PowerLoss{p}}, t, [p](double y, double t) { return std::pow(std::abs(y - t), p); },
        [p](double y, double t) {
          return p * std::pow(std::abs(y - t), p - 1) * (y > t ? 1 : -1);
        });
  }
}

TEST_CASE("bce and hinge: values and gradients") {
  const auto sigmoid = [](double y) { return 1 / (1 + std::exp(-y)); };
  check_elementwise(
      {BinaryCrossEntropy{}}, bits(),
      [&](double y, double t) { return -std::log(t == 1 ? sigmoid(y) : 1 - sigmoid(y)); },
      [&](double y, double t) { return sigmoid(y) - t; });
  const auto sign = [](double t) { return t == 1 ? 1.0 : -1.0; };
  check_elementwise(
      {Hinge{}}, bits(), [&](double y, double t) { return std::max(0.0, 1 - sign(t) * y); },
      [&](double y, double t) { return sign(t) * y < 1 ? -sign(t) : 0.0; });
}

TEST_CASE("cross-entropy: log(classes) for equal outputs, and softmax − t as gradient") {
  const at::Tensor t = at::softmax(normals(Draw("test/targets", 3), 0, 6, 3).to(at::kDouble), 1);
  const LossConfig loss{CrossEntropy{}};
  CHECK(mean_loss(loss, at::zeros({6, 3}, at::kDouble), t).item<double>() ==
        doctest::Approx(std::log(3)));
  const at::Tensor y = normals(Draw("test/outputs", 3), 0, 6, 3).to(at::kDouble).requires_grad_();
  const at::Tensor g = torch::autograd::grad({mean_loss(loss, y, t)}, {y})[0];
  CHECK(at::allclose(g, (at::softmax(y, 1) - t) / 6, 1e-9, 1e-12));
}

TEST_CASE("power with p = 2 is mse; large outputs stay finite in bce and cross-entropy") {
  const at::Tensor y = at::tensor({1e4f, -1e4f}).view({1, 2}),
                   t = at::tensor({0.0f, 1.0f}).view({1, 2});
  CHECK(mean_loss({PowerLoss{2}}, y, t).item<double>() ==
        doctest::Approx(mean_loss({MeanSquared{}}, y, t).item<double>()));
  CHECK(mean_loss({BinaryCrossEntropy{}}, y, t).item<double>() == doctest::Approx(1e4));
  CHECK(mean_loss({CrossEntropy{}}, y, t).item<double>() == doctest::Approx(2e4));
}

TEST_CASE("the gradient of |·|^p is 0 where the output is right") {
  const at::Tensor y = at::zeros({1, 2}).requires_grad_();
  for (const double p : {1.0, 1.5, 4.0}) {
    const at::Tensor g =
        torch::autograd::grad({mean_loss({PowerLoss{p}}, y, at::zeros({1, 2}))}, {y})[0];
    CHECK(at::equal(g, at::zeros({1, 2})));
  }
}

TEST_CASE("targets that a loss is not defined for are refused") {
  const at::Tensor halves = at::full({2, 2}, 0.5), twos = at::full({2, 2}, 2.0);
  const LossConfig bce{BinaryCrossEntropy{}}, hinge{Hinge{}}, classes{CrossEntropy{}};
  CHECK_NOTHROW(require_targets(bce, halves));
  CHECK_NOTHROW(require_targets(classes, halves));
  CHECK_NOTHROW(require_targets({MeanSquared{}}, twos));
  CHECK_THROWS_AS(require_targets(bce, twos), InputError);
  CHECK_THROWS_AS(require_targets(hinge, halves), InputError);
  CHECK_THROWS_AS(require_targets(classes, twos), InputError);
  CHECK_THROWS_AS(require_targets(bce, at::full({1, 1}, NAN)), InputError);
}

TEST_CASE("thresholds: 0 for logits, 1/2 for values, none where the largest decides") {
  CHECK(decision_threshold({BinaryCrossEntropy{}}) == 0.0);
  CHECK(decision_threshold({Hinge{}}) == 0.0);
  CHECK(decision_threshold({MeanSquared{}}) == 0.5);
  CHECK(decision_threshold({PowerLoss{}}) == 0.5);
  CHECK_FALSE(decision_threshold({CrossEntropy{}}).has_value());
}
