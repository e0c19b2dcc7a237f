// Randomness that is named, not ordered. A Draw is an endless table of random words: what stands at
// (sample, slot) depends only on the draw's name, its seed and that place, and not on batch sizes,
// threads, or what else is drawn. Generator: Philox4x32-10 (Salmon et al., SC 2011).
//
// The table: the key is the first 8 bytes (little-endian) of SHA-256 of name + '\0' + seed in
// decimal; the counter (sample's low half, high half, block's low half, high half) gives the four
// 32-bit words 4·block … 4·block+3 of that sample.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace lab {

using PhiloxCounter = std::array<std::uint32_t, 4>;
using PhiloxKey = std::array<std::uint32_t, 2>;

// Ten rounds of Philox4x32; equals the published known-answer vectors (Random123, kat_vectors).
PhiloxCounter philox(PhiloxCounter counter, PhiloxKey key);

// The words of one sample of a draw, read one after another, two (low half first) for each 64 bits.
// Satisfies the standard's UniformRandomBitGenerator, but prefer its own members: they give the
// same values on every machine (normal: to 1e-6 relative). Arguments out of range throw InputError.
class Words {
 public:
  using result_type = std::uint64_t;
  // `ready`: the sample's first words where they have been drawn already (by Draw::words; four for each block),
  // to be read from there. They must outlive this.
  Words(PhiloxKey key, std::uint64_t sample, std::span<const std::uint32_t> ready = {})
      : key_(key), sample_(sample), block_(ready.size() / 4), ready_(ready) {}

  static constexpr std::uint64_t min() { return 0; }
  static constexpr std::uint64_t max() { return ~std::uint64_t{0}; }
  std::uint64_t operator()() {  // 64 uniform bits
    ++used_;
    if (ready_.empty()) return from_buffer();
    const std::uint64_t word = ready_[0] | std::uint64_t{ready_[1]} << 32;
    ready_ = ready_.subspan(2);
    return word;
  }
  std::int64_t used() const { return used_; }  // words of 64 bits that have been read

  double uniform() {  // [0, 1), a multiple of 2^-53
    return static_cast<double>((*this)() >> 11) * 0x1p-53;
  }
  double normal();                       // N(0, 1)
  bool bernoulli(double p);              // true with probability p in [0, 1]
  std::uint64_t below(std::uint64_t n);  // uniform over 0 … n−1 without bias; n ≥ 1
  std::vector<std::int64_t> permutation(std::int64_t n);  // of 0 … n−1
  // k different of 0 … n−1, in random order; k ≤ n.
  std::vector<std::int64_t> choice(std::int64_t n, std::int64_t k);

 private:
  std::uint64_t from_buffer();

  PhiloxKey key_;
  std::uint64_t sample_;
  std::uint64_t block_;  // the next to be drawn
  std::span<const std::uint32_t> ready_;
  PhiloxCounter buffer_{};
  int left_ = 0;  // 64-bit words left in buffer_
  std::int64_t used_ = 0;
};

// How many failures come before the first success of probability p: the gaps between independent hits.
// One word of uniform bits gives one number, ⌊ln(1 − u) / ln(1 − p)⌋; a table of what its upper bits decide
// saves the logarithm for most. No word is read at p = 1, which gives 0, and at p = 0, which gives the
// largest number.
class Geometric {
 public:
  explicit Geometric(double p);  // p in [0, 1]; throws InputError

  std::int64_t operator()(Words& words) const {
    if (gap_of_.empty()) return always_;
    const std::uint64_t bits = words() >> 11;
    const std::int16_t known = gap_of_[bits >> (53 - kIndexBits)];
    return known >= 0 ? known : gap(bits);
  }

 private:
  static constexpr int kIndexBits = 12;

  std::int64_t gap(std::uint64_t bits) const;  // of u = bits · 2^-53

  std::int64_t always_;               // where there is no table
  double log_failure_;                // ln(1 − p)
  std::vector<std::int16_t> gap_of_;  // by u's upper bits; −1 where they do not decide
};

class Draw {
 public:
  // `name` says what is drawn ("world/fit/inputs"); different names or seeds are independent.
  Draw(std::string_view name, std::int64_t seed);

  Words at(std::uint64_t sample, std::span<const std::uint32_t> ready = {}) const {
    return {key_, sample, ready};
  }

  // Fills row-major [samples, slots] with the values of samples first … first+samples−1. A value
  // depends on (sample, slot) alone, so any split into batches gives the same numbers. All of
  // them are bitwise the same on every machine. Slot s uses word s of the sample: a uniform is its upper
  // 24 bits · 2^-24, a Bernoulli is word < p·2^32; words 2i and 2i+1 give normals 2i and 2i+1 by
  // Box–Muller in float32: √(−2 ln u)·(cos, sin)(2π v), u = (word 2i + ½)/2^32, v = word 2i+1/2^32.
  void words(std::int64_t first, std::int64_t samples, std::int64_t slots,
             std::uint32_t* out) const;
  void uniforms(std::int64_t first, std::int64_t samples, std::int64_t slots, float* out) const;
  void normals(std::int64_t first, std::int64_t samples, std::int64_t slots, float* out) const;
  // Row-major [samples, slots] of 0 and 1, each 1 with probability p, to within 2^-32.
  void bernoullis(double p, std::int64_t first, std::int64_t samples, std::int64_t slots,
                  float* out) const;

 private:
  PhiloxKey key_;
};

}  // namespace lab
