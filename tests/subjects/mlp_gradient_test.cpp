// Gradients by hand against autograd, for every activation and loss.
#include "lab/subjects/mlp_gradient.h"

#include <ATen/ATen.h>
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "lab/subjects/activation.h"
#include "lab/subjects/loss_gradients.h"
#include "lab/tensors/tensors.h"
#include "lab/worlds/world.h"

using namespace lab;

namespace {

const std::vector<LossConfig>& losses() {
  static const std::vector<LossConfig> all{
      {MeanSquared{}}, {PowerLoss{1}},         {PowerLoss{2.5}}, {PowerLoss{2.3}},
      {PowerLoss{4}},  {BinaryCrossEntropy{}}, {Hinge{}},        {CrossEntropy{}}};
  return all;
}

// The definition, as operations that autograd follows.
Loss definition(const std::string& activation, bool bias, const LossConfig& loss) {
  return [=](const std::vector<at::Tensor>& params, const Batch& batch) {
    const std::size_t stride = bias ? 2 : 1, layers = params.size() / stride;
    at::Tensor acts = batch.inputs_BN;
    for (std::size_t i = 0; i < layers; ++i) {
      acts = acts.mm(params[i * stride].t());
      if (bias) acts = acts + params[i * stride + 1];
      if (i + 1 < layers) acts = activation_named(activation).apply(acts);
    }
    return mean_loss(loss, acts, batch.targets_BT);
  };
}

std::vector<at::Tensor> parameters(const std::vector<std::int64_t>& widths, bool bias) {
  std::vector<at::Tensor> params;
  for (std::size_t i = 0; i + 1 < widths.size(); ++i) {
    const Draw draw("test/weights" + std::to_string(i), 1);
    params.push_back((0.5 * normals(draw, 0, widths[i + 1], widths[i])).requires_grad_());
    if (bias) params.push_back(normals(draw, 1000, 1, widths[i + 1])[0].clone().requires_grad_());
  }
  return params;
}

// Inputs are normal; targets are bits, or one-hot for cross-entropy.
Batch batch_of(const LossConfig& loss, std::int64_t rows, std::int64_t inputs,
               std::int64_t targets) {
  Batch batch;
  batch.inputs_BN = normals(Draw("test/inputs", 2), 0, rows, inputs);
  const at::Tensor drawn = uniforms(Draw("test/targets", 2), 0, rows, targets);
  const bool classes = std::holds_alternative<CrossEntropy>(loss.kind);
  batch.targets_BT =
      (classes ? at::one_hot(drawn.argmax(1), targets) : drawn.ge(0.5)).to(at::kFloat);
  return batch;
}

double relative(const at::Tensor& a, const at::Tensor& b) {
  return ((a - b).norm() / b.norm().clamp_min(1e-12)).item<double>();
}

void check_equal(const LossAndGradients& hand, const LossAndGradients& autograd) {
  CHECK(hand.loss == doctest::Approx(autograd.loss).epsilon(1e-5));
  REQUIRE(hand.gradients.size() == autograd.gradients.size());
  for (std::size_t i = 0; i < hand.gradients.size(); ++i) {
    CAPTURE(i);
    REQUIRE(hand.gradients[i].sizes() == autograd.gradients[i].sizes());
    CHECK(relative(hand.gradients[i], autograd.gradients[i]) < 1e-5);
  }
}

}  // namespace

TEST_CASE(
    "gradients by hand are autograd's, for every activation, loss, depth, and without biases") {
  for (const std::string& activation : activation_names()) {
    for (const LossConfig& loss : losses()) {
      for (const bool bias : {true, false}) {
        for (const std::vector<std::int64_t>& widths :
             {std::vector<std::int64_t>{6, 3}, {6, 17, 3}, {6, 9, 5, 3}}) {
          CAPTURE(activation);
          CAPTURE(loss.kind.index());
          CAPTURE(bias);
          CAPTURE(widths.size());
          const std::vector<at::Tensor> params = parameters(widths, bias);
          const Batch batch = batch_of(loss, 70, 6, 3);
          check_equal(mlp_gradient(activation, bias, loss)(params, batch),
                      by_autograd(definition(activation, bias, loss))(params, batch));
        }
      }
    }
  }
}

TEST_CASE("at kinks the gradient is autograd's") {
  // All pre-activations are exactly 0, and so are outputs.
  for (const std::string& activation : activation_names()) {
    for (const LossConfig& loss : losses()) {
      CAPTURE(activation);
      CAPTURE(loss.kind.index());
      std::vector<at::Tensor> params = parameters({4, 5, 2}, true);
      for (const std::size_t zeroed : {0, 1, 3}) {
        params[zeroed] = at::zeros_like(params[zeroed]).requires_grad_();
      }
      Batch batch = batch_of(loss, 8, 4, 2);
      if (loss.kind.index() < 2) batch.targets_BT.zero_();
      const auto hand = mlp_gradient(activation, true, loss)(params, batch);
      const auto autograd = by_autograd(definition(activation, true, loss))(params, batch);
      for (std::size_t i = 0; i < params.size(); ++i) {
        CHECK(at::allclose(hand.gradients[i], autograd.gradients[i], 1e-5, 1e-7));
      }
    }
  }
  // Hinge where 1 − s·y is exactly 0.
  at::Tensor gradient = at::empty({1, 2});
  const at::Tensor y = at::tensor({1.0f, -1.0f}).view({1, 2}),
                   t = at::tensor({1.0f, 0.0f}).view({1, 2});
  CHECK(loss_and_gradient({Hinge{}}, y, t, gradient) == 0);
  CHECK(at::equal(gradient, at::zeros({1, 2})));
}

TEST_CASE("one gradient serves batches of several sizes") {
  const LossConfig loss{BinaryCrossEntropy{}};
  const Gradient hand = mlp_gradient("relu", true, loss);
  const Gradient autograd = by_autograd(definition("relu", true, loss));
  const std::vector<at::Tensor> params = parameters({6, 9, 3}, true);
  for (const std::int64_t rows : {64, 1, 200, 64}) {
    const Batch batch = batch_of(loss, rows, 6, 3);
    check_equal(hand(params, batch), autograd(params, batch));
  }
}

TEST_CASE("losses stay finite for large outputs, and show what is not a number") {
  at::Tensor gradient = at::empty({2, 2});
  const at::Tensor y = at::tensor({1e4f, -1e4f, 300.f, -300.f}).view({2, 2});
  const at::Tensor t = at::tensor({0.f, 1.f, 1.f, 0.f}).view({2, 2});
  for (const LossConfig& loss : losses()) {
    CAPTURE(loss.kind.index());
    const double value = loss_and_gradient(loss, y, t, gradient);
    CHECK(value == doctest::Approx(mean_loss(loss, y, t).item<double>()).epsilon(1e-5));
    CHECK(at::isfinite(gradient).all().item<bool>());
    const at::Tensor broken = at::full({2, 2}, NAN);
    CHECK_FALSE(std::isfinite(loss_and_gradient(loss, broken, t, gradient)));
  }
}
