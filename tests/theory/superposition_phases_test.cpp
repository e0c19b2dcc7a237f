#include "lab/theory/superposition_phases.h"

#include <doctest/doctest.h>

#include <cmath>

#include "lab/core/error.h"
#include "lab/core/rng.h"
#include "lab/theory/relu_integrals.h"

using namespace lab;
using doctest::Approx;

TEST_CASE("integrals of a ReLU's error agree with the midpoint rule, and with closed forms") {
  CHECK(relu_error(1, 1, 0) == Approx(0).epsilon(1e-15));
  CHECK(relu_error(1, 0, 0) == Approx(1.0 / 3));
  CHECK(relu_error(1, 0, 0.5) == Approx(1.0 / 12));
  CHECK(relu_error(0, -1, -1) == 0);
  CHECK(relu_error(0, 1, -0.5) == Approx(1.0 / 24));
  Words words = Draw("test", 1).at(0);
  for (int round = 0; round < 20; ++round) {
    const double a = 2 * words.uniform() - 0.5, c = 3 * words.uniform() - 1.5;
    const double b = 2 * words.uniform() - 1;
    const int n = 400;
    double one = 0, two = 0;
    for (int i = 0; i < n; ++i) {
      const double x = (i + 0.5) / n;
      one += std::pow(x - std::max(0.0, a * x + b), 2) / n;
      for (int k = 0; k < n; ++k) {
        two += std::pow(x - std::max(0.0, a * x + c * (k + 0.5) / n + b), 2) / n / n;
      }
    }
    CHECK(relu_error(1, a, b) == Approx(one).epsilon(1e-4));
    CHECK(relu_error_of_two(a, c, b) == Approx(two).epsilon(1e-4));
  }
}

TEST_CASE("the expected loss is the mean over samples") {
  const TwoFeatureModel model{{1.1, -0.8}, {-0.05, 0.1}};
  const double r = 1.7, p = 0.45;
  Words words = Draw("test", 2).at(0);
  double sum = 0, squares = 0;
  const int samples = 400'000;
  for (int s = 0; s < samples; ++s) {
    double x[2];
    for (double& value : x) value = words.bernoulli(p) ? words.uniform() : 0;
    const double hidden = model.w[0] * x[0] + model.w[1] * x[1];
    double loss = 0;
    for (int i = 0; i < 2; ++i) {
      const double error = x[i] - std::max(0.0, model.w[i] * hidden + model.b[i]);
      loss += (i == 0 ? 1 : r) * error * error;
    }
    sum += loss;
    squares += loss * loss;
  }
  const double mean = sum / samples;
  const double error = std::sqrt((squares / samples - mean * mean) / samples);
  // Five standard errors: a false alarm once in 1.7 million seeds.
  CHECK(std::fabs(mean - expected_loss(model, r, p)) < 5 * error);
}

TEST_CASE("costs of the corner solutions are what their weights cost") {
  for (const double p : {0.1, 0.5, 1.0}) {
    for (const double r : {0.3, 1.0, 4.0}) {
      const PhaseCosts costs = phase_costs(r, p);
      CHECK(costs.not_represented == Approx(expected_loss({{1, 0}, {0, p / 2}}, r, p)));
      CHECK(costs.dedicated == Approx(expected_loss({{0, 1}, {p / 2, 0}}, r, p)));
      CHECK(costs.antipodal == Approx(expected_loss(costs.antipodal_model, r, p)));
      CHECK(antipodal_bound(r, p) == Approx(expected_loss({{1, -1}, {0, 0}}, r, p)));
      CHECK(costs.antipodal <= antipodal_bound(r, p));
      CHECK(costs.antipodal <= costs.both);
      CHECK(costs.antipodal <= 1.0000001 * std::min(costs.dedicated, costs.not_represented));
      CHECK(costs.margin >= 0);
    }
  }
}

TEST_CASE("known costs and boundaries") {
  const PhaseCosts costs = phase_costs(1, 0.6);
  CHECK(costs.antipodal == Approx(0.0989).epsilon(0.0005));
  CHECK(costs.dedicated == Approx(0.11));
  CHECK(costs.best == Phase::antipodal);
}

TEST_CASE("antipodal is cheaper than dedicated up to a boundary") {
  // Known on a grid of densities .01, .03, …: the last one at which antipodal is cheaper.
  const double last[][2] = {{1, 0.99}, {1.5, 0.59}, {2, 0.47}, {4, 0.33}};
  for (const auto& [r, density] : last) {
    const double boundary = antipodal_boundary(r);
    CHECK(boundary > density);
    CHECK(boundary < density + 0.02);
    CHECK(phase_costs(r, density).best == Phase::antipodal);
    if (density + 0.02 <= 1) CHECK(phase_costs(r, density + 0.02).best == Phase::dedicated);
  }
}

TEST_CASE("exchanging the features exchanges the phases") {
  // With importance 1/r the extra feature plays the other one's part; costs are divided by r.
  for (const double p : {0.2, 0.7}) {
    const PhaseCosts one = phase_costs(5, p), other = phase_costs(0.2, p);
    CHECK(one.antipodal == Approx(5 * other.antipodal).epsilon(1e-7));
    CHECK(one.dedicated == Approx(5 * other.not_represented));
    CHECK(one.margin == Approx(other.margin).epsilon(1e-6));
  }
  CHECK(phase_costs(5, 0.7).best == Phase::dedicated);
  CHECK(phase_costs(0.2, 0.7).best == Phase::not_represented);
}

TEST_CASE("the phase of trained weights") {
  CHECK(phase_of({{0.9, -0.1}, {}}).phase == Phase::not_represented);
  CHECK(phase_of({{0.1, -1.1}, {}}).phase == Phase::dedicated);
  CHECK(phase_of({{0.8, -1.1}, {}}).phase == Phase::antipodal);
  CHECK(phase_of({{-0.8, 1.1}, {}}).phase == Phase::antipodal);
  CHECK_FALSE(phase_of({{0.8, 1.1}, {}}).known);
  CHECK_FALSE(phase_of({{0.1, -0.2}, {}}).known);
}

TEST_CASE("arguments out of range") {
  CHECK_THROWS_AS(phase_costs(0, 0.5), InputError);
  CHECK_THROWS_AS(phase_costs(1, 0), InputError);
  CHECK_THROWS_AS(phase_costs(1, 1.5), InputError);
  CHECK_THROWS_AS(antipodal_boundary(0.5), InputError);
}
