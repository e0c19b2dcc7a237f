#include "lab/scores/hierarchy.h"

#include <ATen/ATen.h>
#include <doctest/doctest.h>

#include <cmath>

#include "lab/core/error.h"
#include "random_tensors.h"

using namespace lab;
using namespace random_tensors;

namespace {

// Parent 0 and child 1, values 1 when present, in five dimensions.
const std::vector<Together> one_pair = {{{0, 1}, 100, 1, 1}};

std::optional<HierarchyClass> found(const std::vector<at::Tensor>& atoms, const at::Tensor& truth,
                                    bool signed_codes = false) {
  return identify(at::stack(atoms), truth, one_pair, signed_codes)[0].found;
}

// A unit vector at an angle (degrees) between two orthonormal ones.
at::Tensor between(const at::Tensor& a, const at::Tensor& b, double degrees) {
  const double angle = degrees * M_PI / 180;
  return a * std::cos(angle) + b * std::sin(angle);
}

}  // namespace

TEST_CASE("faithful, absorbed, redundant, other: whatever the lengths and the order of atoms") {
  using enum HierarchyClass;
  const at::Tensor t = rotation("truth", 5), p = t[0], c = t[1], noise = t[2];
  CHECK(found({p, c, noise}, t) == faithful);
  CHECK(found({noise, 3 * c, .1 * p}, t) == faithful);
  CHECK(found({p, p + c}, t) == absorbed);
  CHECK(found({.2 * (p + c), 7 * p}, t) == absorbed);
  CHECK(found({p, c, p + c}, t) == redundant);
  CHECK(found({c, p + c}, t) == other);  // nothing for the parent
  CHECK(found({p, noise}, t) == other);
  CHECK(found({noise, at::zeros(5)}, t) == other);
}

TEST_CASE("an atom stands for the nearest direction alone, and only from a cosine of .9") {
  using enum HierarchyClass;
  const at::Tensor t = rotation("truth", 5), p = t[0], c = t[1];
  // p and p + c are 45° apart, and .9 is 25.8°: their caps overlap between 19.2° and 25.8°.
  CHECK(found({p, between(p, c, 22)}, t) == other);     // a second atom for the parent
  CHECK(found({p, between(p, c, 23)}, t) == absorbed);  // both
  CHECK(found({p, between(p, c, 67)}, t) == absorbed);
  CHECK(found({p, between(p, c, 68)}, t) == faithful);
  CHECK(found({p, between(c, t[2], 25)}, t) == faithful);
  CHECK(found({p, between(c, t[2], 26)}, t) == other);
}

TEST_CASE("the sign of an atom says something unless codes are signed") {
  using enum HierarchyClass;
  const at::Tensor t = rotation("truth", 5);
  CHECK(found({t[0], -t[1]}, t) == other);
  CHECK(found({t[0], -t[1]}, t, true) == faithful);
}

TEST_CASE("both together lie where the values put them") {
  using enum HierarchyClass;
  const at::Tensor t = rotation("truth", 5);
  const std::vector<Together> strong = {{{0, 1}, 10, 1, 3}};
  const auto at_values = [&](double child) {
    return identify(at::stack({t[0], t[0] + child * t[1]}), t, strong, false)[0].found;
  };
  CHECK(at_values(3) == absorbed);
  CHECK(at_values(1) == other);  // 45°, where 71.6° are meant
}

TEST_CASE("a child whose vector contains the parent is found by its vector or by its offset") {
  using enum HierarchyClass;
  const at::Tensor q = rotation("truth", 5);
  const at::Tensor t = at::stack({q[0], q[0] + q[1]});
  CHECK(found({t[0], t[1]}, t) == faithful);  // the oracle
  CHECK(found({t[0], q[1]}, t) == faithful);
  CHECK(found({t[0], 2 * q[0] + q[1]}, t) == absorbed);
  CHECK(found({t[0], q[1], 2 * q[0] + q[1]}, t) == redundant);
}

