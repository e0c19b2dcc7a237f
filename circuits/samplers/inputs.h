// Distributions of the inputs of circuits.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <variant>
#include <vector>

#include "circuits/samplers/random.h"

namespace circuits {

// An input of n bits: bit i is bit i % 64 of word i / 64. Bits beyond n are 0.
using Bits = std::vector<std::uint64_t>;
inline bool bit(const Bits& bits, std::size_t i) {
  return bits[i / 64] >> (i % 64) & 1;
}

struct UniformBits {};  // independent fair bits

struct BiasedBits {  // independent, 1 with probability p
  double p = 0.1;
};

struct ProductBits {  // independent, bit i is 1 with probability p[i]
  std::vector<double> p;
};

struct ExactlyOnes {  // uniform over the inputs with exactly k ones
  std::size_t k = 2;
};

struct AtMostOnes {  // uniform over the inputs with at most k ones: most have k or nearly k
  std::size_t k = 2;
};

struct PopcountBits {  // the number of ones is uniform over 0 … most or n, then their places are
  std::optional<std::size_t> most;
};

struct TableBits {  // the listed inputs, in proportion to their weights
  std::vector<Bits> inputs;
  std::vector<double> weights;
};

// Bits 0 … weights.size()−1 are one-hot: bit i alone is 1, in proportion to weights[i]. The others
// are independent and 1 with probability p.
struct OneHotBits {
  std::vector<double> weights;
  double p = 0.5;
};

using InputKind = std::variant<UniformBits, BiasedBits, ProductBits, ExactlyOnes, AtMostOnes,
                               PopcountBits, TableBits, OneHotBits>;

// A distribution over inputs of n bits. A draw is a function of the words it reads, and reads no
// more than it needs, so that each sample can have a source of its own.
class InputDistribution {
 public:
  // Throws Error for parameters out of range: probabilities outside [0, 1] or as many as n of them,
  // k > n or most > n, weights that are negative, not finite or all 0, more one-hot bits than n, listed inputs of
  // another size or twice.
  InputDistribution(InputKind kind, std::size_t n);

  std::size_t size() const { return n_; }
  Bits draw(const WordSource& words) const;
  // The probability of exactly this input, to about 1e-12 relative (0 where it is below the smallest
  // double); draws follow it up to the 2^-53 of chance and weighted. Throws Error for another size.
  double probability(const Bits& input) const;

 private:
  InputKind kind_;
  std::size_t n_;
  std::vector<double> sums_;           // of the weights: numbers of ones, listed or one-hot inputs
  std::map<Bits, std::size_t> place_;  // of listed inputs
};

}  // namespace circuits
