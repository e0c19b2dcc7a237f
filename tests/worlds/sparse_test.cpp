#include "lab/worlds/sparse.h"

#include <ATen/ATen.h>
#include <ATen/ops/linalg_pinv.h>

#include <cmath>
#include <numbers>
#include <numeric>

#include "lab/core/error.h"
#include "statistics.h"
#include "worlds.h"

using namespace lab;
using namespace lab::tests;

namespace {

const char* const kLaws[] = {
    R"({"kind": "equal", "p": 0.1})",
    R"({"kind": "zipf", "exponent": 0.7, "most": 0.9, "least": 0.01})",
    R"({"kind": "linear", "most": 0.4, "least": 0.001})",
    R"({"kind": "geometric", "most": 0.5, "least": 0.002})",
};

std::string sparse(const std::string& probability, const std::string& magnitude = "\"constant\"",
                   int features = 50) {
  return R"({"kind": "sparse", "features": )" + std::to_string(features) + R"(, "probability": )" +
         probability + R"(, "magnitude": )" + magnitude + "}";
}

std::vector<float> values_drawn(const std::string& magnitude) {
  const auto world = world_of(sparse(R"({"kind": "equal", "p": 0.5})", magnitude, 40));
  const Batch batch = world->sample("fit", 0, 5000);
  const at::Tensor drawn = batch.values_BC.masked_select(batch.present_BF).contiguous();
  const float* data = drawn.const_data_ptr<float>();
  return {data, data + drawn.numel()};
}

}  // namespace

TEST_CASE("sparse: a world of features") {
  for (const char* law : kLaws) check_feature_world(sparse(law));
  check_feature_world(sparse(kLaws[0], R"({"kind": "normal", "mean": 0, "sd": 1})"));
  check_feature_world(sparse(kLaws[1], R"("uniform")"));
  check_feature_world(sparse(kLaws[1], R"("exponential")"));
}

TEST_CASE("sparse: laws of probability") {
  const auto at = [](const std::string& law, std::int64_t features) {
    return probabilities_of(read_config<Probabilities>(parse_json(law, "test")), features);
  };
  const auto near = [](double x) { return doctest::Approx(x).epsilon(1e-12); };
  CHECK(at(R"({"kind": "equal", "p": 0.3})", 2) == std::vector<double>{0.3, 0.3});
  const auto zipf = at(R"({"kind": "zipf", "exponent": 0.5, "most": 0.4, "least": 0.15})", 9);
  CHECK(zipf[0] == near(0.4));
  CHECK(zipf[3] == near(0.2));
  CHECK(zipf[8] == near(0.15));  // 0.4/3 is below the least
  const auto linear = at(R"({"kind": "linear", "most": 0.4, "least": 0})", 5);
  CHECK(linear[1] == near(0.3));
  CHECK(linear[4] == doctest::Approx(0).epsilon(1e-15));
  const auto geometric = at(R"({"kind": "geometric", "most": 0.8, "least": 0.05})", 5);
  CHECK(geometric[1] == near(0.4));
  CHECK(geometric[4] == near(0.05));
  CHECK(at(R"("linear")", 1).size() == 1);
}

// 200 frequencies and 4 × 49 pairs, each with a false-alarm rate of 5.7e-7.
TEST_CASE("sparse: each feature has its probability, and neighbours are independent") {
  const std::int64_t n = 20000;
  for (const char* law : kLaws) {
    CAPTURE(law);
    const auto p = probabilities_of(read_config<Probabilities>(parse_json(law, "test")), 50);
    const Batch batch = world_of(sparse(law))->sample("fit", 0, n);
    const auto hits = counts(batch);
    const at::Tensor both = batch.present_BF.slice(1, 0, 49) & batch.present_BF.slice(1, 1, 50);
    const auto pairs = to_vector(both.to(at::kDouble).sum(0));
    for (std::size_t i = 0; i < 50; ++i) {
      CHECK(std::abs(frequency_z(hits[i], n, p[i])) < kFiveSigma);
      // Below ten expected pairs the bound is not that of a normal law.
      if (i < 49 && n * p[i] * p[i + 1] > 10) {
        CHECK(std::abs(frequency_z(pairs[i], n, p[i] * p[i + 1])) < kFiveSigma);
      }
    }
    const double l0 = std::accumulate(p.begin(), p.end(), 0.0);
    double variance = 0;
    for (const double q : p) variance += q * (1 - q);
    const double mean = std::accumulate(hits.begin(), hits.end(), 0.0) / n;
    CHECK(std::abs(mean_z(mean, n, l0, std::sqrt(variance))) < kFiveSigma);
  }
}