TEST_CASE("where nothing can be said, the reason is") {
  const at::Tensor t = rotation("truth", 5), atoms = t.narrow(0, 0, 2);
  const auto reason = [&](const Together& pair, const at::Tensor& truth) {
    const Scores scores =
        identifiability_scores(atoms, truth, std::vector<Together>{pair}, false, 0, draw("null"));
    CHECK_FALSE(scores.at("class_other").present);
    return scores.at("class_faithful").reason;
  };
  CHECK(reason({{0, 1}, 0, 0, 0}, t).find("never present together") != std::string::npos);
  CHECK(reason({{0, 1}, 9, 0, 0}, t).find("is 0") != std::string::npos);
  CHECK(reason({{0, 1}, 9, 1, .01}, t).find("cosine of .99") != std::string::npos);
  CHECK(reason({{0, 1}, 9, 1, 1}, at::stack({t[0], 2 * t[0]})).find(".99") != std::string::npos);
  CHECK_FALSE(
      identifiability_scores(atoms, t, {}, false, 0, draw("null")).at("class_pairs").present);
  CHECK_THROWS_AS(identify(atoms, t.narrow(1, 0, 4), one_pair, false), InputError);
  CHECK_THROWS_AS(identify(atoms, t.narrow(0, 0, 1), one_pair, false), InputError);
  CHECK_THROWS_AS(identify(atoms / 0., t, one_pair, false), Failure);
}

TEST_CASE(
    "shares are over the pairs of which something can be said; random dictionaries have none") {
  // Parents 0 … 3 with children 4 … 7: faithful, absorbed, faithful, never together.
  const at::Tensor t = rotation("truth", 16).narrow(0, 0, 8);
  std::vector<Together> pairs;
  for (std::int64_t i = 0; i < 4; ++i) pairs.push_back({{i, 4 + i}, i < 3 ? 50 : 0, 1, 1});
  const at::Tensor atoms = at::cat({t.narrow(0, 0, 4), at::stack({t[4], t[1] + t[5], t[6]})});
  const Scores scores = identifiability_scores(atoms, t, pairs, false, 20, draw("null"));
  CHECK(scores.at("class_faithful").value == doctest::Approx(2. / 3));
  CHECK(scores.at("class_absorbed").value == doctest::Approx(1. / 3));
  CHECK(scores.at("class_redundant").value == 0);
  CHECK(scores.at("class_other").value == 0);
  CHECK(scores.at("class_pairs").value == .75);
  CHECK(scores.at("parents_found").value == 1);
  CHECK(scores.at("children_found").value == doctest::Approx(2. / 3));
  CHECK(scores.at("class_faithful_null").value == 0);  // cos ≥ .9 in 16 dimensions: < 1e-6 an atom
  CHECK(scores.at("class_faithful_p").value == doctest::Approx(1. / 21));
  CHECK(scores.at("class_redundant_p").value == 1);
  const Table table = identifiability_table(atoms, t, pairs, false);
  REQUIRE(table.rows.size() == 4);
  CHECK(table.rows[1][2] == 1);
  CHECK(std::isnan(table.rows[3][2]));
  CHECK(table.rows[0][3] == doctest::Approx(1));
  CHECK(table.rows[3][6] == 0);
  // A rotation of everything changes nothing.
  const at::Tensor q = rotation("turn", 16);
  const Scores turned =
      identifiability_scores(atoms.matmul(q), t.matmul(q), pairs, false, 0, draw("null"));
  CHECK(turned.at("class_faithful").value == doctest::Approx(2. / 3));
}

TEST_CASE("together counts samples with both, and averages their values") {
  const at::Tensor present = at::tensor({1., 1., 1., 0., 1., 1., 0., 1.}, at::kDouble).view({4, 2});
  const at::Tensor values = at::tensor({2., 1., 5., 0., 4., 2., 0., 9.}, at::kDouble).view({4, 2});
  const std::vector<ParentChild> pairs = {{0, 1}};
  const Together t = together(values, present, pairs)[0];
  CHECK(t.samples == 2);
  CHECK(t.parent == 3);
  CHECK(t.child == 1.5);
  CHECK(together(values, at::zeros({4, 2}), pairs)[0].samples == 0);
  CHECK_THROWS_AS(together(values, present.narrow(0, 0, 3), pairs), InputError);
}
