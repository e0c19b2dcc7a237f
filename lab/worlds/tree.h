// The world of hierarchical features: a child fires only with its parent.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "lab/core/fields.h"
#include "lab/worlds/magnitude.h"

namespace lab {

class World;

// The defaults are the toy of Bushnaq and Nabeshima (public Matryoshka set-up): 20 features,
// E[L0] = 1.12.
struct Tree {
  static constexpr const char* name = "tree";
  static constexpr const char* doc =
      "trees of features whose children fire only with their parent, and single features (Bussmann "
      "et al. 2025, arXiv 2503.17547; Costa et al. 2025, arXiv 2506.03093)";
  static constexpr std::int64_t revision = 1;
  std::int64_t roots = 3;
  std::vector<std::int64_t> branching{3};
  double p_root = 0.15;
  double p_child = 0.2;
  bool exclusive = true;
  bool exclusive_roots = false;
  std::int64_t singles = 8;
  double p_single = 0.05;
  bool scale_by_parent = false;
  Magnitude magnitude;

  // Features of the trees, without the singles.
  double tree_features() const;
  double expected_l0() const;    // E[L0], by the formula below
  double present_roots() const;  // mean number of roots and singles that are present

  void fields(Fields& f) {
    f("roots", roots, between(1, 1'000'000), "number of trees");
    f("branching", branching, between(1, 1'000'000).items(1),
      "children of each root, of each of these, …; one number for each depth below the roots");
    f("p_root", p_root, between(0, 1), "probability that a root is present");
    f("p_child", p_child, between(0, 1),
      "probability that a child is present, given its parent is; the same for each child");
    f("exclusive", exclusive, any(), "at most one child of a parent is present, else independent");
    f("exclusive_roots", exclusive_roots, any(),
      "at most one of the roots and singles is present, else independent", Legacy{"false"});
    f("singles", singles, between(0, 1'000'000), "number of features outside the trees");
    f("p_single", p_single, between(0, 1), "probability that a single feature is present");
    f("scale_by_parent", scale_by_parent, any(),
      "the value of a child is its own magnitude times the value of its parent");
    f("magnitude", magnitude, any(), "law of the value of a feature that is present");
    f.require(!exclusive_roots || present_roots() <= 1 + 1e-12, "exclusive_roots",
              "needs roots · p_root + singles · p_single to be at most 1");
    f.require(tree_features() <= 1e6, "branching", "must make at most 1,000,000 features");
    for (const std::int64_t children : branching) {
      f.require(!exclusive || p_child * static_cast<double>(children) <= 1 + 1e-12, "p_child",
                "times the number of exclusive children must be at most 1");
    }
  }
};

// Features, in this order: trees depth by depth, all roots first ("0", "1", …; the children of "1" are
// "1.0", "1.1", …), then single0, single1, …; inputs and targets are their values. A feature at depth
// d is present with probability p_root · p_child^d, so that, with n_d = roots · branching[0] ⋯
// branching[d−1],
//   E[L0] = p_root · Σ_d n_d p_child^d + singles · p_single.
// Relations: one tree ("tree") of all features but the singles; where siblings are exclusive, one
// exclusive ("children of 1") for each parent of at least two; where roots and singles are, one ("roots and singles"):
// of these at most one is present, root i with p_root and single i with p_single.
std::unique_ptr<World> make_world(const Tree& config, std::int64_t seed);

}  // namespace lab
