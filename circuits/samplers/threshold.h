// Thresholds, majorities and trees of majorities.
#pragma once

#include "circuits/samplers/parameters.h"
#include "circuits/samplers/random.h"

namespace circuits {

// 1 iff at least `bound` inputs are 1; nothing is random. One Threshold gate, or if `expanded` the
// number of ones by adders (popcount in arithmetic.h) compared with the bound.
struct ThresholdShape {
  static constexpr const char* family = "threshold";
  static constexpr const char* doc = "whether at least so many inputs are 1";
  std::size_t inputs = 7;
  std::size_t bound = 3;
  bool expanded = false;

  Parameters parameters();
};
Circuit threshold(const ThresholdShape& shape);

// 1 iff more than half of the inputs are 1; nothing is random. One Maj gate (Threshold for an even
// number of inputs, or one), or expanded as above.
struct MajorityShape {
  static constexpr const char* family = "majority";
  static constexpr const char* doc = "whether more than half of the inputs are 1";
  std::size_t inputs = 7;
  bool expanded = false;

  Parameters parameters();
};
Circuit majority(const MajorityShape& shape);

// A gate Σ w_i x_i ≥ b: weights are independent and uniform over the nonzero whole numbers from
// −largest to largest (from 1 without `negative`); b is uniform over the bounds for which the gate is
// not constant, from the smallest sum + 1 to the largest sum. Inputs may be irrelevant.
struct WeightedThresholdShape {
  static constexpr const char* family = "weighted_threshold";
  static constexpr const char* doc = "random weighted threshold, never constant";
  std::size_t inputs = 7;
  std::size_t largest = 5;
  bool negative = true;

  Parameters parameters();
};
Circuit sample_weighted_threshold(const WeightedThresholdShape& shape, const WordSource& words);

// A complete tree of majority gates; fan_in is odd. Its fan_in^depth inputs are in order, or with
// `shuffle` in uniform order.
struct MajorityTreeShape {
  static constexpr const char* family = "majority_tree";
  static constexpr const char* doc = "majority of majorities of … of the inputs";
  std::size_t depth = 2;
  std::size_t fan_in = 3;
  bool shuffle = false;

  Parameters parameters();
};
Circuit sample_majority_tree(const MajorityTreeShape& shape, const WordSource& words);

}  // namespace circuits
