// The gradients written by hand against those of autograd.
#include <doctest/doctest.h>

#include "lab/decomposers/plain_sae.h"
#include "tests/decomposers/toy.h"

namespace lab {
namespace {

using toy::largest, toy::random;

SaeParams params_of(std::int64_t in, std::int64_t M, std::int64_t out) {
  return {random(in, M, 1) * 0.5, random(1, M, 2).view(-1) * 0.1, random(M, out, 3),
          random(1, out, 4).view(-1)};
}

SaeParams blank(const SaeParams& params) {
  std::vector<at::Tensor> list;
  for (const at::Tensor& p : params.list()) list.push_back(at::full_like(p, 7.0));
  return SaeParams::from_list(list);
}

void require_same(const PlainSae& sae, const SaeParams& params, const SaeBatch& batch,
                  const SaeMoment& moment) {
  const PlainSaeObjective objective(sae);
  SaeParams by_hand = blank(params), by_autograd = blank(params);
  const SaeStep fast = objective.differentiate(params, batch, moment, by_hand);
  const SaeStep plain = objective.SaeObjective::differentiate(params, batch, moment, by_autograd);
  CHECK(fast.loss == doctest::Approx(plain.loss).epsilon(1e-5));
  CHECK(fast.squared_error == doctest::Approx(plain.squared_error).epsilon(1e-5));
  CHECK(fast.l0 == plain.l0);
  CHECK(at::equal(fast.fired_M, plain.fired_M));
  for (std::size_t i = 0; i < by_hand.list().size(); ++i) {
    CAPTURE(i);
    const at::Tensor expected = by_autograd.list()[i];
    CHECK(largest(by_hand.list()[i] - expected) <= 1e-5 * largest(expected));
  }
}

TEST_CASE("gradients written by hand equal autograd's") {
  const SaeParams params = params_of(12, 30, 12);
  const at::Tensor x = random(64, 12, 5);
  const SaeMoment end;
  for (const bool input_bias : {true, false}) {
    CAPTURE(input_bias);
    PlainSae sae;
    sae.common.input_bias = input_bias;
    require_same(sae, params, {x, x}, end);
    sae.l1 = 0.3;
    require_same(sae, params, {x, x}, end);
    sae.l1_warmup = 0.5;
    require_same(sae, params, {x, x}, {0.1, {}});
    sae.k = 4;
    require_same(sae, params, {x, x}, end);
  }
}

TEST_CASE("with the auxiliary loss, however many latents are dead") {
  const SaeParams params = params_of(12, 30, 12);
  const at::Tensor x = random(64, 12, 5);
  PlainSae sae;
  sae.k = 3;
  sae.common.auxiliary_k = 6;
  sae.common.auxiliary_weight = 0.7;
  for (const std::int64_t dead : {0, 1, 6, 20, 30}) {
    CAPTURE(dead);
    require_same(sae, params, {x, x}, {1, at::arange(30) < dead});
  }
}

TEST_CASE("for a transcoder") {
  const SaeParams params = params_of(12, 30, 7);
  PlainSae sae;
  sae.common.input_bias = false;
  sae.l1 = 0.1;
  require_same(sae, params, {random(64, 12, 5), random(64, 7, 6)}, {});
  sae.k = 5;
  require_same(sae, params, {random(64, 12, 5), random(64, 7, 6)}, {});
}

TEST_CASE("an atom of norm 0 has a finite gradient") {
  SaeParams params = params_of(6, 8, 6);
  params.W_dec_MD[2].zero_();
  PlainSae sae;
  sae.l1 = 0.1;
  require_same(sae, params, {random(32, 6, 5), random(32, 6, 5)}, {});
}

TEST_CASE("the loss is what its definition says, on numbers done by hand") {
  // One latent, D = 2: x = (3, 4), encoder (1, 0), atom (2, 0): c = 3, x̂ = (6, 0).
  const SaeParams params{at::tensor({1.f, 0.f}).view({2, 1}), at::zeros({1}),
                         at::tensor({2.f, 0.f}).view({1, 2}), at::zeros({2})};
  const at::Tensor x = at::tensor({3.f, 4.f}).view({1, 2});
  PlainSae sae;
  sae.l1 = 0.5;
  sae.l1_warmup = 0.2;
  const PlainSaeObjective objective(sae);
  CHECK(objective.loss(params, {x, x}, {1, {}}).item<double>() == doctest::Approx(25 + 0.5 * 6));
  CHECK(objective.loss(params, {x, x}, {0.1, {}}).item<double>() == doctest::Approx(25 + 0.25 * 6));
}

}  // namespace
}  // namespace lab
