#include "circuits/samplers/random.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>
#include <string>
#include <unordered_set>
#include <utility>

namespace circuits {
namespace {

constexpr double kLn2 = 0x1.62e42fefa39efp-1;

// ln x of x ≥ 1: x = m·2^e with m in [√½, √2), ln m = 2 artanh((m − 1)/(m + 1)).
double logarithm(double x) {
  int exponent = 0;
  double m = std::frexp(x, &exponent);  // exact, as is ldexp below
  if (m < 0x1.6a09e667f3bcdp-1) {
    m *= 2;
    --exponent;
  }
  const double t = (m - 1) / (m + 1);
  double sum = 0;
  for (int k = 23; k >= 1; k -= 2) sum = sum * (t * t) + 1.0 / k;
  return exponent * kLn2 + 2 * t * sum;
}

// e^−y of y ≥ 0: e^−y = 2^−k · e^−r, r in [0, ln 2).
double exponential_of_minus(double y) {
  const double k = std::floor(y / kLn2);
  const double r = y - k * kLn2;
  double sum = 1;
  for (int n = 24; n >= 1; --n) sum = 1 - sum * r / n;
  return std::ldexp(sum, -static_cast<int>(k));
}

void check_choice(std::uint64_t k, std::uint64_t n) {
  if (k > n) throw Error("cannot choose " + std::to_string(k) + " of " + std::to_string(n));
}

}  // namespace

std::uint64_t below(std::uint64_t n, const WordSource& words) {
  if (n == 0) throw Error("there is no number below 0 to draw");
  if (n == 1) return 0;
  const std::uint64_t mask = ~std::uint64_t{0} >> std::countl_zero(n - 1);
  for (;;) {
    const std::uint64_t value = words() & mask;
    if (value < n) return value;
  }
}

double uniform(const WordSource& words) {
  return static_cast<double>(words() >> 11) * 0x1p-53;
}

bool chance(double p, const WordSource& words) {
  return uniform(words) < p;
}

std::uint64_t biased_word(double p, const WordSource& words) {
  if (!(p > 0)) return 0;
  if (p >= 1) return ~std::uint64_t{0};
  // Each bit compares a fraction, whose digits are complements of bits of words, with p.
  std::uint64_t result = 0, undecided = ~std::uint64_t{0};
  for (auto digits = static_cast<std::uint64_t>(std::ldexp(p, 64)); digits != 0 && undecided != 0;
       digits <<= 1) {
    const std::uint64_t word = words();
    if (digits >> 63 != 0) {
      result |= undecided & word;
      undecided &= ~word;
    } else {
      undecided &= word;
    }
  }
  return result;
}

std::vector<double> running_sums(std::span<const double> weights) {
  std::vector<double> sums;
  double sum = 0;
  for (const double weight : weights) {
    if (!(weight >= 0) || !std::isfinite(weight)) {
      throw Error("a weight is negative or not finite");
    }
    sums.push_back(sum += weight);
  }
  if (!(sum > 0) || !std::isfinite(sum)) throw Error("the sum of all weights is 0 or not finite");
  return sums;
}

std::size_t weighted(std::span<const double> sums, const WordSource& words) {
  const double at = uniform(words) * sums.back();
  auto found = std::ranges::upper_bound(sums, at);
  // Rounding may give the whole sum; then it is the last one that has a weight.
  if (found == sums.end()) found = std::ranges::lower_bound(sums, sums.back());
  return static_cast<std::size_t>(found - sums.begin());
}

std::vector<std::uint64_t> choose(std::uint64_t k, std::uint64_t n, const WordSource& words) {
  check_choice(k, n);
  std::vector<std::uint64_t> all(n);
  std::iota(all.begin(), all.end(), std::uint64_t{0});
  for (std::uint64_t i = 0; i < k; ++i) std::swap(all[i], all[i + below(n - i, words)]);
  all.resize(k);
  return all;
}

std::vector<std::uint64_t> choose_set(std::uint64_t k, std::uint64_t n, const WordSource& words) {
  check_choice(k, n);
  std::vector<std::uint64_t> chosen;
  chosen.reserve(k);
  const auto draw = [&](const auto& insert) {  // insert says whether the number is new
    for (std::uint64_t last = n - k; last < n; ++last) {
      const std::uint64_t value = below(last + 1, words);
      if (insert(value)) {
        chosen.push_back(value);
      } else {
        insert(last);
        chosen.push_back(last);
      }
    }
  };
  if (k < n / 64) {
    std::unordered_set<std::uint64_t> known;
    draw([&](std::uint64_t value) { return known.insert(value).second; });
  } else {
    std::vector<bool> known(n, false);
    draw([&](std::uint64_t value) {
      const bool fresh = !known[value];
      known[value] = true;
      return fresh;
    });
  }
  std::ranges::sort(chosen);
  return chosen;
}

std::vector<double> zipf_weights(std::size_t n, double a) {
  if (!(a >= 0 && a <= 100)) throw Error("the exponent of Zipf's law must be 0 to 100");
  std::vector<double> weights;
  for (std::size_t i = 1; i <= n; ++i) {
    weights.push_back(exponential_of_minus(a * logarithm(static_cast<double>(i))));
  }
  return weights;
}

}  // namespace circuits
