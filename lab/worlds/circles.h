// The world of points on circles: features of two coordinates.
#pragma once

#include <cstdint>
#include <memory>

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

  void fields(Fields& f) {
    f("circles", circles, between(1, 1'000'000), "number of circles");
    f("p", p, between(0, 1), "probability that a circle is present, independently of the others");
    f("radius", radius, any(), "law of the radius of a circle that is present");
  }
};

// Features circle0, circle1, … of width 2: the coordinates are r cos φ and r sin φ, C = 2·circles;
// inputs and targets are these. There is no relation: a relation orders different features.
std::unique_ptr<World> make_world(const Circles& config, std::int64_t seed);

}  // namespace lab
