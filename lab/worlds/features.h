// What the worlds share whose inputs and targets are the values of their features.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "lab/core/rng.h"
#include "lab/worlds/truth.h"
#include "lab/worlds/world.h"

namespace lab {

// Writes sample number b: `values` [C] and `present` [F] come as zeros. Which features are present is read
// from `presence` and what they are worth from `worth`, so that one law may change without the other.
// Called from several threads at once.
using SampleFeatures = std::function<void(std::int64_t b, Words& presence, Words& worth,
                                          float* values, bool* present)>;

// Samples first … first+count−1 of a split, with inputs = targets = values, on as many
// threads as LibTorch uses. Sample b's words are those of Draw("world/<kind>/<split>", seed) and Draw("world/<kind>/<split>/values", seed). Throws
// InputError when first or count is negative.
Batch sample_features(const Truth& truth, const std::string& kind, std::int64_t seed,
                      const std::string& split, std::int64_t first, std::int64_t count,
                      const SampleFeatures& sample);

// Calls hit(i) for each of 0 … n−1 independently with the probability of `gaps`, in order, at the cost of the
// hits alone: gaps between them are geometric.
template <class Hit>
void for_each_hit(Words& words, const Geometric& gaps, std::int64_t n, const Hit& hit) {
  for (std::int64_t i = -1;;) {
    const std::int64_t gap = gaps(words);
    if (gap >= n - 1 - i) return;
    i += gap + 1;
    hit(i);
  }
}

}  // namespace lab
