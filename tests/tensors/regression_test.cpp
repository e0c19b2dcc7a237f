#include "lab/tensors/regression.h"

#include <ATen/ATen.h>
#include <doctest/doctest.h>

#include <cmath>

#include "lab/core/error.h"
#include "lab/tensors/tensors.h"

namespace lab {
namespace {

at::Tensor random(std::int64_t rows, std::int64_t columns, std::int64_t seed) {
  return normals(Draw("test/regression", seed), 0, rows, columns);
}

double largest(const at::Tensor& x) {
  return x.abs().max().item<double>();
}

TEST_CASE("ridge regression recovers an affine map, of least norm where x does not vary") {
  const at::Tensor x = random(500, 6, 1) * 3 + 1, weights = random(6, 2, 2);
  const at::Tensor y = x.mm(weights) + 5;
  const Readout found = ridge_regression(x, y, 0);
  CHECK(largest(found.weights_DT - weights) < 1e-5);
  CHECK(largest(found.offset_T - 5) < 1e-4);
  const Readout twice = ridge_regression(at::cat({x, x}, 1), y, 0);
  CHECK(largest(twice.weights_DT - at::cat({weights, weights}) / 2) < 1e-5);
  // One coordinate: w = cov(x, y)/(var(x) (1 + ridge)).
  const at::Tensor one = x.narrow(1, 0, 1);
  const Readout shrunk = ridge_regression(one, one, 0.25);
  CHECK(shrunk.weights_DT.item<double>() == doctest::Approx(0.8));
  CHECK_THROWS_AS(ridge_regression(at::full({3, 1}, INFINITY), at::zeros({3, 1}), 0), Failure);
}

TEST_CASE("logistic regression: the slope of its loss is 0") {
  const at::Tensor x = random(2000, 5, 3) * 2 - 1;
  const at::Tensor labels = (x.mm(random(5, 3, 4)) + random(2000, 3, 5) - 1) > 0;
  const double l2 = 1e-2;
  const Readout found = logistic_regression(x, labels, l2);
  const at::Tensor wide = x.to(at::kDouble);
  const at::Tensor rest =
      (wide.mm(found.weights_DT) + found.offset_T).sigmoid() - labels.to(at::kDouble);
  const double s2 = (wide - wide.mean(0)).square().mean().item<double>();
  CHECK(largest(rest.mean(0)) < 1e-5);
  CHECK(largest(wide.t().mm(rest) / 2000 + found.weights_DT * (l2 * s2)) < 1e-5);
}

TEST_CASE("log-odds of a Gaussian pair of classes are found: weights (μ₁ − μ₀)/σ²") {
  // Standard error of a weight is about 1/√(n/8) = .02 here; four of them are allowed (false alarms: 1e-4).
  const std::int64_t n = 20000;
  const at::Tensor label = at::arange(n) % 2 == 0;
  const at::Tensor x = random(n, 2, 6) + label.unsqueeze(1) * at::tensor({1.5, 0.0});
  const Readout found = logistic_regression(x.to(at::kFloat), label.unsqueeze(1), 1e-9);
  CHECK(found.weights_DT[0][0].item<double>() == doctest::Approx(1.5).epsilon(.08 / 1.5));
  CHECK(std::abs(found.weights_DT[1][0].item<double>()) < .08);
  CHECK(found.offset_T[0].item<double>() == doctest::Approx(-1.125).epsilon(.08));
}

TEST_CASE("what is read out depends neither on scale, offset nor rotation of x") {
  const at::Tensor x = random(800, 4, 7);
  const at::Tensor labels = (x.select(1, 0) + x.select(1, 1) > 1).unsqueeze(1);  // separable
  const at::Tensor rotation = std::get<0>(at::linalg_qr(random(4, 4, 8)));
  const at::Tensor turned = x.mm(rotation) * 100 + 7;
  const auto logits = [&](const at::Tensor& on) {
    const Readout found = logistic_regression(on, labels, 1e-3);
    return on.to(at::kDouble).mm(found.weights_DT) + found.offset_T;
  };
  const at::Tensor expected = logits(x);
  CHECK(largest(logits(turned) - expected) < 1e-3 * largest(expected));
  CHECK(((expected > 0) != labels).to(at::kDouble).mean().item<double>() < .02);
}

TEST_CASE("labels that never change, and activations that never do") {
  const at::Tensor x = random(9, 2, 9);
  const at::Tensor labels = at::stack({at::zeros({9}), at::ones({9})}, 1).to(at::kBool);
  const Readout found = logistic_regression(x, labels, 1e-3);
  CHECK(largest(found.weights_DT) == 0);
  CHECK(found.offset_T[0].item<double>() == doctest::Approx(std::log(.5 / 9.5)));
  CHECK(found.offset_T[1].item<double>() == doctest::Approx(std::log(9.5 / .5)));
  const at::Tensor half = (at::arange(9) < 3).unsqueeze(1);
  const Readout flat = logistic_regression(at::ones({9, 2}), half, 1e-3);
  CHECK(largest(flat.weights_DT) < 1e-12);
  CHECK(flat.offset_T.item<double>() == doctest::Approx(std::log(.5)).epsilon(1e-3));
}

}  // namespace
}  // namespace lab
