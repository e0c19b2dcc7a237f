// The world of points on circles: features of two coordinates.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "lab/core/fields.h"
#include "lab/worlds/magnitude.h"

namespace lab {

class World;

struct Circles {
  static constexpr const char* name = "circles";
  static constexpr const char* doc =
      "continuous features of width 2: a point at a uniform angle on a circle (Engels et al. 2024, "
      "arXiv 2405.14860: not all features are linear)";
  static constexpr std::int64_t revision = 1;
  std::int64_t circles = 4;
  double p = 0.2;
  Magnitude radius;
  std::string angles = "random";

  void fields(Fields& f) {
    f("circles", circles, between(1, 1'000'000), "number of circles");
    f("p", p, between(0, 1), "probability that a circle is present, independently of the others");
    f("radius", radius, any(), "law of the radius of a circle that is present");
    f("angles", angles, one_of({"random", "spread"}),
      "random: independent and uniform; spread: evenly over the samples of a split, for means that "
      "are exact to a few parts in the number of samples; for one circle",
      Legacy{"\"random\""});
    f.require(angles == "random" || circles == 1, "angles", "must be random for several circles");
  }
};

// Features circle0, circle1, … of width 2: the coordinates are r cos φ and r sin φ, C = 2·circles;
// inputs and targets are these. There is no relation: a relation orders different features. Spread:
// sample b of a split lies at φ = 2π·frac(offset + b·(√5 − 1)/2) with one random offset a split (Draw
// "world/circles/<split>/offset", sample 0), so that any run of samples covers the circle evenly (golden-
// section sequence, of low discrepancy).
std::unique_ptr<World> make_world(const Circles& config, std::int64_t seed);

}  // namespace lab
