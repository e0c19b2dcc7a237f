#include "circuits/samplers/random.h"

#include <bit>
#include <cmath>

#include "circuits/samplers/frequencies.h"
#include "circuits/words.h"

using namespace circuits;

namespace {

std::string joined(const std::vector<std::uint64_t>& numbers) {
  std::string text;
  for (const std::uint64_t number : numbers) text += std::to_string(number) + " ";
  return text;
}

}  // namespace

TEST_CASE("biased words have independent bits of the right probability") {
  const WordSource words = splitmix(20);
  for (const double p : {0.3, 0.5, 0.875, 0.01}) {
    CAPTURE(p);
    double ones = 0, both = 0;
    constexpr int kDraws = 4000;
    for (int i = 0; i < kDraws; ++i) {
      const std::uint64_t word = biased_word(p, words);
      ones += std::popcount(word);
      both += std::popcount(word & word << 1);
    }
    CHECK(std::abs(lab::tests::frequency_z(ones, 64 * kDraws, p)) < 5);        // 5.7e-7
    CHECK(std::abs(lab::tests::frequency_z(both, 63 * kDraws, p * p)) < 7.5);  // pairs overlap
  }
}

TEST_CASE("biased words read what they say") {
  int read = 0;
  const WordSource source = splitmix(21);
  const WordSource words = [&] {
    ++read;
    return source();
  };
  CHECK(biased_word(0, words) == 0);
  CHECK(biased_word(1, words) == ~std::uint64_t{0});
  CHECK(read == 0);
  CHECK(biased_word(0.5, words) == splitmix(21)());
  CHECK(read == 1);
  // Three quarters: one of two words.
  const WordSource again = splitmix(22);
  const std::uint64_t first = again(), second = again();
  CHECK(biased_word(0.75, splitmix(22)) == (first | second));
  CHECK(biased_word(0.25, splitmix(22)) == (first & second));
  read = 0;
  for (int i = 0; i < 1000; ++i) biased_word(0.1, words);
  CHECK(read < 9000);
  CHECK(read > 6000);
}

TEST_CASE("weights") {
  const WordSource words = splitmix(23);
  const std::vector<double> weights{0, 1, 2, 0, 5, 0};
  const auto sums = running_sums(weights);
  check_frequencies({{"1", 0.125}, {"2", 0.25}, {"4", 0.625}}, 4000,
                    [&] { return std::to_string(weighted(sums, words)); });
  CHECK(weighted(sums, [] { return ~std::uint64_t{0}; }) == 4);
  CHECK(weighted(sums, [] { return std::uint64_t{0}; }) == 1);
  for (const std::vector<double>& wrong : std::vector<std::vector<double>>{
           {}, {0, 0}, {1, -1}, {std::nan("")}, {INFINITY}, {1e308, 1e308}}) {
    CHECK_THROWS_AS(running_sums(wrong), Error);
  }
}

TEST_CASE("sets are equally likely, by a set or by bits") {
  const WordSource words = splitmix(24);
  check_uniform(10, 4000, [&] { return joined(choose_set(3, 5, words)); });
  // One of 70 and two of 200 take the memory of the set.
  check_uniform(70, 14000, [&] { return joined(choose_set(1, 70, words)); });
  std::vector<double> counts(200, 0);
  for (int i = 0; i < 20'000; ++i) {
    const auto set = choose_set(2, 200, words);
    REQUIRE(set[0] < set[1]);
    for (const std::uint64_t member : set) ++counts[member];
  }
  CHECK(lab::tests::uniformity_z(counts) < kSurprise);
  CHECK(choose_set(4, 4, words) == std::vector<std::uint64_t>{0, 1, 2, 3});
  CHECK(choose_set(0, 0, words).empty());
  CHECK_THROWS_AS(choose_set(3, 2, words), Error);
}

TEST_CASE("a shuffle gives every order equally often") {
  const WordSource words = splitmix(25);
  check_uniform(24, 9600, [&] {
    std::vector<std::uint64_t> values{5, 6, 7, 8};
    shuffle(values, words);
    return joined(values);
  });
}

TEST_CASE("Zipf's weights are powers") {
  for (const double a : {0.0, 0.5, 1.0, 1.4, 7.25}) {
    const auto weights = zipf_weights(3000, a);
    double worst = 0;
    for (std::size_t i = 0; i < weights.size(); ++i) {
      const double expected = std::pow(static_cast<double>(i + 1), -a);
      worst = std::max(worst, std::abs(weights[i] / expected - 1));
    }
    CHECK(worst < 1e-13);
    CHECK(weights[0] == 1);
  }
  CHECK(zipf_weights(100, 100).back() == doctest::Approx(1e-200));
  CHECK(std::bit_cast<std::uint64_t>(zipf_weights(3, 1.4)[2]) == 0x3fcb7e8043582022);
  CHECK_THROWS_AS(zipf_weights(3, -1), Error);
  CHECK_THROWS_AS(zipf_weights(3, std::nan("")), Error);
}