// Every set of k of F features is equally probable: a feature has probability k/F, two together k(k−1)/(F(F−1)). 2 × (12 +
// 66) frequencies, each with a false-alarm rate of 5.7e-7.
TEST_CASE("sparse: exactly k features are present, any k") {
  const std::int64_t n = 20000, F = 12;
  for (const std::int64_t k : {3, 7}) {
    const std::string law = R"({"kind": "exactly", "k": )" + std::to_string(k) + "}";
    check_feature_world(
        sparse(law, R"({"kind": "normal", "mean": 0, "sd": 1, "folded": true})", F));
    const Batch batch = world_of(sparse(law, "\"constant\"", F))->sample("fit", 0, n);
    CHECK(batch.present_BF.sum(1).eq(k).all().item<bool>());
    const double one = static_cast<double>(k) / F, two = one * static_cast<double>(k - 1) / (F - 1);
    const at::Tensor present = batch.present_BF.to(at::kDouble);
    const at::Tensor together = present.t().mm(present);
    for (std::int64_t i = 0; i < F; ++i) {
      CHECK(std::abs(frequency_z(together[i][i].item<double>(), n, one)) < kFiveSigma);
      for (std::int64_t j = 0; j < i; ++j) {
        CHECK(std::abs(frequency_z(together[i][j].item<double>(), n, two)) < kFiveSigma);
      }
    }
    CHECK(probabilities_of(read_config<Probabilities>(parse_json(law, "test")), F) ==
          std::vector<double>(F, one));
  }
  // Few of many, where the choice is made another way.
  const Batch few = world_of(sparse(R"({"kind": "exactly", "k": 2})", "\"constant\"", 500))
                        ->sample("fit", 0, 500);
  CHECK(few.present_BF.sum(1).eq(2).all().item<bool>());
  CHECK_THROWS_AS(world_of(sparse(R"({"kind": "exactly", "k": 51})")), ConfigError);
}

TEST_CASE("sparse: certain and impossible features") {
  const Batch always = world_of(sparse(R"({"kind": "equal", "p": 1})"))->sample("fit", 0, 10);
  CHECK(always.present_BF.all().item<bool>());
  const Batch never = world_of(sparse(R"({"kind": "equal", "p": 0})"))->sample("fit", 0, 10);
  CHECK(!never.present_BF.any().item<bool>());
}

// Each check has a false-alarm rate of 9e-7.
TEST_CASE("magnitudes have their law") {
  const auto normal = [](double x) { return 0.5 * std::erfc(-x / std::numbers::sqrt2); };
  for (const float v : values_drawn(R"({"kind": "constant", "value": -2.5})")) CHECK(v == -2.5F);
  CHECK(kolmogorov(values_drawn(R"({"kind": "uniform", "low": -1, "high": 3})"),
                   [](double x) { return (x + 1) / 4; }) < kKolmogorovBound);
  CHECK(kolmogorov(values_drawn(R"({"kind": "normal", "mean": 2, "sd": 0.5})"),
                   [&](double x) { return normal((x - 2) / 0.5); }) < kKolmogorovBound);
  CHECK(kolmogorov(values_drawn(R"({"kind": "normal", "mean": 0.5, "sd": 1, "folded": true})"),
                   [&](double x) { return normal(x - 0.5) - normal(-x - 0.5); }) <
        kKolmogorovBound);
  CHECK(kolmogorov(values_drawn(R"({"kind": "exponential", "mean": 2})"),
                   [](double x) { return 1 - std::exp(-x / 2); }) < kKolmogorovBound);
}

