// The experiment `derive`: numbers that follow from definitions (lab/theory), as runs of their own, so that
// a sweep can state them as claims and draw them beside what was trained.
#pragma once

#include <cstdint>
#include <optional>
#include <variant>

#include "lab/core/config.h"
#include "lab/sweep/stage.h"
#include "lab/worlds/world.h"

namespace lab {

// Scores cost_not_represented, cost_dedicated, cost_antipodal, antipodal_bound, phase (0 not
// represented, 1 dedicated, 2 antipodal) and margin (theory/superposition_phases.h).
struct PhaseCostsDerivation {
  static constexpr const char* name = "phases";
  static constexpr const char* doc =
      "costs of the phases of the toy model with two features and one hidden dimension (Elhage et "
      "al. 2022)";
  static constexpr std::int64_t revision = 1;
  double importance = 1;
  double density = 0.1;
  void fields(Fields& f) {
    f("importance", importance, above(0), "importance of the extra feature over the other's, r");
    f("density", density, between(0, 1), "probability p that a feature is present; above 0");
    f.require(density > 0, "density", "must be above 0");
  }
};

// Score boundary: the density below which antipodal is cheaper than dedicated.
struct PhaseBoundaryDerivation {
  static constexpr const char* name = "phase_boundary";
  static constexpr const char* doc =
      "density below which the antipodal phase is cheaper than the dedicated one";
  static constexpr std::int64_t revision = 1;
  double importance = 1;
  void fields(Fields& f) {
    f("importance", importance, at_least(1), "importance of the extra feature over the other's, r");
  }
};

// Scores loss_4, loss_4+, loss_4++, loss_5, loss_5+, loss_6 and length_…, bias_… of each; table "kgons".
struct KgonsDerivation {
  static constexpr const char* name = "kgons";
  static constexpr const char* doc =
      "critical losses of the toy model with six features, one active, in two dimensions (Chen et "
      "al. 2023, arXiv 2310.06301)";
  static constexpr std::int64_t revision = 1;
  void fields(Fields&) {}
};

// Scores epsilon_star (where the losses cross), epsilon_star_closed_form, child_alone (ε); of the best pair
// of atoms child_angle and loss; loss_faithful, loss_absorbed; of the best three atoms loss_triple and
// triple_parent, triple_composite, triple_child (angles in degrees from the parent's direction).
struct AbsorptionDerivation {
  static constexpr const char* name = "absorption";
  static constexpr const char* doc =
      "lasso losses and best dictionaries of a parent and a child: of the world `pair`";
  static constexpr std::int64_t revision = 1;
  std::optional<double> share_of_star;
  double l1 = 0.2;
  void fields(Fields& f) {
    f("share_of_star", share_of_star, at_least(0),
      "ε as a share of ε*, instead of the world's child_alone");
    f("l1", l1, above(0).below(0.5), "weight of the L1 penalty, λ");
  }
};

// Scores fvu (one active atom), l1 (two), lasso_loss, lasso_excess and lasso_excess_ratio, the excess over
// its limit λ(l1 − 1), which goes to 1 as λ → 0.
struct CircleTilingDerivation {
  static constexpr const char* name = "circle_tiling";
  static constexpr const char* doc = "a circle tiled by unit atoms at equal angles";
  static constexpr std::int64_t revision = 1;
  std::int64_t latents = 8;
  double l1 = 1e-3;
  void fields(Fields& f) {
    f("latents", latents, between(3, 1'000'000), "number of atoms, n");
    f("l1", l1, above(0).below(1), "weight of the L1 penalty, λ");
  }
};

// Score expected_l0, the mean number of features present.
struct ExpectedL0Derivation {
  static constexpr const char* name = "expected_l0";
  static constexpr const char* doc = "mean number of features present: of the world `tree`";
  static constexpr std::int64_t revision = 1;
  void fields(Fields&) {}
};

struct DerivationConfig {
  static constexpr const char* room = "derivations";
  std::variant<PhaseCostsDerivation, PhaseBoundaryDerivation, KgonsDerivation, AbsorptionDerivation,
               CircleTilingDerivation, ExpectedL0Derivation>
      kind;
  void fields(Fields& f) { f.kind(kind); }
};

struct Derive {
  static constexpr const char* name = "derive";
  static constexpr const char* doc =
      "numbers that follow from definitions by closed form, quadrature or minimisation; no seed";
  static constexpr std::int64_t revision = 1;
  DerivationConfig what;
  std::optional<WorldConfig> world;
  void fields(Fields& f) {
    f("what", what, required(), "what is derived");
    f("world", world, any(),
      "the world it is derived about: a pair for absorption, a tree for expected_l0, else none");
    const bool pair = world.has_value() && std::holds_alternative<Pair>(world->kind);
    const bool tree = world.has_value() && std::holds_alternative<Tree>(world->kind);
    const bool fits = std::holds_alternative<AbsorptionDerivation>(what.kind) ? pair
                      : std::holds_alternative<ExpectedL0Derivation>(what.kind)
                          ? tree
                          : !world.has_value();
    f.require(fits, "world",
              "must be a pair for absorption, a tree for expected_l0, and absent for what needs no "
              "world");
  }
};

StagePtr last_stage(const Derive& config, std::int64_t seed);

}  // namespace lab
