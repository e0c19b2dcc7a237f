// The gradients written by hand against those of autograd.
#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "lab/decomposers/relu_objective.h"
#include "lab/decomposers/topk_objective.h"
#include "tests/decomposers/gradients.h"

namespace lab {
namespace {

using toy::random, toy::require_same_gradients, toy::some_params;

TEST_CASE("gradients written by hand equal autograd's") {
  const SaeParams params = some_params(12, 30, 12);
  const at::Tensor x = random(64, 12, 5);
  for (const bool input_bias : {true, false}) {
    CAPTURE(input_bias);
    ReluSae sae;
    sae.common.input_bias = input_bias;
    require_same_gradients(ReluObjective(sae), params, {x, x}, {});
    sae.l1 = 0.3;
    require_same_gradients(ReluObjective(sae), params, {x, x}, {});
    require_same_gradients(ReluObjective(sae), params, {x, x}, {1, {}, 0.2});
    sae.l1_warmup = 0.5;
    require_same_gradients(ReluObjective(sae), params, {x, x}, {0.1, {}});
    sae.anneal = Anneal{.2, .3};
    for (const double progress : {.1, .6, .99}) {
      require_same_gradients(ReluObjective(sae), params, {x, x}, {progress, {}});
    }
    TopKSae topk;
    topk.common.input_bias = input_bias;
    topk.k = 4;
    require_same_gradients(TopKObjective(topk), params, {x, x}, {});
  }
}

TEST_CASE("with the auxiliary loss, however many latents are dead") {
  const SaeParams params = some_params(12, 30, 12);
  const at::Tensor x = random(64, 12, 5);
  const SaeCommon common{true, 6, 0.7};
  TopKSae topk;
  topk.k = 3;
  topk.common = common;
  for (const std::int64_t dead : {0, 1, 6, 20, 30}) {
    CAPTURE(dead);
    const SaeMoment moment{1, at::arange(30) < dead};
    require_same_gradients(TopKObjective(topk), params, {x, x}, moment);
    require_same_gradients(ReluObjective({.1, 0, {}, common}), params, {x, x}, moment);
  }
}

TEST_CASE("for a transcoder") {
  const SaeParams params = some_params(12, 30, 7);
  const SaeBatch batch{random(64, 12, 5), random(64, 7, 6)};
  const SaeCommon common{.input_bias = false};
  require_same_gradients(ReluObjective({.1, 0, {}, common}), params, batch, {});
  TopKSae topk;
  topk.k = 5;
  topk.common = common;
  require_same_gradients(TopKObjective(topk), params, batch, {});
}

TEST_CASE("an atom of norm 0 has a finite gradient") {
  SaeParams params = some_params(6, 8, 6);
  params.W_dec_MD[2].zero_();
  require_same_gradients(ReluObjective({.1, 0, {}, {}}), params,
                         {random(32, 6, 5), random(32, 6, 5)}, {});
}

TEST_CASE("where few codes fire, whose lists replace the products, and where none does") {
  SaeParams params = some_params(12, 60, 12);
  params.b_enc_M = params.b_enc_M - 5;
  params.W_dec_MD[2].zero_();
  const at::Tensor x = random(64, 12, 5), out = random(64, 12, 6);
  const auto blank = [&] {
    return SaeParams::from_list({at::empty_like(params.W_enc_MD), at::empty({60}),
                                 at::empty_like(params.W_dec_MD), at::empty({12})});
  };
  for (const bool input_bias : {true, false}) {
    CAPTURE(input_bias);
    const SaeCommon common{input_bias, 6, 0.7};
    const ReluObjective objective({.3, 0, {}, common});
    const double l0 = objective.codes(params, x).ne(0).sum(1).to(at::kDouble).mean().item<double>();
    CHECK(l0 > .1);
    CHECK(l0 < 1.5);  // of 60
    require_same_gradients(objective, params, {x, x}, {});
    require_same_gradients(objective, params, {x, out}, {1, {}, .2});
    require_same_gradients(objective, params, {x, x}, {1, at::arange(60) < 20});
    // Through a fidelity of the same value the products are taken, never the lists.
    const ReluObjective by_products(
        {.3, 0, {}, common, [](const at::Tensor& said, const SaeBatch& b) {
           return (said - b.out_BD).square().sum(1).mean();
         }});
    const auto reader_gradient = [&](const ReluObjective& of) {
      SaeParams grads = blank();
      of.differentiate(params, {x, x}, {}, grads);
      return grads.W_enc_MD;
    };
    const at::Tensor listed = reader_gradient(objective), multiplied = reader_gradient(by_products);
    CHECK(toy::near(listed, multiplied));
    CHECK_FALSE(at::equal(listed, multiplied));  // sums in another order
    SaeParams silent = params;
    silent.b_enc_M = params.b_enc_M - 100;
    require_same_gradients(objective, silent, {x, x}, {}, {0, 1, 2});
  }
  at::Tensor broken = x.clone();
  broken[3][1] = std::numeric_limits<float>::quiet_NaN();
  SaeParams grads = blank();
  CHECK(std::isnan(ReluObjective({.3}).differentiate(params, {broken, broken}, {}, grads).loss));
}

TEST_CASE("the loss is what its definition says, on numbers done by hand") {
  // One latent, D = 2: x = (3, 4), encoder (1, 0), atom (2, 0): c = 3, x̂ = (6, 0).
  const SaeParams params{at::tensor({1.f, 0.f}).view({1, 2}),
                         at::zeros({1}),
                         at::tensor({2.f, 0.f}).view({1, 2}),
                         at::zeros({2}),
                         {}};
  const at::Tensor x = at::tensor({3.f, 4.f}).view({1, 2});
  const ReluObjective objective({0.5, 0.2, {}, {}});
  CHECK(objective.loss(params, {x, x}, {1, {}}).item<double>() == doctest::Approx(25 + 0.5 * 6));
  CHECK(objective.loss(params, {x, x}, {0.1, {}}).item<double>() == doctest::Approx(25 + 0.25 * 6));
}

TEST_CASE("the annealed penalty is the L1 penalty's size, and falls harder on small codes") {
  // Codes 1 and 3 of one latent with an atom of norm 2: u = 2 and 6, residuals −1 and −3.
  const SaeParams params{at::tensor({1.f}).view({1, 1}),
                         at::zeros({1}),
                         at::tensor({2.f}).view({1, 1}),
                         at::zeros({1}),
                         {}};
  const at::Tensor x = at::tensor({1.f, 3.f}).view({2, 1});
  const double error = (1. + 9.) / 2;
  const ReluObjective plain({0.5, 0, {}, {}}), annealed({0.5, 0, Anneal{.5, .5}, {}});
  const double l1 = plain.loss(params, {x, x}, {.99, {}}).item<double>();
  CHECK(l1 == doctest::Approx(error + .5 * (2 + 6) / 2));
  CHECK(annealed.loss(params, {x, x}, {.99, {}}).item<double>() == doctest::Approx(l1));
  // b_enc has no other gradient by the penalty than λ/B Σ_b ∂penalty/∂c; without it, 2/B Σ_b 2 (x̂ − x).
  const auto pull = [&](const ReluObjective& objective, double progress, float sample) {
    const at::Tensor one = at::tensor({sample}).view({1, 1});
    SaeParams grads = SaeParams::from_list(
        {at::zeros({1, 1}), at::zeros({1}), at::zeros({1, 1}), at::zeros({1})});
    objective.differentiate(params, {one, one}, {progress, {}}, grads);
    return grads.b_enc_M.item<double>() - 4 * sample;
  };
  // Until `start` it is the L1 penalty: λ‖w‖ = 1.
  CHECK(pull(annealed, .5, 1) == doctest::Approx(1));
  // At progress .99 q = 1 − ½·.98 = .51: a sample alone has R = u/((u+ε)^q − ε^q), so that its pull is
  // λ‖w‖ R q (u+ε)^(q−1).
  for (const float sample : {1.f, 3.f}) {
    const double u = 2 * static_cast<double>(sample), q = .51, small = 1e-3;
    const double even = u / (std::pow(u + small, q) - std::pow(small, q));
    CHECK(pull(annealed, .99, sample) ==
          doctest::Approx(even * q * std::pow(u + small, q - 1)).epsilon(1e-4));
  }
}

}  // namespace
}  // namespace lab
