#include "lab/scores/computation.h"

#include <ATen/ATen.h>
#include <doctest/doctest.h>

#include <cmath>

#include "circuits/samplers/pairs.h"
#include "lab/core/error.h"
#include "lab/tensors/tensors.h"
#include "random_tensors.h"

using namespace lab;

namespace {

const at::Tensor kTargets = at::tensor({0., 1., 0., 0., 1., 1.}, at::kFloat).view({3, 2});
const at::Tensor kOutputs = at::tensor({.5, 1., 0., .6, 1., -1.}, at::kFloat).view({3, 2});
// Errors .5, 0 | 0, .6 | 0, −2.

Computation counted(const ComputationFacts& facts = {}, std::optional<double> threshold = .5) {
  Computation c;
  add_batch(c, kOutputs, kTargets, facts, threshold);
  return c;
}

}  // namespace

TEST_CASE("errors of three samples of two outputs, by hand") {
  const at::Tensor classes = at::tensor({0, 2, 1, 0, 2, 2}, at::kLong).view({3, 2});
  const Scores s = computation_scores(counted({kTargets > .5, classes}), .5);
  CHECK(s.at("rmse").value == doctest::Approx(std::sqrt((.25 + .36 + 4) / 6)));
  CHECK(s.at("worst_error").value == 2);
  CHECK(s.at("off_by_half").value == doctest::Approx(2. / 6));  // .5 is not above ½
  CHECK(s.at("epsilon_accuracy").value == .5);
  CHECK(s.at("exact_outputs").value == 0);  // an output on the threshold is wrong
  CHECK(s.at("rmse_00").value == doctest::Approx(std::sqrt((.25 + .36) / 2)));
  CHECK(s.at("bias_00").value == doctest::Approx(.55));
  CHECK(s.at("rmse_01").value == 0);
  CHECK(s.at("bias_11").value == doctest::Approx(-2. / 3));
  CHECK(s.at("mse_active").value == doctest::Approx((0 + 2.) / 2));  // (0), (0, 4)
  CHECK(s.at("mse_active_cv").value == doctest::Approx(1));
  const Table table = computation_table(counted({kTargets > .5, {}}), {"a", "b"});
  CHECK(table.rows[1][1] == 2);
  CHECK(table.rows[1][3] == doctest::Approx(2. / 3));
}

TEST_CASE("half of the functions computed and half ignored: CV 1; all alike: CV 0") {
  const at::Tensor x = 2 * uniforms(Draw("test/x", 1), 0, 4000, 10) - 1;
  const at::Tensor y = at::relu(x);
  at::Tensor half = y.clone();
  half.narrow(1, 5, 5).zero_();
  Computation split, even;
  add_batch(split, half, y, {x > 0, {}}, std::nullopt);
  add_batch(even, y + .25, y, {x > 0, {}}, std::nullopt);
  CHECK(computation_scores(split, .5).at("mse_active_cv").value == doctest::Approx(1).epsilon(.05));
  CHECK(computation_scores(split, .5).at("mse_active").value ==
        doctest::Approx(1. / 6).epsilon(.05));  // E[x² | x > 0] = 1/3, for half of them
  CHECK(computation_scores(even, .5).at("mse_active_cv").value == doctest::Approx(0));
  CHECK(computation_scores(even, .2).at("epsilon_accuracy").value == 0);
  CHECK(computation_scores(even, .3).at("epsilon_accuracy").value == 1);
}

TEST_CASE("batches add up, and the order of samples does not matter") {
  const at::Tensor outputs = random_tensors::normal("outputs", 50, 4);
  const at::Tensor targets = random_tensors::bits("targets", 50, 4, .5);
  const at::Tensor classes =
      (random_tensors::bits("a", 50, 4, .5) + random_tensors::bits("b", 50, 4, .5)).to(at::kLong);
  const auto scores = [&](const std::vector<at::Tensor>& parts) {
    Computation c;
    for (const at::Tensor& rows : parts) {
      const at::Tensor t = targets.index_select(0, rows);
      add_batch(c, outputs.index_select(0, rows), t, {t > .5, classes.index_select(0, rows)}, .5);
    }
    return computation_scores(c, .5);
  };
  const Scores whole = scores({at::arange(50)});
  const at::Tensor mixed = random_tensors::order("mixed", 50);
  for (const auto& [name, score] : scores({mixed.narrow(0, 0, 7), mixed.narrow(0, 7, 43)})) {
    CAPTURE(name);
    CHECK(score.value == doctest::Approx(whole.at(name).value));
  }
}

TEST_CASE("what is not known is absent with a reason; what does not fit is refused") {
  const Scores s = computation_scores(counted({}, std::nullopt), .5);
  for (const char* name : {"exact_outputs", "rmse_00", "bias_11", "mse_active", "mse_active_cv"}) {
    CAPTURE(name);
    CHECK_FALSE(s.at(name).present);
    CHECK(s.at(name).reason != "");
  }
  CHECK_THROWS_AS(computation_scores({}, .5), InputError);
  Computation c;
  CHECK_THROWS_AS(add_batch(c, kOutputs, kTargets.t(), {}, .5), InputError);
  CHECK_THROWS_AS(add_batch(c, kOutputs, kTargets, {kTargets.t() > 0, {}}, .5), InputError);
  CHECK_THROWS_AS(add_batch(c, kOutputs / 0., kTargets, {}, .5), Failure);
}

TEST_CASE("pairs of a circuit's outputs") {
  const auto pairs = output_pairs(circuits::pair_circuit(4, {{0, 2}, {1, 3}}, "and"));
  REQUIRE(pairs);
  CHECK((*pairs)[1] == std::array<circuits::Node, 2>{1, 3});
}
