// A gradient written by hand against that of autograd.
#pragma once

#include <doctest/doctest.h>

#include <set>
#include <vector>

#include "lab/decomposers/sae_objective.h"
#include "tests/decomposers/toy.h"

namespace lab::toy {

// Parameters in no special place.
inline SaeParams some_params(std::int64_t in, std::int64_t M, std::int64_t out) {
  return {random(M, in, 1) * 0.5,
          random(1, M, 2).view(-1) * 0.1,
          random(M, out, 3),
          random(1, out, 4).view(-1),
          {}};
}

inline bool near(const at::Tensor& by_hand, const at::Tensor& expected) {
  return largest(by_hand - expected) <= 1e-5 * largest(expected);
}

// Value, bookkeeping and all gradients, each within 1e-5 of the largest of autograd's. Gradients that are
// written must be written whole: they start as 7. Parameters that the loss does not feel are `unused` (their
// numbers in SaeParams::list); all others must have a gradient, so that no comparison is of nothing.
inline void require_same_gradients(const SaeObjective& objective, const SaeParams& params,
                                   const SaeBatch& batch, const SaeMoment& moment,
                                   const std::set<std::size_t>& unused = {}) {
  std::vector<at::Tensor> blank, also_blank;
  for (const at::Tensor& p : params.list()) {
    blank.push_back(at::full_like(p, 7.));
    also_blank.push_back(at::full_like(p, 7.));
  }
  SaeParams by_hand = SaeParams::from_list(blank), by_autograd = SaeParams::from_list(also_blank);
  const SaeStep fast = objective.differentiate(params, batch, moment, by_hand);
  const SaeStep plain = objective.SaeObjective::differentiate(params, batch, moment, by_autograd);
  CHECK(fast.loss == doctest::Approx(plain.loss).epsilon(1e-5));
  CHECK(fast.squared_error == doctest::Approx(plain.squared_error).epsilon(1e-5));
  CHECK(fast.l0 == doctest::Approx(plain.l0));
  CHECK(at::equal(fast.fired_M, plain.fired_M));
  CHECK(near(fast.slope_BD, plain.slope_BD));
  for (std::size_t i = 0; i < by_hand.list().size(); ++i) {
    CAPTURE(i);
    CHECK((largest(by_autograd.list()[i]) == 0) == unused.contains(i));
    CHECK(near(by_hand.list()[i], by_autograd.list()[i]));
  }
}

}  // namespace lab::toy