// Features from certain to rare: some are drawn with a word each, others by gaps.
TEST_CASE("frequent and rare features stand side by side") {
  const std::string law = R"({"kind": "geometric", "most": 1, "least": 0.005})";
  for (const char* magnitude : {R"("uniform")", R"("exponential")", R"("constant")"}) {
    const Batch batch = world_of(sparse(law, magnitude, 30))->sample("fit", 0, 20000);
    CHECK(batch.present_BF.select(1, 0).all().item<bool>());
    const auto hits = counts(batch);
    const auto p = probabilities_of(read_config<Probabilities>(parse_json(law, "test")), 30);
    for (std::size_t i = 1; i < 30; ++i) {
      CHECK(std::abs(frequency_z(hits[i], 20000, p[i])) < kFiveSigma);
    }
    CHECK(batch.values_BC.ne(0).equal(batch.present_BF));
  }
}

// A uniform magnitude comes from the same word as presence: it must be uniform at every probability, and
// know nothing of its neighbours. False-alarm rates: 9e-7 a distribution, 5.7e-7 a correlation.
TEST_CASE("uniform magnitudes of frequent features") {
  for (const double p : {0.07, 0.3, 0.5, 1.0}) {
    CAPTURE(p);
    const std::string law = R"({"kind": "equal", "p": )" + std::to_string(p) + "}";
    const Batch batch = world_of(sparse(law, R"({"kind": "uniform", "low": 2, "high": 5})", 7))
                            ->sample("fit", 0, 9000);
    const at::Tensor drawn = batch.values_BC.masked_select(batch.present_BF).contiguous();
    const float* data = drawn.const_data_ptr<float>();
    CHECK(kolmogorov({data, data + drawn.numel()}, [](double x) { return (x - 2) / 3; }) <
          kKolmogorovBound);
    CHECK(drawn.gt(2).all().item<bool>());
    CHECK(drawn.le(5).all().item<bool>());
    const at::Tensor x = batch.values_BC.to(at::kDouble);
    const at::Tensor z = (x - x.mean(0)) / x.std(0);
    const at::Tensor correlation = z.t().mm(z) / 9000 - at::eye(7, at::kDouble);
    CHECK(correlation.triu(1).abs().max().item<double>() * std::sqrt(9000.0) < kFiveSigma);
  }
}

TEST_CASE("the law of magnitudes does not change which features are present") {
  const Batch a = world_of(sparse(kLaws[1]))->sample("fit", 0, 50);
  const Batch b = world_of(sparse(kLaws[1], R"("normal")"))->sample("fit", 0, 50);
  CHECK(a.present_BF.equal(b.present_BF));
}

TEST_CASE("targets are a function of the values; mixing adds a matrix that is 0 on its diagonal") {
  const auto drawn = [](const std::string& targets, int mixing) {
    return world_of(
               R"({"kind": "sparse", "features": 30, "probability": {"kind": "equal", "p": 0.3},
        "magnitude": {"kind": "uniform", "low": -1}, "targets": ")" +
               targets + R"(", "mixing_width": )" + std::to_string(mixing) + "}")
        ->sample("fit", 0, 2000);
  };
  const Batch plain = drawn("values", 0), relu = drawn("relu", 0), plus = drawn("plus_relu", 0);
  CHECK(plain.targets_BT.equal(plain.values_BC));
  CHECK(relu.values_BC.equal(plain.values_BC));
  CHECK(relu.inputs_BN.equal(plain.values_BC));
  CHECK(relu.targets_BT.equal(at::relu(plain.values_BC)));
  CHECK(plus.targets_BT.equal(plain.values_BC + at::relu(plain.values_BC)));

  // The matrix is found again by least squares, symmetric, with entries of deviation 1/√D (χ² to 5 %).
  const Batch mixed = drawn("relu", 400);
  const at::Tensor added = (mixed.targets_BT - relu.targets_BT).to(at::kDouble);
  const at::Tensor x = relu.values_BC.to(at::kDouble);
  const at::Tensor mixing = at::linalg_pinv(x).mm(added);
  CHECK(at::allclose(x.mm(mixing), added, 1e-4, 1e-5));
  CHECK(at::allclose(mixing, mixing.t(), 1e-4, 1e-5));
  CHECK(mixing.diagonal().abs().max().item<double>() < 1e-5);
  const double mean_square = mixing.square().sum().item<double>() / (30 * 29);
  CHECK(mean_square * 400 == doctest::Approx(1).epsilon(.15));
  CHECK_THROWS_AS(world_of(R"({"kind": "sparse", "features": 5000, "mixing_width": 10})"),
                  InputError);
}
