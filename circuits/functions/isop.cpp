// Minato and Morreale's irredundant sum of products, on the words of truth tables.
#include <algorithm>
#include <bit>
#include <string>

#include "circuits/functions/dnf.h"

namespace circuits {
namespace {

using Words = std::vector<std::uint64_t>;
using Span = std::span<const std::uint64_t>;

// Both halves of a one-word table on input i, each spread over the whole word.
std::uint64_t low_half(std::uint64_t word, int i) {
  const std::uint64_t low = word & ~counting_word(i, 0);
  return low | low << (1 << i);
}
std::uint64_t high_half(std::uint64_t word, int i) {
  const std::uint64_t high = word & counting_word(i, 0);
  return high | high >> (1 << i);
}

void attach(std::vector<Cube>& cubes, std::size_t from, std::size_t to, int input, bool value) {
  for (std::size_t c = from; c < to; ++c) {
    cubes[c].care |= 1u << input;
    cubes[c].value |= static_cast<std::uint32_t>(value) << input;
  }
}

// Appends the cubes of a function of inputs 0 … inputs−1 ≤ 5, given as words that repeat beyond
// 2^inputs; returns their table.
std::uint64_t isop_word(std::uint64_t lower, std::uint64_t upper, int inputs,
                        std::vector<Cube>& cubes) {
  if (lower == 0) return 0;
  if (upper == ~std::uint64_t{0}) {
    cubes.push_back({});
    return upper;
  }
  int i = inputs - 1;
  while (low_half(lower, i) == lower && low_half(upper, i) == upper) --i;
  const std::uint64_t lower0 = low_half(lower, i), lower1 = high_half(lower, i);
  const std::uint64_t upper0 = low_half(upper, i), upper1 = high_half(upper, i);
  const std::size_t start = cubes.size();
  const std::uint64_t cover0 = isop_word(lower0 & ~upper1, upper0, i, cubes);
  const std::size_t middle = cubes.size();
  const std::uint64_t cover1 = isop_word(lower1 & ~upper0, upper1, i, cubes);
  attach(cubes, start, middle, i, false);
  attach(cubes, middle, cubes.size(), i, true);
  const std::uint64_t rest = (lower0 & ~cover0) | (lower1 & ~cover1);
  const std::uint64_t both = isop_word(rest, upper0 & upper1, i, cubes);
  const std::uint64_t high = counting_word(i, 0);
  return both | (cover0 & ~high) | (cover1 & high);
}

template <class F>
Words combine(std::size_t size, const F& word) {
  Words result(size);
  for (std::size_t w = 0; w < size; ++w) result[w] = word(w);
  return result;
}

// The same for 2^(inputs−6) words of a function of `inputs` ≥ 6 inputs.
Words isop_words(Span lower, Span upper, int inputs, std::vector<Cube>& cubes) {
  if (std::ranges::all_of(lower, [](std::uint64_t word) { return word == 0; })) {
    return Words(lower.size(), 0);
  }
  if (std::ranges::all_of(upper, [](std::uint64_t word) { return ~word == 0; })) {
    cubes.push_back({});
    return Words(lower.size(), ~std::uint64_t{0});
  }
  if (inputs == 6) return {isop_word(lower[0], upper[0], 6, cubes)};
  const int i = inputs - 1;
  const std::size_t half = lower.size() / 2;
  const Span lower0 = lower.first(half), lower1 = lower.last(half);
  const Span upper0 = upper.first(half), upper1 = upper.last(half);
  if (std::ranges::equal(lower0, lower1) && std::ranges::equal(upper0, upper1)) {
    Words cover = isop_words(lower0, upper0, i, cubes);
    cover.insert(cover.end(), cover.begin(), cover.begin() + static_cast<std::ptrdiff_t>(half));
    return cover;
  }
  const std::size_t start = cubes.size();
  Words cover = isop_words(combine(half, [&](std::size_t w) { return lower0[w] & ~upper1[w]; }),
                           upper0, i, cubes);
  const std::size_t middle = cubes.size();
  const Words cover1 = isop_words(
      combine(half, [&](std::size_t w) { return lower1[w] & ~upper0[w]; }), upper1, i, cubes);
  attach(cubes, start, middle, i, false);
  attach(cubes, middle, cubes.size(), i, true);
  const Words both = isop_words(
      combine(half,
              [&](std::size_t w) { return (lower0[w] & ~cover[w]) | (lower1[w] & ~cover1[w]); }),
      combine(half, [&](std::size_t w) { return upper0[w] & upper1[w]; }), i, cubes);
  cover.insert(cover.end(), cover1.begin(), cover1.end());
  for (std::size_t w = 0; w < cover.size(); ++w) cover[w] |= both[w % half];
  return cover;
}

// The one word of a table of fewer than 6 inputs, repeated.
std::uint64_t repeated(std::uint64_t word, int inputs) {
  for (int i = inputs; i < 6; ++i) word |= word << (1 << i);
  return word;
}

}  // namespace

int Cube::literals() const {
  return std::popcount(care);
}

std::vector<Cube> isop(const TruthTable& lower, const TruthTable& upper) {
  if (!((lower & ~upper) == TruthTable(lower.inputs()))) {
    throw Error("no cover lies between the two functions: the lower one is 1 where the upper is 0");
  }
  std::vector<Cube> cubes;
  const int n = lower.inputs();
  if (n <= 6) {
    isop_word(repeated(lower.words()[0], n), repeated(upper.words()[0], n), n, cubes);
  } else {
    isop_words(lower.words(), upper.words(), n, cubes);
  }
  return cubes;
}

TruthTable cover_table(std::span<const Cube> cubes, int inputs) {
  TruthTable table(inputs);
  for (const Cube& cube : cubes) {
    if (inputs < 32 && cube.care >> inputs != 0) {
      throw Error("a cube has a literal of input " + std::to_string(std::bit_width(cube.care) - 1) +
                  ", and there are " + std::to_string(inputs) + " inputs");
    }
    std::uint64_t within = inputs < 6 ? (std::uint64_t{1} << table.size()) - 1 : ~std::uint64_t{0};
    for (int i = 0; i < std::min(inputs, 6); ++i) {
      if ((cube.care >> i & 1) == 0) continue;
      within &= (cube.value >> i & 1) != 0 ? counting_word(i, 0) : ~counting_word(i, 0);
    }
    for (std::size_t w = 0; w < table.words().size(); ++w) {
      if (((w << 6 ^ cube.value) & cube.care & ~63u) == 0) table.words()[w] |= within;
    }
  }
  return table;
}

}  // namespace circuits
