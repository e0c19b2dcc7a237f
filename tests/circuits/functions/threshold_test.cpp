#include "circuits/functions/threshold.h"

#include <doctest/doctest.h>

#include "circuits/functions/null_vector.h"
#include "circuits/functions/tables.h"
#include "circuits/functions/transforms.h"

using namespace circuits;

namespace {

bool found_weights(const TruthTable& f) {
  const auto verdict = threshold_verdict(f);
  const auto* weights = std::get_if<ThresholdWeights>(&verdict);
  return weights != nullptr && proves(*weights, f);
}
bool found_refutation(const TruthTable& f) {
  const auto verdict = threshold_verdict(f);
  const auto* certificate = std::get_if<NoThreshold>(&verdict);
  return certificate != nullptr && proves(*certificate, f);
}

TruthTable weighted(const std::vector<std::int64_t>& weights, std::int64_t bound) {
  return table_of(static_cast<int>(weights.size()), [&](std::uint64_t k) {
    std::int64_t sum = 0;
    for (std::size_t i = 0; i < weights.size(); ++i) {
      if ((k >> i & 1) != 0) sum += weights[i];
    }
    return sum >= bound;
  });
}

}  // namespace

TEST_CASE("there are 2, 4, 14, 104 and 1,882 threshold functions of 0 to 4 inputs") {
  // Muroga, Threshold Logic and its Applications, 1971; all others are refuted.
  const std::vector<std::size_t> known{2, 4, 14, 104, 1882};
  for (int n = 0; n <= 4; ++n) {
    std::size_t count = 0;
    const std::uint64_t functions = std::uint64_t{1} << (1u << n);
    for (std::uint64_t bits = 0; bits < functions; ++bits) {
      const TruthTable f = TruthTable::from_bits(n, bits);
      const bool yes = found_weights(f);
      if (!yes) REQUIRE(found_refutation(f));
      count += yes;
    }
    CHECK(count == known[static_cast<std::size_t>(n)]);
  }
}

TEST_CASE("random weights are found again, up to the function") {
  const WordSource words = splitmix(51);
  for (int round = 0; round < 40; ++round) {
    const std::size_t n = 1 + static_cast<std::size_t>(round) % 12;
    std::vector<std::int64_t> weights;
    while (weights.size() < n) weights.push_back(static_cast<std::int64_t>(below(41, words)) - 20);
    const TruthTable f = weighted(weights, static_cast<std::int64_t>(below(21, words)) - 10);
    CHECK(found_weights(f));
    CHECK(found_weights(~f));
  }
  CHECK(found_weights(at_least(15, 8)));
  CHECK(found_weights(TruthTable::input(20, 7)));
}

TEST_CASE("unate functions that are no threshold functions are refuted") {
  const WordSource words = splitmix(52);
  std::size_t refuted = 0;
  for (int round = 0; round < 60; ++round) {
    const int n = 4 + round % 8;
    TruthTable f(n);
    for (int product = 0; product < n; ++product) {
      TruthTable term(n, true);
      for (int i = 0; i < 3; ++i) {
        term &= TruthTable::input(n, static_cast<int>(below(static_cast<std::uint64_t>(n), words)));
      }
      f |= term;
    }
    f = flip_inputs(f, static_cast<std::uint32_t>(words() & (f.size() - 1)));
    const bool no = found_refutation(f);
    CHECK((no || found_weights(f)));
    refuted += no;
  }
  CHECK(refuted > 30);
  CHECK(found_refutation(parity(10)));
  CHECK(found_refutation(weighted({3, 1, 4, 1, 5, 9, 2, 6}, 16) &
                         weighted({2, 7, 1, 8, 2, 8, 1, 8}, 19)));
}

TEST_CASE("proofs that do not hold are told apart") {
  const TruthTable f = at_least(3, 2);
  CHECK(proves(ThresholdWeights{{1, 1, 1}, 2}, f));
  CHECK(!proves(ThresholdWeights{{1, 1, 1}, 3}, f));
  CHECK(!proves(ThresholdWeights{{1, 1}, 2}, f));
  CHECK(!proves(ThresholdWeights{{1, 1, std::int64_t{1} << 60}, 2}, f));
  const TruthTable x = parity(2);
  CHECK(proves(NoThreshold{{{1, 1}, {2, 1}}, {{0, 1}, {3, 1}}}, x));
  CHECK(!proves(NoThreshold{{{1, 1}, {2, 1}}, {{0, 2}, {3, 1}}}, x));
  CHECK(!proves(NoThreshold{{{1, 1}, {1, 1}}, {{0, 1}, {3, 1}}}, x));
  CHECK(!proves(NoThreshold{{{0, 1}, {3, 1}}, {{1, 1}, {2, 1}}}, x));
  CHECK(!proves(NoThreshold{{}, {}}, x));
  CHECK(!proves(NoThreshold{{{1, 0}}, {{0, 0}}}, x));
  CHECK(!proves(NoThreshold{{{5, 1}}, {{5, 1}}}, x));
}

TEST_CASE("whole solutions of equations") {
  using Numbers = std::vector<std::int64_t>;
  CHECK(null_vector({{1, -2}}) == Numbers{2, 1});
  CHECK(null_vector({{2, 3, 0}, {0, 4, 5}}) == Numbers{15, -10, 8});
  CHECK(null_vector({{0, 4, 5}, {2, 3, 0}, {2, 7, 5}}) == Numbers{15, -10, 8});
  CHECK(!null_vector({{1, 0}, {0, 1}}));         // only zero
  CHECK(!null_vector({{1, 1, 1}}));              // not unique
  CHECK(!null_vector({{1, 0, 0}, {0, 1, -1}}));  // a zero among them
  CHECK(!null_vector({}));
  const std::int64_t large = (std::int64_t{1} << 62) - 57;
  CHECK(!null_vector({{large, large - 2, 0}, {0, large - 4, large - 6}}));
}
