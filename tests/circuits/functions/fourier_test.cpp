#include "circuits/functions/fourier.h"

#include <doctest/doctest.h>

#include <cmath>
#include <numeric>

#include "circuits/error.h"
#include "circuits/functions/anf.h"
#include "circuits/functions/leap.h"
#include "circuits/functions/sensitivity.h"
#include "circuits/functions/tables.h"

using namespace circuits;

namespace {

// The largest number of disjoint sensitive blocks at x within the inputs of `rest`, by trying all.
int blocks_at(const TruthTable& f, std::uint32_t x, std::uint32_t rest) {
  int best = 0;
  for (std::uint32_t b = rest; b != 0; b = (b - 1) & rest) {
    if (f[x] != f[x ^ b]) best = std::max(best, 1 + blocks_at(f, x, rest & ~b));
  }
  return best;
}

}  // namespace

TEST_CASE("Fourier sums are those of the definition") {
  const WordSource words = splitmix(21);
  for (int n = 0; n <= 7; ++n) {
    const TruthTable f = random_table(n, words);
    const auto sums = fourier_sums(f);
    REQUIRE(sums.size() == f.size());
    for (std::uint64_t set = 0; set < f.size(); ++set) {
      std::int32_t sum = 0;
      for (std::uint64_t k = 0; k < f.size(); ++k) {
        sum += (std::popcount(k & set) + f[k]) % 2 == 0 ? 1 : -1;
      }
      CHECK(sums[set] == sum);
    }
    CHECK(bias(f) == static_cast<double>(sums[0]) / static_cast<double>(f.size()));
  }
}

TEST_CASE("Parseval, influences from weights, and the transform across cache blocks") {
  const WordSource words = splitmix(22);
  for (const int n : {3, 6, 10, 15}) {
    const TruthTable f = random_table(n, words, 2);
    const auto weights = weight_by_level(fourier_sums(f));
    CHECK(std::accumulate(weights.begin(), weights.end(), 0.0) == 1.0);
    double influence = 0;
    for (std::size_t level = 0; level < weights.size(); ++level) {
      influence += static_cast<double>(level) * weights[level];
    }
    CHECK(influence == average_sensitivity(f));
    CHECK(noise_stability(weights, 1) == 1.0);
    CHECK(noise_stability(weights, 0) == bias(f) * bias(f));
    CHECK_THROWS_AS(noise_stability(weights, 1.5), Error);
    CHECK_THROWS_AS(noise_stability(weights, std::nan("")), Error);
  }
}

TEST_CASE("noise stability is the agreement of a function with itself under noise") {
  const WordSource words = splitmix(23);
  const int n = 5;
  const double rho = 0.3;
  const TruthTable f = random_table(n, words);
  double expected = 0;
  for (std::uint64_t x = 0; x < 32; ++x) {
    for (std::uint64_t y = 0; y < 32; ++y) {
      const int flips = std::popcount(x ^ y);
      expected += std::pow((1 + rho) / 2, n - flips) * std::pow((1 - rho) / 2, flips) / 32 *
                  (f[x] == f[y] ? 1 : -1);
    }
  }
  CHECK(noise_stability(weight_by_level(fourier_sums(f)), rho) == doctest::Approx(expected));
}

TEST_CASE("majority's influences have their closed form") {
  for (int n = 1; n <= 15; n += 2) {
    // Inf_i = C(n−1, (n−1)/2) / 2^(n−1): count = 2 C(n−1, (n−1)/2).
    std::uint64_t binomial = 1;
    for (std::uint64_t k = 1; k <= static_cast<std::uint64_t>(n - 1) / 2; ++k) {
      binomial = binomial * (static_cast<std::uint64_t>(n) - k) / k;
    }
    for (const std::uint64_t count : influence_counts(at_least(n, n / 2 + 1))) {
      CHECK(count == 2 * binomial);
    }
  }
}

TEST_CASE("24 inputs: parity has one coefficient, full sensitivity and leap 24") {
  TruthTable f(24);
  for (int i = 0; i < 24; ++i) f ^= TruthTable::input(24, i);
  const auto sums = fourier_sums(f);
  CHECK(sums.back() == 1 << 24);
  CHECK(fourier_degree(sums) == 24);
  CHECK(weight_by_level(sums).back() == 1.0);
  CHECK(max_sensitivity(f) == 24);
  CHECK(leap(sums).leap == 24);
  CHECK(gf2_degree(anf(f)) == 1);
}

