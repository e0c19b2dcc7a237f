#include "lab/core/rng.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>
#include <string>
#include <unordered_map>
#include <utility>

#include "lab/core/error.h"
#include "lab/core/hash.h"
#include "lab/core/kernel.h"

namespace lab {
namespace {

constexpr std::uint32_t kMultiplier0 = 0xD2511F53, kMultiplier1 = 0xCD9E8D57;
constexpr std::uint32_t kWeyl0 = 0x9E3779B9, kWeyl1 = 0xBB67AE85;
constexpr std::uint32_t kRounds = 10;
constexpr float kTwoToMinus32 = 0x1p-32F;
constexpr auto kMostGap = std::numeric_limits<std::int64_t>::max();

// A structure of arrays: counters, then in the same place the four words that each gives.
constexpr int kLanes = 64;
struct Lanes {
  alignas(64) std::uint32_t word[4][kLanes];
};

LAB_KERNEL void philox_lanes(Lanes& lanes, std::uint32_t key0, std::uint32_t key1) {
  for (int i = 0; i < kLanes; ++i) {
    std::uint32_t a = lanes.word[0][i], b = lanes.word[1][i];
    std::uint32_t c = lanes.word[2][i], d = lanes.word[3][i];
    for (std::uint32_t round = 0; round < kRounds; ++round) {
      const std::uint64_t p = std::uint64_t{kMultiplier0} * a;
      const std::uint64_t q = std::uint64_t{kMultiplier1} * c;
      a = static_cast<std::uint32_t>(q >> 32) ^ b ^ (key0 + round * kWeyl0);
      b = static_cast<std::uint32_t>(q);
      c = static_cast<std::uint32_t>(p >> 32) ^ d ^ (key1 + round * kWeyl1);
      d = static_cast<std::uint32_t>(p);
    }
    lanes.word[0][i] = a, lanes.word[1][i] = b;
    lanes.word[2][i] = c, lanes.word[3][i] = d;
  }
}

// Each kernel writes the four values of counter i to out[4i … 4i+3].
LAB_KERNEL void uniform_lanes(const Lanes& lanes, float* __restrict out) {
  for (int i = 0; i < kLanes; ++i) {
    for (int j = 0; j < 4; ++j) {
      out[4 * i + j] =
          static_cast<float>(static_cast<std::int32_t>(lanes.word[j][i] >> 8)) * 0x1p-24F;
    }
  }
}

LAB_KERNEL void word_lanes(const Lanes& lanes, std::uint32_t* __restrict out) {
  for (int i = 0; i < kLanes; ++i) {
    for (int j = 0; j < 4; ++j) out[4 * i + j] = lanes.word[j][i];
  }
}

// 1 where a word is at most `greatest`.
LAB_KERNEL void bernoulli_lanes(const Lanes& lanes, std::uint32_t greatest, float* __restrict out) {
  for (int i = 0; i < kLanes; ++i) {
    for (int j = 0; j < 4; ++j) out[4 * i + j] = lanes.word[j][i] <= greatest ? 1.0F : 0.0F;
  }
}

// a where the mask is all ones, b where it is 0. Masks, because branches would stop vectorisation.
inline float select(std::uint32_t mask, float a, float b) {
  return __builtin_bit_cast(float, (__builtin_bit_cast(std::uint32_t, a) & mask) |
                                       (__builtin_bit_cast(std::uint32_t, b) & ~mask));
}
inline float flip_sign(float x, std::uint32_t sign_bit) {
  return __builtin_bit_cast(float, __builtin_bit_cast(std::uint32_t, x) ^ sign_bit);
}

// Box–Muller: (radius, angle) are √(−2 ln u) and 2π v with u = (word + ½)/2³² and v = word/2³².
LAB_KERNEL void box_muller(const std::uint32_t* __restrict radius_word,
                           const std::uint32_t* __restrict angle_word, float* __restrict first,
                           float* __restrict second) {
  constexpr float kLn2 = std::numbers::ln2_v<float>;
  constexpr float kStep = static_cast<float>(2 * std::numbers::pi * 0x1p-32);
  for (int i = 0; i < kLanes; ++i) {
    // u = 2^e (1 + f), −¼ ≤ f < ½. Where e = 0, f = u − 1 comes from the integer, without rounding
    // u.
    const std::uint32_t w = radius_word[i];
    const float high = static_cast<float>(static_cast<std::int32_t>(w >> 16)) * 65536.0F;
    const float low = static_cast<float>(static_cast<std::int32_t>(w & 0xFFFFU)) + 0.5F;
    const std::int32_t bits = __builtin_bit_cast(std::int32_t, (high + low) * kTwoToMinus32);
    const std::int32_t e = (bits - 0x3F400000) >> 23;
    const float near_one =
        (static_cast<float>(static_cast<std::int32_t>(w)) + 0.5F) * kTwoToMinus32;
    const float mantissa = __builtin_bit_cast(float, bits - e * (1 << 23)) - 1.0F;
    const float f = select(e == 0 ? ~0U : 0U, near_one, mantissa);
    // ln(1 + f) = 2 artanh(s), s = f/(2 + f), |s| ≤ ⅕: the first term left out is below 2e-9.
    const float s = f / (2.0F + f);
    const float s2 = s * s;
    const float series =
        1.0F + s2 * (1.0F / 3 + s2 * (1.0F / 5 + s2 * (1.0F / 7 + s2 * (1.0F / 9 + s2 / 11))));
    const float radius = std::sqrt(-2.0F * (static_cast<float>(e) * kLn2 + 2.0F * s * series));

    // 2π v = quarter · π/2 + x with |x| ≤ π/4; Taylor's terms left out are below 3e-8.
    const std::uint32_t a = angle_word[i];
    const std::uint32_t quarter = (a + 0x20000000U) >> 30;
    const float x = static_cast<float>(static_cast<std::int32_t>(a - (quarter << 30))) * kStep;
    const float x2 = x * x;
    const float sine =
        x + x * x2 * (-1.0F / 6 + x2 * (1.0F / 120 + x2 * (-1.0F / 5040 + x2 / 362880)));
    const float cosine = 1.0F + x2 * (-0.5F + x2 * (1.0F / 24 + x2 * (-1.0F / 720 + x2 / 40320)));
    const std::uint32_t odd = 0U - (quarter & 1U);
    first[i] = radius * flip_sign(select(odd, sine, cosine), ((quarter + 1) & 2U) << 30);
    second[i] = radius * flip_sign(select(odd, cosine, sine), (quarter & 2U) << 30);
  }
}

LAB_KERNEL void interleave(const float (*__restrict values)[kLanes], float* __restrict out) {
  for (int i = 0; i < kLanes; ++i) {
    for (int j = 0; j < 4; ++j) out[4 * i + j] = values[j][i];
  }
}

void normal_lanes(const Lanes& lanes, float* out) {
  alignas(64) float values[4][kLanes];
  box_muller(lanes.word[0], lanes.word[1], values[0], values[1]);
  box_muller(lanes.word[2], lanes.word[3], values[2], values[3]);
  interleave(values, out);
}

std::uint32_t low_half(std::uint64_t x) {
  return static_cast<std::uint32_t>(x);
}
std::uint32_t high_half(std::uint64_t x) {
  return static_cast<std::uint32_t>(x >> 32);
}

// Walks over the blocks (four words each) of [samples, slots], kLanes at a time; kernel(lanes, out)
// turns their words into values, of which those beyond a row's end are dropped.
template <class Value, class Kernel>
void fill(PhiloxKey key, std::int64_t first, std::int64_t samples, std::int64_t slots, Value* out,
          const Kernel& kernel) {
  if (samples <= 0 || slots <= 0) return;
  const std::int64_t row_blocks = (slots + 3) / 4;
  const std::int64_t blocks = samples * row_blocks;
  Lanes lanes;
  alignas(64) Value values[4 * kLanes];
  std::int64_t row = 0, block = 0;  // of the next block to be drawn
  for (std::int64_t done = 0; done < blocks; done += kLanes) {
    const int used = static_cast<int>(std::min<std::int64_t>(kLanes, blocks - done));
    const std::int64_t first_row = row, first_block = block;
    for (int i = 0; i < kLanes; ++i) {
      const auto sample = static_cast<std::uint64_t>(first + row);
      const auto number = static_cast<std::uint64_t>(block);
      lanes.word[0][i] = low_half(sample), lanes.word[1][i] = high_half(sample);
      lanes.word[2][i] = low_half(number), lanes.word[3][i] = high_half(number);
      if (++block == row_blocks) block = 0, ++row;
    }
    philox_lanes(lanes, key[0], key[1]);
    const bool whole = used == kLanes && (slots % 4 == 0 || first_block + kLanes < row_blocks);
    if (whole) {  // what the lanes give lies in one piece
      kernel(lanes, out + first_row * slots + first_block * 4);
      continue;
    }
    kernel(lanes, values);
    std::int64_t r = first_row, b = first_block;
    for (int i = 0; i < used; ++i) {
      const std::int64_t kept = std::min<std::int64_t>(4, slots - 4 * b);
      std::copy_n(values + 4 * i, kept, out + r * slots + 4 * b);
      if (++b == row_blocks) b = 0, ++r;
    }
  }
}

PhiloxKey key_of(std::string_view name, std::int64_t seed) {
  const auto digest = sha256(std::string(name) + '\0' + std::to_string(seed));
  PhiloxKey key{};
  for (std::size_t i = 0; i < 8; ++i) key[i / 4] |= std::uint32_t{digest[i]} << (8 * (i % 4));
  return key;
}

}  // namespace

PhiloxCounter philox(PhiloxCounter counter, PhiloxKey key) {
  auto [a, b, c, d] = counter;
  for (std::uint32_t round = 0; round < kRounds; ++round) {
    const std::uint64_t p = std::uint64_t{kMultiplier0} * a;
    const std::uint64_t q = std::uint64_t{kMultiplier1} * c;
    a = high_half(q) ^ b ^ (key[0] + round * kWeyl0);
    b = low_half(q);
    c = high_half(p) ^ d ^ (key[1] + round * kWeyl1);
    d = low_half(p);
  }
  return {a, b, c, d};
}

std::uint64_t Words::from_buffer() {
  if (left_ == 0) {
    buffer_ =
        philox({low_half(sample_), high_half(sample_), low_half(block_), high_half(block_)}, key_);
    ++block_;
    left_ = 2;
  }
  const std::size_t at = left_ == 2 ? 0 : 2;
  --left_;
  return buffer_[at] | std::uint64_t{buffer_[at + 1]} << 32;
}

double Words::normal() {
  const double radius = std::sqrt(-2 * std::log(1 - uniform()));
  return radius * std::cos(2 * std::numbers::pi * uniform());
}

bool Words::bernoulli(double p) {
  if (!(p >= 0 && p <= 1)) throw InputError("Bernoulli draw: p must be from 0 to 1");
  return uniform() < p;
}

std::uint64_t Words::below(std::uint64_t n) {
  if (n == 0) throw InputError("random number below 0: n must be at least 1");
  // Lemire 2019 (arXiv 1805.10941), algorithm 5: the product's upper half, unless its lower half
  // falls into the 2^64 mod n values that would make some results likelier.
  unsigned __int128 product = static_cast<unsigned __int128>((*this)()) * n;
  if (static_cast<std::uint64_t>(product) < n) {
    const std::uint64_t threshold = (0 - n) % n;
    while (static_cast<std::uint64_t>(product) < threshold) {
      product = static_cast<unsigned __int128>((*this)()) * n;
    }
  }
  return static_cast<std::uint64_t>(product >> 64);
}

std::vector<std::int64_t> Words::permutation(std::int64_t n) {
  return choice(n, n);
}

// The first k steps of Fisher and Yates: step i swaps place i with a place at or behind it.
std::vector<std::int64_t> Words::choice(std::int64_t n, std::int64_t k) {
  if (k < 0 || k > n) throw InputError("choice: k must be from 0 to n");
  const auto other = [&](std::int64_t i) {
    return i + static_cast<std::int64_t>(below(static_cast<std::uint64_t>(n - i)));
  };
  if (k > n / 16) {
    std::vector<std::int64_t> items(static_cast<std::size_t>(n));
    std::iota(items.begin(), items.end(), 0);
    for (std::int64_t i = 0; i < k; ++i) std::swap(items[i], items[other(i)]);
    items.resize(static_cast<std::size_t>(k));
    return items;
  }
  std::unordered_map<std::int64_t, std::int64_t> moved;  // places that do not hold their own number
  const auto at = [&](std::int64_t i) {
    const auto found = moved.find(i);
    return found == moved.end() ? i : found->second;
  };
  std::vector<std::int64_t> chosen(static_cast<std::size_t>(k));
  for (std::int64_t i = 0; i < k; ++i) {
    const std::int64_t j = other(i);
    chosen[static_cast<std::size_t>(i)] = at(j);
    moved[j] = at(i);
  }
  return chosen;
}

Geometric::Geometric(double p) : always_(p > 0 ? 0 : kMostGap), log_failure_(std::log1p(-p)) {
  if (!(p >= 0 && p <= 1)) throw InputError("geometric: p must be from 0 to 1");
  if (p == 0 || p == 1) return;
  constexpr std::uint64_t size = std::uint64_t{1} << kIndexBits;
  constexpr std::uint64_t step = std::uint64_t{1} << (53 - kIndexBits);
  gap_of_.assign(size, -1);
  std::int64_t here = gap(0);
  // Gaps never fall with u: where they are equal at both ends of a piece, they are so in it.
  for (std::uint64_t i = 0; i + 1 < size; ++i) {
    const std::int64_t next = gap((i + 1) * step);
    if (here == next && here <= std::numeric_limits<std::int16_t>::max()) {
      gap_of_[i] = static_cast<std::int16_t>(here);
    }
    here = next;
  }
}

std::int64_t Geometric::gap(std::uint64_t bits) const {
  const double gap = std::floor(std::log(1 - static_cast<double>(bits) * 0x1p-53) / log_failure_);
  return gap < static_cast<double>(kMostGap) ? static_cast<std::int64_t>(gap) : kMostGap;
}

Draw::Draw(std::string_view name, std::int64_t seed) : key_(key_of(name, seed)) {}

void Draw::words(std::int64_t first, std::int64_t samples, std::int64_t slots,
                 std::uint32_t* out) const {
  fill(key_, first, samples, slots, out, word_lanes);
}

void Draw::uniforms(std::int64_t first, std::int64_t samples, std::int64_t slots,
                    float* out) const {
  fill(key_, first, samples, slots, out, uniform_lanes);
}

void Draw::normals(std::int64_t first, std::int64_t samples, std::int64_t slots, float* out) const {
  fill(key_, first, samples, slots, out, normal_lanes);
}

void Draw::bernoullis(double p, std::int64_t first, std::int64_t samples, std::int64_t slots,
                      float* out) const {
  if (!(p >= 0 && p <= 1)) throw InputError("Bernoulli draw: p must be from 0 to 1");
  const auto threshold = static_cast<std::uint64_t>(std::llround(p * 0x1p32));
  if (threshold == 0) {
    std::fill_n(out, samples * slots, 0.0F);
    return;
  }
  const auto greatest = static_cast<std::uint32_t>(threshold - 1);
  fill(key_, first, samples, slots, out,
       [greatest](const Lanes& lanes, float* to) { bernoulli_lanes(lanes, greatest, to); });
}

}  // namespace lab
