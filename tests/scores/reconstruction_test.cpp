#include "lab/scores/reconstruction.h"

#include <ATen/ATen.h>
#include <doctest/doctest.h>

#include <cmath>

#include "lab/core/error.h"
#include "lab/scores/capture.h"
#include "lab/scores/emulation.h"
#include "random_tensors.h"

using namespace lab;
using namespace random_tensors;

TEST_CASE("reconstruction: closed forms") {
  const at::Tensor x = normal("x", 200, 6);
  const Scores same = reconstruction_scores(x, x);
  CHECK(same.at("mse").value == 0);
  CHECK(same.at("explained_variance").value == 1);
  for (const char* name : {"shrinkage", "l2_ratio", "relative_reconstruction_bias"})
    CHECK(same.at(name).value == doctest::Approx(1).epsilon(1e-12));
  const Scores half = reconstruction_scores(x, x / 2);
  for (const char* name : {"shrinkage", "l2_ratio", "relative_reconstruction_bias"})
    CHECK(half.at(name).value == doctest::Approx(.5).epsilon(1e-12));
  const Scores mean = reconstruction_scores(x, x.mean(0, true).expand_as(x));
  CHECK(mean.at("fvu").value == doctest::Approx(1).epsilon(1e-12));
  const at::Tensor q = rotation("q", 6);
  const Scores turned = reconstruction_scores(x.matmul(q), (x / 2).matmul(q));
  for (const auto& [name, score] : half)
    CHECK(turned.at(name).value == doctest::Approx(score.value).epsilon(1e-10));
}

TEST_CASE("the L1 of codes does not depend on how length is shared by codes and atoms") {
  const at::Tensor codes = normal("codes", 50, 4), atoms = normal("atoms", 4, 3);
  const at::Tensor scale = at::tensor({.5, 2., 3., 1.}, at::kDouble);
  const double l1 = code_l1(codes, atoms).value;
  CHECK(l1 == doctest::Approx((codes.abs() * atoms.norm(2, 1)).sum(1).mean().item<double>()));
  CHECK(code_l1(codes * scale, atoms / scale.unsqueeze(1)).value == doctest::Approx(l1));
  CHECK(code_l1(-codes, atoms).value == doctest::Approx(l1));
  CHECK_FALSE(code_l1(codes.narrow(0, 0, 0), atoms).present);
  CHECK_THROWS_AS(code_l1(codes, atoms.narrow(0, 0, 3)), InputError);
}

TEST_CASE("bits of a sample's codes: closed forms") {
  const auto bits = [](double l0, std::int64_t latents, double b) {
    return code_bits(l0, latents, b).value;
  };
  CHECK(bits(0, 64, 8) == 0);
  CHECK(bits(1, 64, 8) == doctest::Approx(6 + 8).epsilon(1e-12));
  CHECK(bits(2, 5, 0) == doctest::Approx(std::log2(10)).epsilon(1e-12));
  CHECK(bits(3, 16384, 4) ==
        doctest::Approx(std::log2(16384. * 16383 * 16382 / 6) + 12).epsilon(1e-12));
  CHECK(bits(64, 64, 8) == doctest::Approx(64 * 8).epsilon(1e-12));  // all fire: nothing to choose
  CHECK(bits(10, 32, 0) == doctest::Approx(bits(22, 32, 0)).epsilon(1e-12));
  // C(2, ½) = Γ(3)/(Γ(3/2) Γ(5/2)) = 2/((√π/2)(3√π/4)) = 16/(3π)
  CHECK(bits(.5, 2, 3) == doctest::Approx(std::log2(16 / (3 * M_PI)) + 1.5).epsilon(1e-12));
  CHECK(bits(2.5, 128, 8) > bits(2.5, 64, 8));
  CHECK_THROWS_AS(code_bits(-.1, 4, 8), InputError);
  CHECK_THROWS_AS(code_bits(4.1, 4, 8), InputError);
}

TEST_CASE("reconstruction and sparsity: degenerate inputs") {
  const at::Tensor zero = at::zeros({5, 3});
  for (const auto& [name, score] : reconstruction_scores(zero, zero))
    CHECK(score.present == (name == "mse"));
  CHECK_FALSE(reconstruction_scores(at::full({5, 3}, .1), zero).at("fvu").present);
  CHECK_FALSE(reconstruction_scores(at::zeros({0, 3}), at::zeros({0, 3})).at("mse").present);
  CHECK_THROWS_AS(reconstruction_scores(zero, at::zeros({5, 4})), InputError);
  CHECK_THROWS_AS(reconstruction_scores(zero / 0., zero), Failure);
  CHECK_FALSE(sparsity_scores(at::zeros({0, 3})).at("l0").present);
  CHECK(sparsity_scores(zero).at("l0").value == 0);
  CHECK(sparsity_scores(zero).at("dead").value == 3);
  CHECK_FALSE(no_sparsity_scores().at("l0").present);
  CHECK(true_l0(at::eye(4) > 0).value == 1);
  CHECK(loss_recovered(2, 1, 0).value == .5);
  CHECK(loss_recovered(2, 0, 0).value == 1);
  CHECK_FALSE(loss_recovered(1, .5, 1).present);
  CHECK_THROWS_AS(loss_recovered(1, std::nan(""), 0), Failure);
}

