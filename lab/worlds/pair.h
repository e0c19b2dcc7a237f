// The world of one parent and one child among independent features: where absorption can be computed.
#pragma once

#include <cstdint>
#include <memory>

#include "lab/core/fields.h"
#include "lab/worlds/magnitude.h"

namespace lab {

class World;

struct Pair {
  static constexpr const char* name = "pair";
  static constexpr const char* doc =
      "a parent and a child of value 1 with a given joint law, among independent features: the "
      "least world in which a dictionary can absorb (setting of lab/theory/absorption.h)";
  static constexpr std::int64_t revision = 1;
  double both = 0.2;
  double parent_alone = 0.2;
  double child_alone = 0;
  std::int64_t background = 30;
  double p_background = 0.08;
  Magnitude magnitude{UniformMagnitude{0.8, 1.2}};

  void fields(Fields& f) {
    f("both", both, between(0, 1), "probability that parent and child are present (q)");
    f("parent_alone", parent_alone, between(0, 1), "probability of the parent without the child");
    f("child_alone", child_alone, between(0, 1), "probability of the child without the parent (ε)");
    f("background", background, between(0, 16'777'216), "number of independent features");
    f("p_background", p_background, between(0, 1), "probability of each of these");
    f("magnitude", magnitude, any(), "law of the value of an independent feature that is present");
    f.require(both + parent_alone + child_alone <= 1 + 1e-12, "child_alone",
              "must be at most 1 − both − parent_alone");
  }
};

// Features parent, child, background0, background1, …; inputs and targets are their values. E[L0] =
// 2·both + parent_alone + child_alone + background·p_background. Relation: tree ("tree") of parent
// and child.
std::unique_ptr<World> make_world(const Pair& config, std::int64_t seed);

}  // namespace lab
