// Randomness for samplers: any source of 64-bit words, read by functions that give the same values
// on every machine. A sampler is a function of its parameters and of the words that it reads.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "circuits/circuit.h"
#include "circuits/error.h"

namespace circuits {

// Gives independent uniform words.
using WordSource = std::function<std::uint64_t()>;

// Uniform over 0 … n−1; n ≥ 1. Reads words until the lowest ⌈log2 n⌉ bits of one are below n; none
// for n = 1.
std::uint64_t below(std::uint64_t n, const WordSource& words);

// True with probability p in [0, 1]: when the upper 53 bits of one word, as a fraction, are below
// p.
bool chance(double p, const WordSource& words);

// k different numbers below n in random order, each sequence equally likely: the first k steps of a
// Fisher–Yates shuffle. Throws Error when k > n.
std::vector<std::uint64_t> choose(std::uint64_t k, std::uint64_t n, const WordSource& words);

// A circuit that was sampled by rejection.
struct Sampled {
  Circuit circuit;
  std::int64_t
      attempts;  // whole circuits that were begun; acceptance rate = 1 / attempts on average
};

}  // namespace circuits