TEST_CASE("sensitivities are those of the definitions") {
  const WordSource words = splitmix(24);
  for (int round = 0; round < 40; ++round) {
    const int n = 1 + round % 6;
    const TruthTable f = random_table(n, words, 1 + round % 3);
    const auto all = static_cast<std::uint32_t>(f.size() - 1);
    int most = 0, blocks = 0, certificate = 0;
    for (std::uint32_t x = 0; x <= all; ++x) {
      int sensitive = 0, fewest = n;
      for (int i = 0; i < n; ++i) sensitive += f[x] != f[x ^ 1u << i];
      for (std::uint32_t free = 0; free <= all; ++free) {
        bool constant = true;
        for (std::uint32_t b = free; b != 0; b = (b - 1) & free) {
          constant = constant && f[x] == f[x ^ b];
        }
        if (constant) fewest = std::min(fewest, n - std::popcount(free));
      }
      most = std::max(most, sensitive);
      blocks = std::max(blocks, blocks_at(f, x, all));
      certificate = std::max(certificate, fewest);
    }
    CHECK(max_sensitivity(f) == most);
    CHECK(max_block_sensitivity(f) == blocks);
    CHECK(certificate_complexity(f) == certificate);
  }
  // Rubinstein's function (Combinatorica 1995): some row of four has exactly a neighbouring pair of
  // ones, (0, 1) or (2, 3). A row of zeros has two blocks; a row of the function 1 four of one input.
  const TruthTable rows = table_of(12, [](std::uint64_t k) {
    bool found = false;
    for (int row = 0; row < 12; row += 4) found |= (k >> row & 15) == 3 || (k >> row & 15) == 12;
    return found;
  });
  CHECK(max_sensitivity(rows) == 4);
  CHECK(max_block_sensitivity(rows) == 6);
  // Reached only where half the inputs are insensitive.
  const TruthTable few = TruthTable::from_hex(4, "1bd8");
  CHECK(max_sensitivity(few) == 2);
  CHECK(max_block_sensitivity(few) == 3);
  CHECK_THROWS_AS(max_block_sensitivity(parity(13)), Error);
  CHECK_THROWS_AS(certificate_complexity(parity(17)), Error);
}

TEST_CASE("the algebraic normal form is the function, and its own inverse") {
  const WordSource words = splitmix(25);
  for (int n = 0; n <= 8; ++n) {
    const TruthTable f = random_table(n, words), form = anf(f);
    CHECK(anf(form) == f);
    int degree = 0;
    for (std::uint64_t set = 0; set < f.size(); ++set) {
      if (form[set]) degree = std::max(degree, std::popcount(set));
    }
    CHECK(gf2_degree(form) == degree);
    for (std::uint64_t x = 0; x < f.size(); ++x) {
      bool value = false;
      for (std::uint64_t set = 0; set < f.size(); ++set) value ^= form[set] && (set & ~x) == 0;
      CHECK(f[x] == value);
    }
  }
}

TEST_CASE("leaps of staircases") {
  const auto function = [](int n, std::vector<std::uint32_t> sets) {
    // The majority of three parities has a coefficient for each and for their sum.
    return table_of(n, [=](std::uint64_t k) {
      int odd = 0;
      for (const std::uint32_t set : sets) odd += std::popcount(k & set) % 2;
      return odd >= 2;
    });
  };
  const auto found = [](const TruthTable& f) { return leap(fourier_sums(f)); };
  CHECK(has_merged_staircase(found(function(3, {1, 3, 7}))));
  CHECK(found(function(3, {1, 3, 7})).leap == 1);
  CHECK(found(function(5, {1, 7, 31})).leap == 2);
  CHECK(found(function(6, {1, 15, 63})).leap == 3);
  CHECK(!has_merged_staircase(found(function(6, {1, 15, 63}))));
  CHECK(found(parity(4)).leap == 4);
  CHECK(found(TruthTable(4, true)).leap == 0);
  // The steps are what they are said to be.
  const WordSource words = splitmix(26);
  for (int round = 0; round < 20; ++round) {
    const TruthTable f = random_table(4, words, 3);
    const auto sums = fourier_sums(f);
    const Leap order = leap(sums);
    std::uint32_t seen = 0;
    int largest = 0;
    for (const std::uint32_t set : order.steps) {
      CHECK(sums[set] != 0);
      largest = std::max(largest, std::popcount(set & ~seen));
      CHECK((set & ~seen) != 0);
      seen |= set;
    }
    CHECK(largest == order.leap);
    for (std::uint32_t set = 0; set < 16; ++set) CHECK((sums[set] == 0 || (set & ~seen) == 0));
  }
}
