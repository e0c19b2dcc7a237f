#include "circuits/evaluation/input_words.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <string>
#include <utility>

#include "circuits/functions/truth_table.h"

namespace circuits {
namespace {

// The finalizer of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014): a bijection of words.
std::uint64_t mix(std::uint64_t z) {
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

// Word number `index` of stream `stream` of a seed: SplitMix64 that starts at a hash of the two.
class Stream {
 public:
  Stream(std::uint64_t seed, std::uint64_t stream)
      : start_(mix(mix(seed + kStep) ^ mix(stream * kStep + 1))) {}
  std::uint64_t operator[](std::uint64_t index) const { return mix(start_ + (index + 1) * kStep); }

 private:
  static constexpr std::uint64_t kStep = 0x9e3779b97f4a7c15;
  std::uint64_t start_;
};

constexpr int kDigits = 53;

// Each bit of `row` becomes 1 with probability digits / 2^53: a fair bit is compared with each
// binary digit from the last 1 up; 1 ors it, 0 ands it, which halves the probability so far and
// adds a half for a 1.
void biased(std::uint64_t digits, std::uint64_t seed, std::uint64_t input, std::size_t first,
            std::span<std::uint64_t> row) {
  if (digits == 0 || digits == std::uint64_t{1} << kDigits) {
    std::ranges::fill(row, digits == 0 ? 0 : ~std::uint64_t{0});
    return;
  }
  std::ranges::fill(row, 0);
  for (int digit = std::countr_zero(digits); digit < kDigits; ++digit) {
    const Stream words(seed, input * kDigits + static_cast<std::uint64_t>(digit));
    if ((digits >> digit & 1) != 0) {
      for (std::size_t w = 0; w < row.size(); ++w) row[w] |= words[first + w];
    } else {
      for (std::size_t w = 0; w < row.size(); ++w) row[w] &= words[first + w];
    }
  }
}

}  // namespace

InputWords counting_inputs() {
  return [](std::size_t input, std::size_t first, std::span<std::uint64_t> row) {
    for (std::size_t w = 0; w < row.size(); ++w) {
      row[w] = input < 64 ? counting_word(static_cast<int>(input), first + w) : 0;
    }
  };
}

InputWords stored_inputs(std::span<const std::uint64_t> rows, std::size_t words) {
  return [rows, words](std::size_t input, std::size_t first, std::span<std::uint64_t> row) {
    std::ranges::copy(rows.subspan(input * words + first, row.size()), row.begin());
  };
}

InputWords random_inputs(std::vector<double> probability, std::uint64_t seed) {
  std::vector<std::uint64_t> digits;
  for (std::size_t i = 0; i < probability.size(); ++i) {
    if (!(probability[i] >= 0 && probability[i] <= 1)) {
      throw Error("the probability of input " + std::to_string(i) + " is " +
                  std::to_string(probability[i]) + "; it must be in [0, 1]");
    }
    digits.push_back(static_cast<std::uint64_t>(std::ldexp(probability[i], kDigits)));
  }
  return [digits = std::move(digits), seed](std::size_t input, std::size_t first,
                                            std::span<std::uint64_t> row) {
    biased(digits.at(input), seed, input, first, row);
  };
}

InputWords uniform_inputs(std::uint64_t seed) {
  return [seed](std::size_t input, std::size_t first, std::span<std::uint64_t> row) {
    biased(std::uint64_t{1} << (kDigits - 1), seed, input, first, row);
  };
}

}  // namespace circuits
