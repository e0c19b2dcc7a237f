// Randomness for samplers: any source of 64-bit words, read by functions that give the same values
// on every machine. A sampler is a function of its parameters and of the words that it reads.
// Floating-point numbers are only added, multiplied, divided and compared, which IEEE 754 rounds
// alike everywhere; the functions of <cmath> and the distributions of <random> are not used.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "circuits/circuit.h"
#include "circuits/error.h"

namespace circuits {

// Gives independent uniform words.
using WordSource = std::function<std::uint64_t()>;

// Uniform over 0 … n−1; n ≥ 1. Reads words until the lowest ⌈log2 n⌉ bits of one are below n; none
// for n = 1.
std::uint64_t below(std::uint64_t n, const WordSource& words);

// The upper 53 bits of one word as a fraction: uniform over the multiples of 2^-53 in [0, 1).
double uniform(const WordSource& words);

// True with probability p in [0, 1]: when uniform(words) < p.
bool chance(double p, const WordSource& words);

// 64 independent bits, each 1 with probability ⌊p·2^64⌋ / 2^64 (1 for p = 1), which is p itself for
// p ≥ 2^-11 or p = 0: all bits compare with the binary digits of p at once. Reads about 8 words, at
// most 64, fewer for p of few digits (one for p = 1/2), none for p = 0 and 1.
std::uint64_t biased_word(double p, const WordSource& words);

// Number i with probability weights[i] / Σ weights; weights are finite, at least 0, not all 0.
// Reads one word. Takes the running sums of the weights, which running_sums gives (Error for weights
// that are none).
std::vector<double> running_sums(std::span<const double> weights);
std::size_t weighted(std::span<const double> sums, const WordSource& words);

// k different numbers below n in random order, each sequence equally likely: the first k steps of a
// Fisher–Yates shuffle. Throws Error when k > n.
std::vector<std::uint64_t> choose(std::uint64_t k, std::uint64_t n, const WordSource& words);

// Puts the values in uniform order: value i becomes what value choose(n, n)[i] was.
template <class T>
void shuffle(std::vector<T>& values, const WordSource& words) {
  const std::vector<T> before = values;
  const auto order = choose(values.size(), values.size(), words);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = before[order[i]];
}

// 1^-a, 2^-a, …, n^-a to about 1e-13 (relative): Zipf's weights, the same bits on every machine. Throws Error
// unless 0 ≤ a ≤ 100.
std::vector<double> zipf_weights(std::size_t n, double a);

// A uniform set of k numbers below n, ascending (Floyd's algorithm: k draws, O(k) memory or n bits).
// Throws Error when k > n.
std::vector<std::uint64_t> choose_set(std::uint64_t k, std::uint64_t n, const WordSource& words);

// A circuit that was sampled by rejection.
struct Sampled {
  Circuit circuit;
  std::int64_t
      attempts;  // whole circuits that were begun; acceptance rate = 1 / attempts on average
};

}  // namespace circuits
