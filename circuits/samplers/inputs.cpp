#include "circuits/samplers/inputs.h"

#include <algorithm>
#include <bit>
#include <string>
#include <utility>

namespace circuits {
namespace {

template <class... Cases>
struct Overloaded : Cases... {
  using Cases::operator()...;
};
template <class... Cases>
Overloaded(Cases...) -> Overloaded<Cases...>;

void check(bool holds, const std::string& what) {
  if (!holds) throw Error("input distribution: " + what);
}

void check_probability(double p) {
  check(p >= 0 && p <= 1, "a probability must be 0 to 1");
}

void check_ones(std::size_t k, std::size_t n, const std::string& what = "k") {
  check(k <= n, what + " must be at most the number of inputs, " + std::to_string(n));
}

void check_input(const Bits& input, std::size_t n) {
  const bool fits = input.size() == (n + 63) / 64 &&
                    (n % 64 == 0 || input.empty() || input.back() >> (n % 64) == 0);
  check(fits, "an input must have " + std::to_string(n) + " bits");
}

void set_bit(Bits& bits, std::uint64_t i) {
  bits[i / 64] |= std::uint64_t{1} << (i % 64);
}

std::size_t ones(const Bits& bits) {
  std::size_t count = 0;
  for (const std::uint64_t word : bits) count += static_cast<std::size_t>(std::popcount(word));
  return count;
}

// Sets bits first … n−1, each with probability p: 64 at a time.
void draw_biased(Bits& bits, std::size_t first, std::size_t n, double p, const WordSource& words) {
  for (std::size_t begin = first; begin < n; begin += 64) {
    const std::size_t count = std::min<std::size_t>(64, n - begin);
    const std::uint64_t word = biased_word(p, words) & (~std::uint64_t{0} >> (64 - count));
    bits[begin / 64] |= word << (begin % 64);
    if (begin % 64 + count > 64) bits[begin / 64 + 1] |= word >> (64 - begin % 64);
  }
}

void draw_ones(Bits& bits, std::size_t k, std::size_t n, const WordSource& words) {
  const bool few = k <= n / 2;
  for (const std::uint64_t i : choose_set(few ? k : n - k, n, words)) set_bit(bits, i);
  if (few) return;
  for (std::uint64_t& word : bits) word = ~word;
  if (n % 64 != 0) bits.back() &= ~std::uint64_t{0} >> (64 - n % 64);
}

// C(n, j) for j = 0 … k as shares of the largest of them.
std::vector<double> choices(std::size_t n, std::size_t k) {
  const std::size_t mode = std::min(k, n / 2);
  std::vector<double> shares(k + 1);
  shares[mode] = 1;
  for (std::size_t j = mode; j > 0; --j) {
    shares[j - 1] = shares[j] * static_cast<double>(j) / static_cast<double>(n - j + 1);
  }
  for (std::size_t j = mode; j < k; ++j) {
    shares[j + 1] = shares[j] * static_cast<double>(n - j) / static_cast<double>(j + 1);
  }
  return shares;
}

double one_over_choices(std::size_t n, std::size_t k) {
  double product = 1;
  for (std::size_t i = 1; i <= std::min(k, n - k); ++i) {
    product *= static_cast<double>(i) / static_cast<double>(n - i + 1);
  }
  return product;
}

// Bits first … n−1 as independent ones.
double biased_probability(const Bits& input, std::size_t first, std::size_t n, double p) {
  double product = 1;
  for (std::size_t i = first; i < n; ++i) product *= bit(input, i) ? p : 1 - p;
  return product;
}

double share_of(std::span<const double> weights, std::size_t i, std::span<const double> sums) {
  return weights[i] / sums.back();
}

}  // namespace

InputDistribution::InputDistribution(InputKind kind, std::size_t n)
    : kind_(std::move(kind)), n_(n) {
  std::visit(
      Overloaded{[](const UniformBits&) {}, [](const BiasedBits& of) { check_probability(of.p); },
                 [&](const ProductBits& of) {
                   check(of.p.size() == n, "there must be " + std::to_string(n) +
                                               " probabilities, not " +
                                               std::to_string(of.p.size()));
                   for (const double p : of.p) check_probability(p);
                 },
                 [&](const ExactlyOnes& of) { check_ones(of.k, n); },
                 [&](const AtMostOnes& of) {
                   check_ones(of.k, n);
                   sums_ = running_sums(choices(n, of.k));
                 },
                 [&](const PopcountBits& of) { check_ones(of.most.value_or(n), n, "most"); },
                 [&](const TableBits& of) {
                   check(of.inputs.size() == of.weights.size(), "every input needs one weight");
                   for (const Bits& input : of.inputs) {
                     check_input(input, n);
                     check(place_.emplace(input, place_.size()).second, "an input is listed twice");
                   }
                   sums_ = running_sums(of.weights);
                 },
                 [&](const OneHotBits& of) {
                   check(of.weights.size() <= n, "there are more one-hot bits than inputs");
                   check_probability(of.p);
                   sums_ = running_sums(of.weights);
                 }},
      kind_);
}

Bits InputDistribution::draw(const WordSource& words) const {
  Bits bits((n_ + 63) / 64, 0);
  std::visit(
      Overloaded{[&](const UniformBits&) { draw_biased(bits, 0, n_, 0.5, words); },
                 [&](const BiasedBits& of) { draw_biased(bits, 0, n_, of.p, words); },
                 [&](const ProductBits& of) {
                   for (std::size_t i = 0; i < n_; ++i) {
                     if (chance(of.p[i], words)) set_bit(bits, i);
                   }
                 },
                 [&](const ExactlyOnes& of) { draw_ones(bits, of.k, n_, words); },
                 [&](const AtMostOnes&) { draw_ones(bits, weighted(sums_, words), n_, words); },
                 [&](const PopcountBits& of) {
                   draw_ones(bits, below(of.most.value_or(n_) + 1, words), n_, words);
                 },
                 [&](const TableBits& of) { bits = of.inputs[weighted(sums_, words)]; },
                 [&](const OneHotBits& of) {
                   set_bit(bits, weighted(sums_, words));
                   draw_biased(bits, of.weights.size(), n_, of.p, words);
                 }},
      kind_);
  return bits;
}

double InputDistribution::probability(const Bits& input) const {
  check_input(input, n_);
  const std::size_t count = ones(input);
  return std::visit(
      Overloaded{
          [&](const UniformBits&) { return biased_probability(input, 0, n_, 0.5); },
          [&](const BiasedBits& of) { return biased_probability(input, 0, n_, of.p); },
          [&](const ProductBits& of) {
            double product = 1;
            for (std::size_t i = 0; i < n_; ++i) product *= bit(input, i) ? of.p[i] : 1 - of.p[i];
            return product;
          },
          [&](const ExactlyOnes& of) { return count == of.k ? one_over_choices(n_, of.k) : 0.0; },
          [&](const AtMostOnes& of) {
            if (count > of.k) return 0.0;
            return one_over_choices(n_, std::min(of.k, n_ / 2)) / sums_.back();
          },
          [&](const PopcountBits& of) {
            const std::size_t most = of.most.value_or(n_);
            return count > most ? 0.0 : one_over_choices(n_, count) / static_cast<double>(most + 1);
          },
          [&](const TableBits& of) {
            const auto found = place_.find(input);
            return found == place_.end() ? 0.0 : share_of(of.weights, found->second, sums_);
          },
          [&](const OneHotBits& of) {
            std::size_t hot = of.weights.size(), among = 0;
            for (std::size_t i = 0; i < of.weights.size(); ++i) {
              if (!bit(input, i)) continue;
              hot = i;
              ++among;
            }
            if (among != 1) return 0.0;
            return share_of(of.weights, hot, sums_) *
                   biased_probability(input, of.weights.size(), n_, of.p);
          }},
      kind_);
}

}  // namespace circuits
