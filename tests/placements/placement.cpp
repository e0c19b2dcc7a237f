// What holds for every family: shapes, norms, seeds, widths that are too small.
#include "lab/placements/placement.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <doctest/doctest.h>

#include <cmath>
#include <functional>
#include <string>

#include "lab/core/error.h"
#include "lab/tensors/tensors.h"
#include "placements/truths.h"

using namespace lab;
using namespace lab::test;

namespace {

// Many small operations: more threads only get into each other's way.
[[maybe_unused]] const bool one_thread = (at::set_num_threads(1), true);

at::Tensor gram(const Placed& placed) {
  const at::Tensor v = placed.frames_CD.to(at::kDouble);
  return v.mm(v.t());
}

double distance(const at::Tensor& a, const at::Tensor& b) {
  return (a.to(at::kDouble) - b.to(at::kDouble)).abs().max().item<double>();
}

std::string message_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("orthonormal: the Gram matrix is the identity") {
  for (const bool aligned : {true, false}) {
    for (const std::int64_t width : {12, 20}) {
      const Placed placed = place({Orthonormal{aligned}}, plain(12), width, 3);
      CHECK(placed.frames_CD.sizes() == at::IntArrayRef{12, width});
      CHECK(placed.frames_CD.dtype() == at::kFloat);
      CHECK(distance(gram(placed), at::eye(12)) < 1e-6);
    }
  }
  CHECK(at::equal(place({Orthonormal{true}}, plain(3), 5, 0).frames_CD, at::eye(3, 5)));
}

// A rotation that is uniform has entries of mean 0 and variance 1/D, and no preferred sign of the
// diagonal, which QR without the sign fix would have. Over 400 seeds the mean of entry (0,0) has sd
// 1/√(400·4) = .025; 4.5 sd: false alarms in 1 of 10⁵ tests.
TEST_CASE("orthonormal: rotations are uniform") {
  double sum = 0, squares = 0;
  for (std::int64_t seed = 0; seed < 400; ++seed) {
    const double x = place({Orthonormal{}}, plain(4), 4, seed).frames_CD[0][0].item<float>();
    sum += x;
    squares += x * x;
  }
  CHECK(std::abs(sum / 400) < 4.5 * 0.025);
  // x² is Beta(1/2, 3/2): mean 1/4, variance 1/16.
  CHECK(std::abs(squares / 400 - 0.25) < 4.5 * 0.25 / 20);
}

// cos² between independent uniform unit vectors is Beta(1/2, (D−1)/2): mean 1/D. With D = 16 and
// 200 vectors the mean over 19,900 pairs has sd √(2(D−1)/(D²(D+2)))/√19900 = 5.7e-4.
TEST_CASE("random: norms are 1 and cosines are those of uniform directions") {
  const Placed placed = place({Random{}}, plain(200), 16, 5);
  const at::Tensor g = gram(placed);
  CHECK(distance(g.diagonal(), at::ones(200)) < 1e-6);
  const double mean_square = (g.square().sum().item<double>() - 200) / (200 * 199);
  CHECK(std::abs(mean_square - 1.0 / 16) < 4.5 * 5.7e-4);
}

TEST_CASE("random: a feature of two coordinates gets an orthonormal frame of two") {
  const Truth truth = features({2, 1, 2, 2});
  for (const PlacementConfig& config :
       {PlacementConfig{Random{}}, PlacementConfig{LowCoherence{.steps = 50}}}) {
    const at::Tensor g = gram(place(config, truth, 3, 1));
    CHECK(g.sizes() == at::IntArrayRef{7, 7});
    CHECK(distance(g.diagonal(), at::ones(7)) < 1e-6);
    for (const std::int64_t first : {0, 3, 5}) {
      CHECK(std::abs(g[first][first + 1].item<double>()) < 1e-6);
    }
    CHECK(std::abs(g[0][2].item<double>()) > 1e-3);
  }
  CHECK(distance(gram(place({Orthonormal{}}, truth, 7, 1)), at::eye(7)) < 1e-6);
}

TEST_CASE(
    "low coherence: far below random, near the best that is known, never below Welch's bound") {
  const std::vector<std::pair<std::int64_t, std::int64_t>> sizes{{24, 8}, {64, 16}, {100, 10}};
  for (const auto& [n, width] : sizes) {
    const double random = coherence(place({Random{}}, plain(n), width, 7).frames_CD);
    const double low = coherence(place({LowCoherence{}}, plain(n), width, 7).frames_CD);
    MESSAGE("coherence of ", n, " vectors in ", width, " dimensions: random ", random, ", low ",
            low, ", Welch's bound ", welch_bound(n, width));
    CHECK(low < 0.75 * random);
    CHECK(low >= welch_bound(n, width) - 1e-6);
  }
  // Equiangular lines that meet the bound: 6 in 3 dimensions, 3 in 2, and n+1 in n.
  const std::vector<std::pair<std::int64_t, std::int64_t>> tight{{6, 3}, {3, 2}, {5, 4}};
  for (const auto& [n, width] : tight) {
    const double low = coherence(place({LowCoherence{}}, plain(n), width, 1).frames_CD);
    CHECK(low == doctest::Approx(welch_bound(n, width)).epsilon(0.01));
  }
}

TEST_CASE("low coherence: orthonormal when the width holds all") {
  CHECK(distance(gram(place({LowCoherence{}}, plain(9), 9, 2)), at::eye(9)) < 1e-6);
  CHECK(welch_bound(9, 9) == 0);
  CHECK(welch_bound(6, 3) == doctest::Approx(1 / std::sqrt(5)));
}

TEST_CASE("equal_cosines: the Gram matrix is that of its closed form, down to the simplex") {
  for (const double cosine : {-0.2, 0.0, 0.3, 0.9}) {
    const Placed placed = place({EqualCosines{cosine}}, plain(6), 9, 3);
    CHECK(placed.frames_CD.sizes() == at::IntArrayRef{6, 9});
    CHECK(distance(gram(placed), at::eye(6) * (1 - cosine) + cosine) < 1e-6);
  }
  const at::Tensor simplex = place({EqualCosines{-0.2}}, plain(6), 6, 1).frames_CD;
  CHECK(simplex.sum(0).abs().max().item<double>() < 1e-5);  // the centre of a simplex is 0
  CHECK(message_of([] { place({EqualCosines{-0.21}}, plain(6), 6, 1); }).find("raise cosine") !=
        std::string::npos);
}

TEST_CASE("coherence is the largest |cosine|") {
  CHECK(coherence(at::tensor({1.0, 0.0, -3.0, 0.0, 1.0, 1.0}).view({3, 2})) == doctest::Approx(1));
  CHECK(coherence(at::tensor({2.0, 0.0, 1.0, 1.0}).view({2, 2})) ==
        doctest::Approx(std::sqrt(0.5)));
  CHECK(coherence(at::ones({1, 4})) == 0);
}

TEST_CASE("the seed alone decides, where it decides anything") {
  Truth truth = plain(8);
  truth.relations.push_back(over("tree", "t", 0, 8));
  truth.relations.back().parent = {-1, 0, 0, 1, 1, 2, 2, 3};
  const std::vector<PlacementConfig> drawn{
      {Orthonormal{}}, {Random{}},        {LowCoherence{.steps = 5}}, {Circle{}},
      {Polyhedron{}},  {TreePlacement{}}, {Parts{{Part{}}}},          {EqualCosines{}}};
  for (const PlacementConfig& config : drawn) {
    CAPTURE(config.kind.index());
    const at::Tensor first = place(config, truth, 8, 11).frames_CD;
    CHECK(at::equal(first, place(config, truth, 8, 11).frames_CD));
    CHECK_FALSE(at::equal(first, place(config, truth, 8, 12).frames_CD));
    CHECK(uses_seed(config));
  }
  const Part axes{.placement = {Orthonormal{true}}};
  const std::vector<PlacementConfig> given{{Orthonormal{true}},
                                           {Circle{.subspaces = "aligned"}},
                                           {Polyhedron{.subspaces = "aligned"}},
                                           {Parts{{axes}, "aligned"}}};
  for (const PlacementConfig& config : given) {
    CAPTURE(config.kind.index());
    CHECK(at::equal(place(config, truth, 8, 1).frames_CD, place(config, truth, 8, 2).frames_CD));
    CHECK_FALSE(uses_seed(config));
  }
}

TEST_CASE("random vectors do not depend on how many more there are") {
  const at::Tensor few = place({Random{}}, plain(5), 8, 1).frames_CD;
  const at::Tensor many = place({Random{}}, plain(50), 8, 1).frames_CD;
  CHECK(at::equal(few, many.narrow(0, 0, 5)));
}

TEST_CASE("a width that is too small is refused with both numbers") {
  const auto failure = [](const PlacementConfig& config, const Truth& truth, std::int64_t width) {
    return message_of([&] { place(config, truth, width, 0); });
  };
  CHECK(failure({Orthonormal{}}, plain(12), 8) ==
        "orthonormal: 12 coordinates need width ≥ 12, got 8");
  CHECK(failure({Random{}}, features({1, 2}), 1) == "random: 2 features need width ≥ 2, got 1");
  CHECK(failure({Circle{{1, 2}}}, plain(7), 3) == "circle: 7 features need width ≥ 4, got 3");
  CHECK(failure({Polyhedron{"tetrahedron"}}, plain(8), 5) ==
        "polyhedron: 8 features need width ≥ 6, got 5");
  CHECK(failure({Random{}}, plain(3), 0) == "placement: width must be at least 1, got 0");
  CHECK(place({Random{}}, plain(3), 1, 0).frames_CD.abs().eq(1).all().item<bool>());
  CHECK(place({Random{}}, plain(0), 4, 0).frames_CD.sizes() == at::IntArrayRef{0, 4});
}
