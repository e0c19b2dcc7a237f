// BatchTopK, Matryoshka, JumpReLU and gated SAEs: gradients by hand against autograd's, and what each recovers.
#include <doctest/doctest.h>

#include <cmath>

#include "lab/core/config.h"
#include "lab/core/error.h"
#include "lab/core/json.h"
#include "lab/decomposers/dead_latents.h"
#include "lab/decomposers/gated_objective.h"
#include "lab/decomposers/jump_relu_objective.h"
#include "lab/decomposers/topk_objective.h"
#include "tests/decomposers/gradients.h"

namespace lab {
namespace {

using toy::largest, toy::orthonormal, toy::random, toy::require_same_gradients, toy::some_params,
    toy::Toy, toy::ToySubject, toy::ToyWorld;

TopKSae over_batch(std::int64_t k, std::vector<std::int64_t> prefixes,
                   const SaeCommon& common = {}) {
  TopKSae sae;
  sae.k = k;
  sae.over = TopKOver::kBatch;
  sae.batch = 64;
  sae.prefixes = std::move(prefixes);
  sae.common = common;
  return sae;
}

SaeSettings quick(std::int64_t latents) {
  SaeSettings settings;
  settings.latents = latents;
  settings.steps = 1500;
  settings.batch = 128;
  settings.optimizer.lr = .01;
  settings.schedule.kind = Cosine{};
  settings.bias_init = "zero";
  return settings;
}

Toy orthonormal_toy(double p = .15) {
  return Toy(ToyWorld(16, p), ToySubject(orthonormal(16, 16)));
}

}  // namespace

TEST_CASE("families: gradients by hand equal autograd's, with dead latents and for transcoders") {
  for (const bool across : {false, true}) {
    CAPTURE(across);
    const std::int64_t out = across ? 7 : 12;
    SaeParams params = some_params(12, 30, out);
    const at::Tensor x = random(64, 12, 5);
    const SaeBatch batch{x, across ? random(64, 7, 6) : x};
    const SaeCommon common{!across, 6, .7};
    for (const std::int64_t dead : {0, 4, 30}) {
      CAPTURE(dead);
      const SaeMoment moment{1, at::arange(30) < dead};
      require_same_gradients(TopKObjective(over_batch(4, {}, common)), params, batch, moment);
      require_same_gradients(TopKObjective(over_batch(4, {3, 11}, common)), params, batch, moment);
      SaeParams with = params;
      with.more = {random(1, 30, 7).view(-1) * .3 - 1};
      JumpRelu jump;
      jump.sparsity = .3;
      jump.bandwidth = .5;
      require_same_gradients(JumpReluObjective(jump, common), with, batch, moment);
      require_same_gradients(JumpReluObjective(jump, common), with, batch, {.01, moment.dead_M});
      jump.l0_target = 3;
      require_same_gradients(JumpReluObjective(jump, common), with, batch, moment);
      jump.l0_target.reset();
      jump.penalty = "tanh";
      jump.scale = 2;
      require_same_gradients(JumpReluObjective(jump, common), with, batch, moment);
    }
    SaeParams gates = params;
    gates.more = {random(1, 30, 7).view(-1) * .3, random(1, 30, 8).view(-1) * .3};
    Gated gated;
    gated.l1 = .2;
    require_same_gradients(GatedObjective(gated, {!across}), gates, batch, {1, {}});
    require_same_gradients(GatedObjective(gated, {!across}), gates, batch, {.01, {}});
  }
}

TEST_CASE(
    "matryoshka with all latents as its only prefix is batch_topk, and batch_topk of one sample "
    "topk") {
  const SaeParams params = some_params(12, 30, 12);
  const at::Tensor x = random(64, 12, 5);
  const TopKObjective nested(over_batch(3, {}));
  CHECK((nested.codes(params, x) != 0).sum().item<std::int64_t>() == 3 * 64);
  TopKSae plain;
  plain.k = 3;
  const TopKObjective topk(plain);
  for (std::int64_t b = 0; b < 5; ++b) {
    const at::Tensor one = x.narrow(0, b, 1);
    CHECK(nested.codes(params, one).equal(topk.codes(params, one)));
  }
  // Prefixes add up: the loss of {30, 30} would be that of {30}.
  const double whole = nested.loss(params, {x, x}, {}).item<double>();
  const TopKObjective both(over_batch(3, {10}));
  const at::Tensor codes = nested.codes(params, x);
  const double first =
      (x - params.b_dec_D - codes.narrow(1, 0, 10).mm(params.W_dec_MD.narrow(0, 0, 10)))
          .square()
          .sum(1)
          .mean()
          .item<double>();
  CHECK(both.loss(params, {x, x}, {}).item<double>() == doctest::Approx((whole + first) / 2));
}

TEST_CASE("each family recovers an orthonormal dictionary, and fires as it was asked to") {
  const Toy toy = orthonormal_toy();
  const at::Tensor x = toy.acts();
  const auto l0 = [&](const Dictionary& sae) {
    return (encode(sae, x) != 0).sum().item<double>() / static_cast<double>(x.size(0));
  };
  BatchTopK batch;
  batch.k = 2;
  batch.sae = quick(32);
  batch.sae.dead.kind = AuxiliaryLoss{};
  const Fitted by_batch = fit_batch_topk(batch, toy.data(), 3);
  CHECK(toy::worst_cosine(by_batch.dictionary.atoms_MD, orthonormal(16, 16)) > .95);
  CHECK(l0(by_batch.dictionary) == doctest::Approx(2).epsilon(.15));

  JumpRelu jump;
  jump.sparsity = .3;
  jump.sae = quick(16);
  const Fitted jumped = fit_jump_relu(jump, toy.data(), 3);
  CHECK(toy::worst_cosine(jumped.dictionary.atoms_MD, orthonormal(16, 16)) > .95);
  CHECK(l0(jumped.dictionary) == doctest::Approx(16 * .15).epsilon(.15));

  Gated gated;
  gated.l1 = .5;
  gated.sae = quick(16);
  const Fitted fitted = fit_gated(gated, toy.data(), 3);
  CHECK(toy::worst_cosine(fitted.dictionary.atoms_MD, orthonormal(16, 16)) > .95);
  // No shrinkage: relu_l1 with this penalty loses a quarter of every code.
  CHECK(toy::fvu(x, reconstruct(fitted.dictionary, x).output_BD) < .01);
}

TEST_CASE("an l0_target is reached from above and from below") {
  const Toy toy = orthonormal_toy(.3);
  const at::Tensor x = toy.acts();
  for (const double target : {2., 4.}) {
    CAPTURE(target);
    JumpRelu jump;
    jump.sparsity = 20;
    jump.l0_target = target;
    jump.sae = quick(32);
    const Dictionary sae = fit_jump_relu(jump, toy.data(), 3).dictionary;
    const double l0 = (encode(sae, x) != 0).sum().item<double>() / static_cast<double>(x.size(0));
    CHECK(l0 == doctest::Approx(target).epsilon(.15));
  }
}

TEST_CASE(
    "the first latents of a matryoshka reconstruct by themselves better than those of batch_topk") {
  const Toy toy = orthonormal_toy();
  const at::Tensor x = toy.acts();
  const auto of_prefix = [&](const Dictionary& sae) {
    const at::Tensor codes = encode(sae, x).narrow(1, 0, 8);
    return toy::fvu(x, at::addmm(sae.bias_D, codes, sae.atoms_MD.narrow(0, 0, 8)));
  };
  Matryoshka nested;
  nested.k = 4;
  nested.prefixes = {8};
  nested.sae = quick(24);
  BatchTopK plain;
  plain.k = 4;
  plain.sae = quick(24);
  CHECK(of_prefix(fit_matryoshka(nested, toy.data(), 3).dictionary) + .1 <
        of_prefix(fit_batch_topk(plain, toy.data(), 3).dictionary));
}

TEST_CASE("a latent that died of its threshold fires again when it is resampled") {
  const at::Tensor x = random(64, 12, 5).abs();
  JumpRelu jump;
  const JumpReluObjective objective(jump, {});
  SaeParams params = some_params(12, 30, 12);
  params.b_dec_D.zero_();
  params.more = {at::zeros({30})};
  params.more[0][7] = 5;  // θ = 148
  CHECK_FALSE((objective.codes(params, x) != 0).any(0)[7].item<bool>());
  Optimizer optimizer(OptimizerConfig{}, params.list());
  CHECK(resample(at::tensor({7}, at::kLong), at::tensor({.5F}), objective, {x, x}, true, params,
                 optimizer));
  CHECK(params.more[0][7].item<double>() == doctest::Approx(std::log(jump.threshold)));
  CHECK((objective.codes(params, x) != 0).any(0)[7].item<bool>());
}

TEST_CASE("what does not fit is refused when the config is read") {
  const auto read = [](const char* text) {
    return read_config<DecomposerConfig>(parse_json(text, "test"));
  };
  CHECK_THROWS_AS(read(R"({"kind": "matryoshka", "latents": 16, "prefixes": [4, 16]})"),
                  ConfigError);
  CHECK_THROWS_AS(read(R"({"kind": "matryoshka", "latents": 32, "prefixes": [8, 4]})"),
                  ConfigError);
  CHECK_THROWS_AS(read(R"({"kind": "batch_topk", "latents": 4, "k": 5})"), ConfigError);
  CHECK_THROWS_AS(read(R"({"kind": "gated", "dead": "auxiliary"})"), ConfigError);
  CHECK_THROWS_AS(read(R"({"kind": "jump_relu", "penalty": "tanh", "l0_target": 3})"), ConfigError);
}

}  // namespace lab
