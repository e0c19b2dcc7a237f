#include "circuits/samplers/arithmetic.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <bit>

#include "circuits/evaluation/evaluate.h"
#include "circuits/samplers/selection.h"
#include "circuits/samplers/threshold.h"
#include "circuits/views.h"
#include "circuits/words.h"

using namespace circuits;

namespace {

// Compares the outputs, as a number with the first one lowest, with a function of the input.
template <class Expected>
void check_numbers(const Circuit& circuit, const Expected& expected) {
  const auto tables = output_tables(circuit);
  for (std::uint64_t k = 0; k < tables[0].size(); ++k) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < tables.size(); ++i) value |= std::uint64_t{tables[i][k]} << i;
    REQUIRE(value == expected(k));
  }
}

bool all_observable(const Circuit& circuit) {
  return std::ranges::count(observable(circuit), false) == 0;
}

}  // namespace

TEST_CASE("adders, multipliers and comparators compute on all inputs") {
  for (std::size_t bits = 1; bits <= 6; ++bits) {
    const std::uint64_t mask = (std::uint64_t{1} << bits) - 1;
    check_numbers(adder({bits}), [&](std::uint64_t k) { return (k & mask) + (k >> bits); });
    check_numbers(multiplier({bits}), [&](std::uint64_t k) { return (k & mask) * (k >> bits); });
    check_numbers(comparator({bits}), [&](std::uint64_t k) {
      const std::uint64_t a = k & mask, b = k >> bits;
      return std::uint64_t{a < b} + 2 * std::uint64_t{a == b};
    });
    CHECK(adder({bits}).outputs().size() == bits + 1);
    CHECK(multiplier({bits}).outputs().size() == 2 * bits);
    CHECK(all_observable(adder({bits})));
    CHECK(all_observable(comparator({bits})));
    if (bits > 1) CHECK(all_observable(multiplier({bits})));
  }
  CHECK(adder({2}).name(1) == "a1");
  CHECK(comparator({2}).outputs()[0].name == "less");
}

TEST_CASE("modular adders compute on all inputs, those beyond the modulus too") {
  for (std::size_t m = 2; m <= 40; ++m) {
    CAPTURE(m);
    const Circuit c = modular_adder({m});
    const auto width = static_cast<std::size_t>(std::bit_width(m - 1));
    REQUIRE(c.inputs() == 2 * width);
    REQUIRE(c.outputs().size() == width);
    const std::uint64_t mask = (std::uint64_t{1} << width) - 1;
    check_numbers(c, [&](std::uint64_t k) { return ((k & mask) + (k >> width)) % m; });
  }
  CHECK_THROWS_AS(modular_adder({1}), Error);
}

TEST_CASE("popcounts, thresholds and majorities count") {
  for (std::size_t n = 1; n <= 10; ++n) {
    const auto count = [](std::uint64_t k) { return static_cast<std::uint64_t>(std::popcount(k)); };
    check_numbers(popcount({n}), count);
    CHECK(popcount({n}).outputs().size() == static_cast<std::size_t>(std::bit_width(n)));
    CHECK(all_observable(popcount({n})));
    for (const bool expanded : {false, true}) {
      for (std::size_t bound = 0; bound <= n + 1; ++bound) {
        const Circuit c = threshold({.inputs = n, .bound = bound, .expanded = expanded});
        check_numbers(c, [&](std::uint64_t k) { return std::uint64_t{count(k) >= bound}; });
        if (bound > 0 && bound <= n) CHECK(all_observable(c));
      }
      check_numbers(majority({.inputs = n, .expanded = expanded}),
                    [&](std::uint64_t k) { return std::uint64_t{2 * count(k) > n}; });
    }
  }
  CHECK(majority({.inputs = 5}).op(5) == Op::Maj);
  CHECK(majority({.inputs = 4}).op(4) == Op::Threshold);
  CHECK_THROWS_AS(threshold({.inputs = 3, .bound = 5}), Error);
}