TEST_CASE("emulation counts inputs and keeps the worst margin, in any batches") {
  const at::Tensor targets = at::tensor({1., 0., 1., 1., 0., 0.}, at::kDouble).view({3, 2});
  const at::Tensor outputs = at::tensor({2., -1., .5, -.25, -3., 0.}, at::kDouble).view({3, 2});
  Emulation whole, parts;
  add_batch(whole, outputs, targets, logit_threshold);
  add_batch(parts, outputs.narrow(0, 1, 2), targets.narrow(0, 1, 2), logit_threshold, 1);
  add_batch(parts, outputs.narrow(0, 0, 1), targets.narrow(0, 0, 1), logit_threshold);
  for (const Emulation& e : {whole, parts}) {
    const Scores scores = emulation_scores(e, true);
    CHECK(scores.at("exact").value == 0);
    CHECK(scores.at("margin").value == -.25);
    CHECK(scores.at("wrong_inputs").value == 2);  // an output on the threshold is wrong
    CHECK(scores.at("emulation_accuracy").value == doctest::Approx(1. / 3));
    CHECK(scores.at("bit_accuracy").value == doctest::Approx(4. / 6));
    const auto tables = emulation_tables(e);
    CHECK(tables.at("outputs").rows ==
          std::vector<std::vector<double>>{{1, .5}, {1. - 2. / 3, -.25}});
    CHECK(tables.at("wrong_inputs").rows ==
          std::vector<std::vector<double>>{{1, 1, -.25}, {2, 1, 0}});
  }
  Emulation right;
  add_batch(right, .2 + .6 * targets, targets, value_threshold);
  CHECK(emulation_scores(right, true).at("exact").value == 1);
  CHECK(emulation_scores(right, true).at("emulation_accuracy_low").value == 1);
  const Scores sampled = emulation_scores(right, false);
  CHECK_FALSE(sampled.at("exact").present);
  CHECK(sampled.at("margin").value == doctest::Approx(.3).epsilon(1e-12));
  // Clopper-Pearson with no failures in three: low = (α/2)^(1/3).
  CHECK(sampled.at("emulation_accuracy_low").value ==
        doctest::Approx(std::cbrt(.025)).epsilon(1e-9));
  CHECK(sampled.at("emulation_accuracy_high").value == 1);
  CHECK_FALSE(emulation_scores({}, true).at("exact").present);
  Emulation many;
  const at::Tensor ones = at::ones({300, 1}), zeros = at::zeros({300, 1});
  add_batch(many, zeros, ones, value_threshold, 300);
  add_batch(many, zeros, ones, value_threshold, 0);
  REQUIRE(many.wrong.size() == most_wrong_listed);
  CHECK(many.wrong_inputs == 600);
  CHECK(many.wrong.front().input == 0);
  CHECK(many.wrong.back().input == 99);
  CHECK_THROWS_AS(add_batch(whole, outputs / 0., targets, 0), Failure);
  CHECK_THROWS_AS(add_batch(whole, outputs, targets.t(), 0), InputError);
}

TEST_CASE("capture of a circle by its coordinates, by half-axes and by nothing") {
  const at::Tensor angle = normal("angle", 500, 1) * 10;
  const at::Tensor values = at::cat({angle.cos(), angle.sin()}, 1);
  const at::Tensor frames = rotation("frames", 5).narrow(0, 0, 2);
  const Scores exact = capture_scores(capture_curve(values, frames, values, frames));
  CHECK(exact.at("n_.9").value == 2);
  CHECK(exact.at("capture@1").value == doctest::Approx(.5).epsilon(.1));
  CHECK(exact.at("capture@2").value == doctest::Approx(1).epsilon(1e-9));
  CHECK_FALSE(exact.at("capture@3").present);
  const at::Tensor halves = at::cat({values, -values}, 1).clamp_min(0);
  const at::Tensor atoms = at::cat({frames, -frames}, 0);
  const std::vector<double> curve = capture_curve(halves, atoms, values, frames);
  CHECK(curve.size() == 4);
  CHECK(curve[2] < .9);
  CHECK(curve[3] == doctest::Approx(1).epsilon(1e-9));
  // Against the definition, atom by atom.
  const at::Tensor truth = values.matmul(frames);
  const double error =
      (truth - halves.narrow(1, 0, 1).matmul(atoms.narrow(0, 0, 1))).square().sum().item<double>();
  const double variance = (truth - truth.mean(0, true)).square().sum().item<double>();
  CHECK(curve[0] >= 1 - error / variance - 1e-12);
  CHECK(capture_curve(at::zeros({500, 0}), at::zeros({0, 5}), values, frames).empty());
  CHECK(capture_curve(halves, atoms, at::zeros({500, 2}), frames).empty());
  CHECK_FALSE(capture_scores({}).at("n_.9").present);
  CHECK(capture_curve(-halves, atoms, values, frames)[3] < 0);  // harm is told
}
