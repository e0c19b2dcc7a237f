#include "lab/scores/sums.h"

#include <ATen/ATen.h>
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "lab/core/error.h"
#include "lab/scores/reconstruction.h"
#include "random_tensors.h"

using namespace lab;
using namespace random_tensors;

namespace {

constexpr std::int64_t samples = 20'000, D = 6, M = 9, C = 7;

// Activations far from 0, so that sums of squares must not be subtracted; sparse codes and values.
struct Data {
  at::Tensor acts = normal("acts", samples, D) + 1000;
  at::Tensor said = acts + .1 * normal("error", samples, D);
  at::Tensor codes = normal("codes", samples, M) * bits("fires", samples, M, .2);
  at::Tensor present = bits("present", samples, C, .3);
  at::Tensor values = present * (.5 + normal("values", samples, C).abs() + codes.narrow(1, 0, C));
  at::Tensor atoms = normal("atoms", M, D), truth = normal("truth", C, D);
};

struct Sums {
  ReconstructionSums reconstruction;
  Sizes codes, values;
  Firings firings;
  CrossMoments moments;

  Scores scores(const Data& data) const {
    const Matching matching = match(data.atoms, data.truth);
    Scores all = reconstruction.scores();
    all.merge(sparsity_scores(codes));
    all.merge(firing_scores(firings, matching));
    all["l1"] = code_l1(codes, data.atoms);
    all["ml2r"] = magnitude_ratio(codes, values, data.atoms, data.truth, matching);
    all["activation_mcc"] = activation_mcc(moments);
    return all;
  }
};

Sums in_batches(const Data& data, std::int64_t rows) {
  Sums sums;
  for (std::int64_t first = 0; first < samples; first += rows) {
    const auto part = [&](const at::Tensor& x) {
      return x.narrow(0, first, std::min(rows, samples - first));
    };
    sums.reconstruction.add(part(data.acts), part(data.said));
    add_codes(sums.codes, part(data.codes));
    add_sizes(sums.values, part(data.values), part(data.present) != 0);
    add_firings(sums.firings, part(data.codes), part(data.present));
    sums.moments.add(part(data.codes), part(data.values));
  }
  return sums;
}

}  // namespace

TEST_CASE("scores do not depend on the batches, and counts not at all") {
  const Data data;
  const Sums whole = in_batches(data, samples);
  const Scores expected = whole.scores(data);
  CHECK(expected.size() == 16);
  for (const std::int64_t rows : {1'000, 8'192, 77}) {
    CAPTURE(rows);
    const Sums parts = in_batches(data, rows);
    for (const auto& [name, score] : parts.scores(data)) {
      CAPTURE(name);
      REQUIRE(score.present);
      CHECK(score.value == doctest::Approx(expected.at(name).value).epsilon(1e-9));
    }
    CHECK(at::equal(parts.codes.count, whole.codes.count));
    CHECK(at::equal(parts.firings.both_MC, whole.firings.both_MC));
    CHECK(at::equal(parts.firings.fires_M, whole.firings.fires_M));
    CHECK(at::equal(parts.firings.present_C, whole.firings.present_C));
    CHECK((parts.moments.pearson() - whole.moments.pearson()).abs().max().item<double>() < 1e-12);
  }
  CHECK((whole.codes.count.scalar_type() == at::kLong));
}

TEST_CASE("they are what the definitions over all samples give") {
  const Data data;
  const Scores scores = in_batches(data, 1'000).scores(data);
  const at::Tensor x = data.acts, error = data.acts - data.said;
  const double variance = (x - x.mean(0)).square().sum().item<double>();
  CHECK(scores.at("fvu").value ==
        doctest::Approx(error.square().sum().item<double>() / variance).epsilon(1e-9));
  CHECK(scores.at("l0").value * samples == doctest::Approx((data.codes != 0).sum().item<double>()));
  CHECK(scores.at("l1").value ==
        doctest::Approx((data.codes.abs() * data.atoms.norm(2, 1)).sum(1).mean().item<double>())
            .epsilon(1e-12));
  const at::Tensor together = at::corrcoef(at::cat({data.codes, data.values}, 1).t());
  CHECK((in_batches(data, 333).moments.pearson() - together.slice(0, 0, M).slice(1, M))
            .abs()
            .max()
            .item<double>() < 1e-12);
}

TEST_CASE("what is constant over all batches is told from what is constant in each") {
  CrossMoments moments;
  for (const double level : {1e8, 1e8, 1e8 + 1}) {
    moments.add(at::full({4, 1}, level, at::kDouble),
                at::tensor({0., 1., level - 1e8, 1.}, at::kDouble).view({4, 1}));
    ReconstructionSums constant;
    constant.add(at::full({3, 2}, level, at::kDouble), at::zeros({3, 2}));
    CHECK_FALSE(constant.scores().at("fvu").present);
  }
  // Means 1/3 (above 1e8) and 7/12, of the product 1/4; variances 2/9 and 35/144.
  CHECK(moments.pearson().item<double>() ==
        doctest::Approx((1. / 18) / std::sqrt(2. / 9 * 35 / 144)).epsilon(1e-9));
  ReconstructionSums sums;
  sums.add(at::full({3, 2}, 5.), at::zeros({3, 2}));
  sums.add(at::full({3, 2}, 6.), at::zeros({3, 2}));
  CHECK(sums.scores().at("fvu").value == doctest::Approx(6 * (25 + 36) / (12 * .25)));
}

TEST_CASE("empty batches change nothing; broken ones are refused") {
  CrossMoments moments;
  moments.add(at::zeros({0, 2}), at::zeros({0, 3}));
  CHECK(moments.pearson().sizes() == at::IntArrayRef({2, 3}));
  CHECK_FALSE(activation_mcc(moments).present);
  ReconstructionSums sums;
  sums.add(at::zeros({0, 2}), at::zeros({0, 2}));
  CHECK_FALSE(sums.scores().at("mse").present);
  CHECK_THROWS_AS(sums.add(at::zeros({2, 2}), at::zeros({3, 2})), InputError);
  CHECK_THROWS_AS(moments.add(at::zeros({2, 2}) / 0., at::zeros({2, 3})), Failure);
  CHECK_THROWS_AS(moments.add(at::zeros({2, 2}), at::zeros({3, 3})), InputError);
  Sizes sizes;
  CHECK_THROWS_AS(add_codes(sizes, at::zeros({2, 2}) / 0.), Failure);
  CHECK_THROWS_AS(add_sizes(sizes, at::zeros({2, 2}), at::ones({2, 3}, at::kBool)), InputError);
}
