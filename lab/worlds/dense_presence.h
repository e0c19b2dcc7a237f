// Presence of frequent independent features: one random word a feature instead of a logarithm a hit.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "lab/core/rng.h"

namespace lab {

// Features 0 … size−1, feature i present when its word is at most greatest[i], so that its probability is
// (greatest[i] + 1)/2^32.
class DensePresence {
 public:
  // Probabilities in (0, 1], right to within 2^-32.
  explicit DensePresence(std::span<const double> probabilities);

  std::int64_t size() const { return static_cast<std::int64_t>(greatest_.size()); }

  // Writes presence and a value of each feature, `low` + (high − low)·u with u = (2⌊word/2⌋ + 1)/(greatest
  // + 1) in (0, 1], to columns 0 … size−1 of the row-major arrays [samples, stride]; absent ones get 0. Given
  // that a feature is present u is uniform, and so the same word serves twice.
  void fill(const Draw& draw, std::int64_t first, std::int64_t samples, std::int64_t stride,
            float low, float high, float* values, bool* present) const;

 private:
  std::vector<std::uint32_t> greatest_;
  std::vector<float> scale_;  // 1/(greatest + 1)
};

}  // namespace lab