TEST_CASE("weighted thresholds are never constant, weights within their range") {
  const WordSource words = splitmix(80);
  for (const bool negative : {false, true}) {
    std::vector<int> seen(7, 0);
    for (int i = 0; i < 500; ++i) {
      const Circuit c =
          sample_weighted_threshold({.inputs = 4, .largest = 3, .negative = negative}, words);
      REQUIRE(!output_tables(c)[0].constant());
      for (std::size_t j = 1; j <= 4; ++j) {
        const std::int64_t weight = c.parameters(4)[j];
        REQUIRE(weight >= (negative ? -3 : 1));
        REQUIRE(weight <= 3);
        ++seen[static_cast<std::size_t>(weight + 3)];
      }
    }
    CHECK(seen[3] == 0);
    const int each = negative ? 2000 / 6 : 2000 / 3;
    for (std::size_t weight = negative ? 0 : 4; weight <= 6; ++weight) {
      if (weight != 3) CHECK(std::abs(seen[weight] - each) < 5 * 22);  // five deviations
    }
  }
  CHECK_THROWS_AS(sample_weighted_threshold({.inputs = 65536, .largest = 17}, words), Error);
}

TEST_CASE("weighted thresholds of one weight have every bound equally often") {
  const WordSource words = splitmix(81);
  std::vector<int> seen(6, 0);
  for (int i = 0; i < 5000; ++i) {
    const Circuit c =
        sample_weighted_threshold({.inputs = 5, .largest = 1, .negative = false}, words);
    ++seen[static_cast<std::size_t>(c.parameters(5)[0])];
  }
  CHECK(seen[0] == 0);
  for (std::size_t bound = 1; bound <= 5; ++bound) {
    CHECK(std::abs(seen[bound] - 1000) < 5 * 29);
  }
}

TEST_CASE("majority trees") {
  const auto majority_of = [](std::uint64_t k) { return std::uint64_t{std::popcount(k & 7) > 1}; };
  check_numbers(sample_majority_tree({}, splitmix(0)), [&](std::uint64_t k) {
    return majority_of(majority_of(k) | majority_of(k >> 3) << 1 | majority_of(k >> 6) << 2);
  });
  const Circuit mixed = sample_majority_tree({.shuffle = true}, splitmix(1));
  CHECK(mixed != sample_majority_tree({}, splitmix(1)));
  CHECK(output_tables(mixed)[0].ones() == 256);
  CHECK(sample_majority_tree({.depth = 1, .fan_in = 5}, splitmix(0)) == majority({.inputs = 5}));
  CHECK_THROWS_AS(sample_majority_tree({.fan_in = 4}, splitmix(0)), Error);
  CHECK_THROWS_AS(sample_majority_tree({.depth = 20}, splitmix(0)), Error);
}

TEST_CASE("multiplexers, tribes and inner products") {
  for (std::size_t a = 1; a <= 3; ++a) {
    check_numbers(multiplexer({a}), [&](std::uint64_t k) {
      return k >> (a + (k & ((std::uint64_t{1} << a) - 1))) & 1;
    });
    CHECK(all_observable(multiplexer({a})));
  }
  for (std::size_t count = 1; count <= 3; ++count) {
    for (std::size_t width = 1; width <= 4; ++width) {
      check_numbers(tribes({count, width}), [&](std::uint64_t k) {
        const std::uint64_t all = (std::uint64_t{1} << width) - 1;
        bool any = false;
        for (std::size_t i = 0; i < count; ++i) any = any || (k >> (i * width) & all) == all;
        return std::uint64_t{any};
      });
    }
  }
  for (std::size_t pairs = 1; pairs <= 5; ++pairs) {
    check_numbers(inner_product({pairs}), [&](std::uint64_t k) {
      return static_cast<std::uint64_t>(
          std::popcount(k & (k >> pairs) & ((std::uint64_t{1} << pairs) - 1)) % 2);
    });
  }
  CHECK_THROWS_AS(tribes({65536, 65536}), Error);
}
