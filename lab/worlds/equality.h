// The world of hierarchical equality: two pairs of vectors, and whether both pairs are alike in being equal.
#pragma once

#include <cstdint>
#include <memory>

#include "lab/core/fields.h"

namespace lab {

class World;

struct Equality {
  static constexpr const char* name = "equality";
  static constexpr const char* doc =
      "four vectors w, x, y, z; the target is (w = x) = (y = z) (Geiger et al. 2023, arXiv "
      "2303.02536, §4.1)";
  static constexpr std::int64_t revision = 1;
  std::int64_t size = 4;

  void fields(Fields& f) { f("size", size, between(1, 1024), "numbers of a vector"); }
};

// Inputs: w, x, y, z one after another, N = 4·size. w and y are uniform in [−1, 1)^size; x equals w with
// probability 1/2 and is drawn anew otherwise, z likewise for y, independently. Features, width 1, present
// where true: "w=x", "y=z", "same". The circuit has the first two as its inputs and same = XNOR of them,
// which is the target (uniform). Inputs cannot be listed. Sample b of a split comes from
// Draw("world/equality/<split>", seed); nothing else depends on the seed.
std::unique_ptr<World> make_world(const Equality& config, std::int64_t seed);

}  // namespace lab
