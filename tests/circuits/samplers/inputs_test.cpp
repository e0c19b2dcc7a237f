#include "circuits/samplers/inputs.h"

#include <bit>
#include <cmath>

#include "circuits/samplers/frequencies.h"
#include "circuits/words.h"

using namespace circuits;

namespace {

std::size_t ones(const Bits& bits) {
  std::size_t count = 0;
  for (const std::uint64_t word : bits) count += static_cast<std::size_t>(std::popcount(word));
  return count;
}

const std::vector<InputKind> kKinds{
    UniformBits{},
    BiasedBits{0.3},
    ProductBits{{0.5, 0.2, 0.9, 1, 0.4}},
    ExactlyOnes{2},
    ExactlyOnes{4},
    AtMostOnes{2},
    AtMostOnes{4},
    AtMostOnes{5},
    PopcountBits{},
    PopcountBits{2},
    TableBits{{{3}, {9}, {31}, {0}}, {1, 2, 0, 5}},
    OneHotBits{{3, 1, 4}, 0.25},
    OneHotBits{{1, 2, 3, 4, 5}},
};

}  // namespace

TEST_CASE("draws follow the probabilities, which add to 1") {
  for (std::size_t kind = 0; kind < kKinds.size(); ++kind) {
    CAPTURE(kind);
    const InputDistribution distribution(kKinds[kind], 5);
    std::map<std::string, double> probabilities;
    for (std::uint64_t input = 0; input < 32; ++input) {
      const double p = distribution.probability({input});
      if (p > 0) probabilities[std::to_string(input)] = p;
    }
    const WordSource words = splitmix(30 + kind);
    check_frequencies(probabilities, 20'000,
                      [&] { return std::to_string(distribution.draw(words)[0]); });
  }
}

TEST_CASE("closed forms of probabilities") {
  const auto p = [](const InputKind& kind, std::size_t n, const Bits& input) {
    return InputDistribution(kind, n).probability(input);
  };
  CHECK(p(BiasedBits{0.25}, 3, {5}) == doctest::Approx(0.25 * 0.75 * 0.25));
  CHECK(p(ExactlyOnes{3}, 10, {7}) == doctest::Approx(1 / 120.0));
  CHECK(p(ExactlyOnes{3}, 10, {3}) == 0);
  CHECK(p(AtMostOnes{2}, 10, {3}) == doctest::Approx(1 / 56.0));
  CHECK(p(AtMostOnes{8}, 10, {3}) == doctest::Approx(1 / 1013.0));
  CHECK(p(AtMostOnes{2}, 10, {7}) == 0);
  CHECK(p(PopcountBits{}, 4, {3}) == doctest::Approx(1 / 30.0));
  CHECK(p(PopcountBits{3}, 20, {0b101}) == doctest::Approx(1 / (4 * 190.0)));
  CHECK(p(PopcountBits{3}, 20, {0b1111}) == 0);
  CHECK(p(OneHotBits{{1, 3}, 0.25}, 4, {2 + 8}) == doctest::Approx(0.75 * 0.75 * 0.25));
  CHECK(p(OneHotBits{{1, 3}, 0.25}, 4, {3}) == 0);
  CHECK(p(UniformBits{}, 0, {}) == 1);
  CHECK(p(ExactlyOnes{1}, 1000, [] {
          Bits one(16, 0);
          one[15] = 1;
          return one;
        }()) == doctest::Approx(1e-3));
}

TEST_CASE("inputs of many words") {
  const WordSource words = splitmix(31);
  for (const std::size_t n : {63, 64, 65, 128, 1000}) {
    CAPTURE(n);
    for (std::size_t k : {std::size_t{0}, std::size_t{3}, n / 2, n - 1, n}) {
      const Bits bits = InputDistribution(ExactlyOnes{k}, n).draw(words);
      CHECK(bits.size() == (n + 63) / 64);
      CHECK(ones(bits) == k);
      CHECK(ones(InputDistribution(AtMostOnes{k}, n).draw(words)) <= k);
    }
    CHECK(ones(InputDistribution(BiasedBits{1}, n).draw(words)) == n);
    CHECK(ones(InputDistribution(BiasedBits{0}, n).draw(words)) == 0);
    // Every bit of a distribution with one-hot bits in front that end within a word.
    const InputDistribution multitask(OneHotBits{zipf_weights(13, 1.4), 0.5}, n);
    std::vector<double> set(n, 0);
    for (int i = 0; i < 3000; ++i) {
      const Bits bits = multitask.draw(words);
      REQUIRE(std::popcount(bits[0] & 0x1fff) == 1);
      if (n % 64 != 0) REQUIRE((bits.back() >> (n % 64)) == 0);
      for (std::size_t j = 0; j < n; ++j) set[j] += bit(bits, j);
    }
    set.erase(set.begin(), set.begin() + 13);
    for (const double count : set) {
      REQUIRE(std::abs(lab::tests::frequency_z(count, 3000, 0.5)) < 6);  // 2e-9 each
    }
  }
}

TEST_CASE("at most half of many ones: the number of ones follows the binomials") {
  // Among at most 3 of 200 ones nearly all inputs have 3, with the share C(200, 3) / Σ.
  const InputDistribution distribution(AtMostOnes{3}, 200);
  const double sum = 1 + 200 + 19900 + 1313400;
  const WordSource words = splitmix(32);
  int three = 0;
  for (int i = 0; i < 20'000; ++i) three += ones(distribution.draw(words)) == 3;
  CHECK(std::abs(lab::tests::frequency_z(three, 20'000, 1313400 / sum)) < 5);
  CHECK(ones(InputDistribution(AtMostOnes{5000}, 10'000).draw(words)) > 4800);
}

TEST_CASE("input distributions that are none are refused") {
  const auto refused = [](const InputKind& kind) {
    CHECK_THROWS_AS(InputDistribution(kind, 4), Error);
  };
  refused(PopcountBits{5});
  refused(BiasedBits{1.5});
  refused(BiasedBits{std::nan("")});
  refused(ProductBits{{0.5, 0.5, 0.5}});
  refused(ProductBits{{0.5, 0.5, 0.5, -1}});
  refused(ExactlyOnes{5});
  refused(AtMostOnes{5});
  refused(TableBits{{{1}}, {}});
  refused(TableBits{{}, {}});
  refused(TableBits{{{1}, {1}}, {1, 1}});
  refused(TableBits{{{16}}, {1}});
  refused(TableBits{{{1, 0}}, {1}});
  refused(TableBits{{{1}}, {0}});
  refused(OneHotBits{{1, 1, 1, 1, 1}});
  refused(OneHotBits{{1, -1}});
  refused(OneHotBits{{1}, 2});
  CHECK_THROWS_AS(InputDistribution(UniformBits{}, 4).probability({16}), Error);
  CHECK_THROWS_AS(InputDistribution(UniformBits{}, 4).probability({}), Error);
}
