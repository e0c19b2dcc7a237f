// The placement families: one config struct each. placement.h says what a placement is.
//
// Families that build groups of vectors (circle, polyhedron, parts) put each group into a subspace
// of its own. The field `subspaces` says how these lie: "orthogonal" (to each other, in a random
// rotation; the width must hold them all), "aligned" (each spans the next few coordinate axes), or
// "random" (each an independent random subspace: they overlap, and the width must hold the
// largest).
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "lab/core/fields.h"

namespace lab {

inline constexpr const char* kSubspacesHelp =
    "how the groups' subspaces lie: orthogonal to each other, aligned with the axes, or random and "
    "overlapping";

struct Orthonormal {
  static constexpr const char* name = "orthonormal";
  static constexpr const char* doc =
      "all vectors of norm 1 and orthogonal; the width must hold them";
  static constexpr std::int64_t revision = 1;
  bool aligned = false;

  void fields(Fields& f) {
    f("aligned", aligned, any(), "coordinate c lies on axis c; else in a random rotation (Haar)");
  }
};

struct Random {
  static constexpr const char* name = "random";
  static constexpr const char* doc =
      "independent uniform directions of norm 1; a feature of several coordinates gets a random "
      "orthonormal frame";
  static constexpr std::int64_t revision = 1;
  void fields(Fields&) {}
};

// From a random start, Adam on a smooth maximum of the squared cosines, (1/β) log Σ_{i≠j} exp(β
// cos²), with β rising; rows (frames of wide features) are made orthonormal again after every step.
// When the width holds all coordinates the result is orthonormal. The least possible coherence is
// at least the Welch bound √((C−D)/(D(C−1))).
struct LowCoherence {
  static constexpr const char* name = "low_coherence";
  static constexpr const char* doc =
      "unit vectors spread so that the largest |cosine| is small (towards the bound of Welch 1974)";
  static constexpr std::int64_t revision = 1;
  std::int64_t steps = 500;

  void fields(Fields& f) {
    f("steps", steps, at_least(1), "gradient steps; each costs C²·width multiplications");
  }
};

// v_k = Σ_f a_f (cos 2πfk/n, sin 2πfk/n) / √(Σ a_f²), each frequency in a plane of its own, so that
// v_i·v_j = Σ_f a_f² cos(2πf(i−j)/n) / Σ_f a_f².
struct Circle {
  static constexpr const char* name = "circle";
  static constexpr const char* doc =
      "each circle of the world (else all features, in order) on a circle with one plane a "
      "frequency";
  static constexpr std::int64_t revision = 1;
  std::vector<std::int64_t> frequencies{1};
  std::vector<double> amplitudes;
  std::string subspaces = "orthogonal";

  void fields(Fields& f) {
    f("frequencies", frequencies, at_least(0).items(1),
      "turns around the plane on one way around the group; 0 moves the centre");
    f("amplitudes", amplitudes, above(0), "relative radius in each frequency's plane; none: equal");
    f("subspaces", subspaces, one_of({"orthogonal", "aligned", "random"}), kSubspacesHelp);
    f.require(amplitudes.empty() || amplitudes.size() == frequencies.size(), "amplitudes",
              "must be as many as frequencies");
  }
};

struct Polyhedron {
  static constexpr const char* name = "polyhedron";
  static constexpr const char* doc =
      "groups of 4, 6, 8, 12 or 20 features at the vertices of a Platonic solid of radius 1";
  static constexpr std::int64_t revision = 1;
  std::string shape = "auto";
  std::string subspaces = "orthogonal";

  void fields(Fields& f) {
    f("shape", shape,
      one_of({"auto", "tetrahedron", "octahedron", "cube", "icosahedron", "dodecahedron"}),
      "the solid, for as many features in order as it has vertices, again and again; auto: for "
      "each "
      "of the world's exclusive groups (else for all features) the one with as many vertices");
    f("subspaces", subspaces, one_of({"orthogonal", "aligned", "random"}), kSubspacesHelp);
  }
};

struct TreePlacement {
  static constexpr const char* name = "tree";
  static constexpr const char* doc =
      "child = parent + offset, along the world's trees; a root is its offset (Park et al. 2024, "
      "arXiv 2406.01506, with orthonormal offsets)";
  static constexpr std::int64_t revision = 1;
  std::string offsets = "orthonormal";
  double scale = 1;

  void fields(Fields& f) {
    f("offsets", offsets, one_of({"orthonormal", "random"}),
      "directions of the offsets: all orthogonal (the width must hold them), or independent and "
      "uniform");
    f("scale", scale, above(0), "norm of an offset relative to its parent's; roots have norm 1");
  }
};

// With n vectors of Gram matrix G = (1 − ρ)I + ρ11ᵀ, which is not negative for ρ ≥ −1/(n−1), the vectors are the rows of
// √G in a random rotation. At ρ = −1/(n−1) they are the vertices of a simplex.
struct EqualCosines {
  static constexpr const char* name = "equal_cosines";
  static constexpr const char* doc =
      "unit vectors of which any two have the same cosine; the width must hold as many dimensions "
      "as "
      "vectors";
  static constexpr std::int64_t revision = 1;
  double cosine = 0.3;

  void fields(Fields& f) {
    f("cosine", cosine, at_least(-1).below(1),
      "cosine of any two vectors, ρ; at least −1/(n−1) for n of them");
  }
};

struct Part;

// The first part whose `features` and `range` fit a feature takes it; each feature must be taken.
struct Parts {
  static constexpr const char* name = "parts";
  static constexpr const char* doc =
      "different placements for different features, each in a subspace of its own";
  static constexpr std::int64_t revision = 1;
  std::vector<Part> parts;
  std::string subspaces = "orthogonal";

  void fields(Fields& f);
};

struct PlacementConfig {
  static constexpr const char* room = "placements";
  std::variant<Orthonormal, Random, LowCoherence, Circle, Polyhedron, TreePlacement, Parts,
               EqualCosines>
      kind;

  void fields(Fields& f) { f.kind(kind); }
};

struct Part {
  std::string features = "*";
  std::vector<std::int64_t> range;
  std::int64_t width = 0;
  PlacementConfig placement;

  void fields(Fields& f) {
    f("features", features, any(), "names of its features, as a shell pattern (*, ?, [abc])");
    f("range", range, at_least(0),
      "[first, last]: numbers of the features it is limited to; none: all");
    f("width", width, at_least(0),
      "dimensions of its subspace; 0: as few as its placement needs, and for random and "
      "low_coherence an equal share of what is left (all, where subspaces are random)");
    f("placement", placement, any(), "how its features lie in its subspace");
    f.require(range.empty() || (range.size() == 2 && range[0] <= range[1]), "range",
              "must be [first, last] with first ≤ last");
  }
};

inline void Parts::fields(Fields& f) {
  f("parts", parts, any().items(1), "the parts");
  f("subspaces", subspaces, one_of({"orthogonal", "aligned", "random"}), kSubspacesHelp);
  f.require(!parts.empty(), "parts", "must hold at least one part");
}

}  // namespace lab
