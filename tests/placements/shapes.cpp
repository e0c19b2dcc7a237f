// Circles, solids, trees and parts: their Gram matrices are known exactly.
#include <doctest/doctest.h>
#include <ATen/ATen.h>

#include <cmath>
#include <functional>
#include <map>
#include <numbers>
#include <set>
#include <string>

#include "lab/core/error.h"
#include "lab/placements/placement.h"
#include "lab/tensors/tensors.h"
#include "placements/truths.h"

using namespace lab;
using namespace lab::test;

namespace {

at::Tensor gram(const at::Tensor& frames_CD) {
  const at::Tensor v = frames_CD.to(at::kDouble);
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

// Σ_f a_f² cos(2πf(i−j)/n) / Σ_f a_f², the formula of kinds.h.
at::Tensor circle_gram(std::int64_t n, const std::vector<std::int64_t>& frequencies,
                       const std::vector<double>& amplitudes) {
  at::Tensor expected = at::zeros({n, n}, at::kDouble);
  double total = 0;
  for (const double a : amplitudes) total += a * a;
  for (std::int64_t i = 0; i < n; ++i) {
    for (std::int64_t j = 0; j < n; ++j) {
      double sum = 0;
      for (std::size_t f = 0; f < frequencies.size(); ++f) {
        const double angle = 2 * std::numbers::pi * static_cast<double>(frequencies[f] * (i - j)) /
                             static_cast<double>(n);
        sum += amplitudes[f] * amplitudes[f] * std::cos(angle);
      }
      expected[i][j] = sum / total;
    }
  }
  return expected;
}

// How often each cosine (rounded to 1e-4) occurs from one vertex to the others.
std::map<double, int> cosines_from(const at::Tensor& g, std::int64_t vertex) {
  std::map<double, int> counts;
  for (std::int64_t j = 0; j < g.size(0); ++j) {
    if (j == vertex) continue;
    counts[std::round(g[vertex][j].item<double>() * 1e4) / 1e4 + 0.0]++;
  }
  return counts;
}

double rounded(double x) {
  return std::round(x * 1e4) / 1e4;
}

}  // namespace

TEST_CASE("circle: one frequency or many, any amplitudes") {
  for (const std::int64_t n : {2, 7, 12}) {
    CHECK(distance(gram(place({Circle{}}, plain(n), 5, 1).frames_CD), circle_gram(n, {1}, {1})) <
          1e-6);
    const Circle several{.frequencies = {1, 3, 0}, .amplitudes = {2, 0.5, 1}};
    CHECK(distance(gram(place({several}, plain(n), 6, 1).frames_CD),
                   circle_gram(n, {1, 3, 0}, {2, 0.5, 1})) < 1e-6);
  }
}

TEST_CASE("circle: each of the world's circles gets its own, orthogonal to the others") {
  Truth truth = plain(19);
  truth.relations = {over("circle", "months", 0, 12), over("circle", "days", 12, 7)};
  const Placed placed = place({Circle{}}, truth, 4, 1);
  const at::Tensor g = gram(placed.frames_CD);
  CHECK(distance(g.narrow(0, 0, 12).narrow(1, 0, 12), circle_gram(12, {1}, {1})) < 1e-6);
  CHECK(distance(g.narrow(0, 12, 7).narrow(1, 12, 7), circle_gram(7, {1}, {1})) < 1e-6);
  CHECK(g.narrow(0, 0, 12).narrow(1, 12, 7).abs().max().item<double>() < 1e-6);
  CHECK(placed.relations.empty());  // the world has said it already

  const Placed crossed = place({Circle{.subspaces = "random"}}, truth, 3, 1);
  CHECK(gram(crossed.frames_CD).narrow(0, 0, 12).narrow(1, 12, 7).abs().max().item<double>() > 0.1);
}

TEST_CASE("circle: where the world has none, the order of the features is the circle") {
  const Placed placed = place({Circle{}}, plain(5), 2, 1);
  REQUIRE(placed.relations.size() == 1);
  CHECK(placed.relations[0].kind == "circle");
  CHECK(placed.relations[0].features == std::vector<std::int64_t>{0, 1, 2, 3, 4});
}

TEST_CASE("circle: the order of a relation, not of the features, is the order around it") {
  Truth truth = plain(4);
  truth.relations = {{"circle", "c", {2, 0, 3, 1}, {}, ""}};
  const at::Tensor g = gram(place({Circle{}}, truth, 2, 1).frames_CD);
  CHECK(g[2][3].item<double>() == doctest::Approx(-1));  // two steps apart
  CHECK(g[0][1].item<double>() == doctest::Approx(-1));
  CHECK(std::abs(g[2][0].item<double>()) < 1e-6);
}

TEST_CASE("polyhedron: cosines of the five solids in closed form") {
  const double s5 = rounded(1 / std::sqrt(5)), third = rounded(1.0 / 3),
               d = rounded(std::sqrt(5) / 3);
  const std::map<std::string, std::map<double, int>> expected{
      {"tetrahedron", {{-third, 3}}},
      {"octahedron", {{-1, 1}, {0, 4}}},
      {"cube", {{-1, 1}, {-third, 3}, {third, 3}}},
      {"icosahedron", {{-1, 1}, {-s5, 5}, {s5, 5}}},
      {"dodecahedron", {{-1, 1}, {-d, 3}, {-third, 6}, {third, 6}, {d, 3}}}};
  for (const auto& [shape, cosines] : expected) {
    CAPTURE(shape);
    const at::Tensor vertices = platonic_vertices(shape);
    const std::int64_t n = vertices.size(0);
    const Placed placed = place({Polyhedron{}}, plain(n), 5, 3);
    const at::Tensor g = gram(placed.frames_CD);
    CHECK(distance(g.diagonal(), at::ones(n)) < 1e-6);
    for (std::int64_t v = 0; v < n; ++v) CHECK(cosines_from(g, v) == cosines);
    CHECK(distance(g, gram(vertices)) < 1e-6);
    // A tight frame: Σ v vᵀ = (n/3) I.
    CHECK(distance(vertices.t().mm(vertices),
                   at::eye(3, at::kDouble) * (static_cast<double>(n) / 3)) < 1e-12);
    REQUIRE(placed.relations.size() == 1);
    CHECK(placed.relations[0].kind == "polyhedron");
    CHECK(placed.relations[0].shape == shape);
    CHECK(placed.relations[0].features.size() == static_cast<std::size_t>(n));
  }
}

TEST_CASE("polyhedron: groups are the world's exclusive groups, else features in order") {
  const Placed pairs = place({Polyhedron{"tetrahedron"}}, plain(8), 6, 1);
  CHECK(pairs.relations.size() == 2);
  CHECK(pairs.relations[0].name != pairs.relations[1].name);
  const at::Tensor g = gram(pairs.frames_CD);
  CHECK(g.narrow(0, 0, 4).narrow(1, 4, 4).abs().max().item<double>() < 1e-6);

  Truth truth = plain(10);
  truth.relations = {over("exclusive", "six", 4, 6), over("exclusive", "four", 0, 4)};
  const Placed groups = place({Polyhedron{}}, truth, 6, 1);
  CHECK(groups.relations[0].shape == "octahedron");
  CHECK(groups.relations[0].name == "six");
  CHECK(groups.relations[1].shape == "tetrahedron");

  const auto failure = [](const Polyhedron& config, const Truth& truth) {
    return message_of([&] { place({config}, truth, 30, 0); });
  };
  CHECK(failure({}, plain(7)).find("has 7 features") != std::string::npos);
  CHECK(failure({"cube"}, plain(9)).find("9 features are no multiple of the 8") !=
        std::string::npos);
  truth.relations.pop_back();
  CHECK(failure({}, truth).find("'f0' is in none of the world's exclusive relations") !=
        std::string::npos);
  CHECK(failure({}, features({2, 1, 1, 1})).find("'f0' has 2 coordinates") != std::string::npos);
}

TEST_CASE("tree: a child is its parent and an offset") {
  Truth truth = plain(6);
  truth.relations = {over("tree", "t", 0, 6)};
  truth.relations[0].parent = {-1, 0, 0, 1, 1, -1};
  const Placed placed = place({TreePlacement{.scale = 0.5}}, truth, 8, 1);
  const at::Tensor v = placed.frames_CD.to(at::kDouble);
  const at::Tensor offsets =
      at::stack({v[0], v[1] - v[0], v[2] - v[0], v[3] - v[1], v[4] - v[1], v[5]});
  const at::Tensor norms = at::tensor({1.0, 0.5, 0.5, 0.25, 0.25, 1.0});
  CHECK(distance(gram(offsets), at::diag(norms.square())) < 1e-6);
  // With orthonormal offsets ⟨v_i, v_j⟩ is the squared norm of what their paths share.
  CHECK(v[3].dot(v[4]).item<double>() == doctest::Approx(1.25));
  CHECK(v[3].dot(v[2]).item<double>() == doctest::Approx(1));

  const at::Tensor u = place({TreePlacement{"random", 2}}, truth, 3, 1).frames_CD;
  CHECK((u[3] - u[1]).norm().item<double>() == doctest::Approx(4));
  CHECK(message_of([&] { place({TreePlacement{}}, truth, 5, 1); }) ==
        "tree: 6 features need width ≥ 6, got 5");
  CHECK(message_of([&] { place({TreePlacement{}}, plain(3), 5, 1); }).find("no tree") !=
        std::string::npos);
}

TEST_CASE("parts: each in a subspace of its own") {
  Truth truth = features({1, 1, 1, 1, 1, 1, 1, 2, 1});
  for (std::size_t i = 0; i < 7; ++i) truth.features[i].name.replace(0, 1, "day");
  truth.relations = {over("circle", "days", 0, 7)};
  const Part days{.features = "day*", .placement = {Circle{}}};
  const Part rest{.placement = {Random{}}};
  const Placed placed = place({Parts{{days, rest}}}, truth, 5, 1);
  const at::Tensor g = gram(placed.frames_CD);
  CHECK(distance(g.narrow(0, 0, 7).narrow(1, 0, 7), circle_gram(7, {1}, {1})) < 1e-6);
  CHECK(g.narrow(0, 0, 7).narrow(1, 7, 3).abs().max().item<double>() < 1e-6);
  CHECK(std::abs(g[7][8].item<double>()) < 1e-6);  // the frame of the wide feature
  CHECK(std::abs(g[7][9].item<double>()) > 1e-3);  // not of different ones
  CHECK(place({Parts{{days, rest}, "random"}}, truth, 4, 1).frames_CD.size(1) == 4);
  CHECK(least_width({Parts{{days, rest}}}, truth) == 4);
  CHECK(least_width({Parts{{days, rest}, "random"}}, truth) == 2);
}

TEST_CASE("parts: ranges, widths, and two equal parts that draw different numbers") {
  const Part front{.range = {0, 9}, .width = 4, .placement = {Random{}}};
  const Part back{.width = 4, .placement = {Random{}}};
  const at::Tensor v = place({Parts{{front, back}, "aligned"}}, plain(20), 10, 1).frames_CD;
  CHECK(v.narrow(0, 0, 10).narrow(1, 4, 6).abs().max().item<double>() == 0);
  CHECK(v.narrow(0, 10, 10).narrow(1, 0, 4).abs().max().item<double>() == 0);
  CHECK(v.narrow(1, 8, 2).abs().max().item<double>() == 0);  // beyond the given widths
  CHECK_FALSE(
      at::allclose(v.narrow(0, 0, 10).narrow(1, 0, 4), v.narrow(0, 10, 10).narrow(1, 4, 4)));
  CHECK(distance(gram(v).diagonal(), at::ones(20)) < 1e-6);
}

TEST_CASE("parts: what is left is shared equally among those that take any width") {
  const Part fixed{.range = {0, 2}, .placement = {Orthonormal{}}};
  const Part one{.range = {3, 5}, .placement = {Random{}}};
  const at::Tensor v =
      place({Parts{{fixed, one, Part{.placement = {Random{}}}}, "aligned"}}, plain(9), 10, 1)
          .frames_CD;
  const auto used = [&](std::int64_t first) {  // axes used by three features
    return v.narrow(0, first, 3).abs().amax(0).gt(0).sum().item<std::int64_t>();
  };
  CHECK(used(0) == 3);
  CHECK(used(3) == 4);
  CHECK(used(6) == 3);
}

TEST_CASE("parts: relations that a part adds are about the whole world's features") {
  const Part solid{.range = {2, 5}, .placement = {Polyhedron{}}};
  const Part nested{
      .placement = {Parts{{Part{.range = {0, 1}}, Part{.placement = {Polyhedron{}}}}}}};
  const Placed placed = place({Parts{{solid, nested}}}, plain(12), 20, 1);
  REQUIRE(placed.relations.size() == 2);
  CHECK(placed.relations[0].features == std::vector<std::int64_t>{2, 3, 4, 5});
  CHECK(placed.relations[0].shape == "tetrahedron");
  CHECK(placed.relations[1].features == std::vector<std::int64_t>{6, 7, 8, 9, 10, 11});
  CHECK(placed.relations[1].shape == "octahedron");
}

TEST_CASE("parts: what is wrong is said with the part") {
  const auto failure = [](const Parts& parts, std::int64_t width) {
    return message_of([&] { place({parts}, plain(8), width, 0); });
  };
  CHECK(failure({{Part{.features = "g*"}}}, 8).find("feature 'f0' fits no part") !=
        std::string::npos);
  CHECK(failure({{Part{}, Part{}}}, 8).find("parts[1] ('*'): takes no feature") !=
        std::string::npos);
  CHECK(failure({{Part{.width = 5}}}, 8) ==
        "parts[0] ('*'): orthonormal: 8 coordinates need width ≥ 8, got 5");
  CHECK(failure({{Part{}}}, 7) == "parts: 8 features need width ≥ 8, got 7");
}
