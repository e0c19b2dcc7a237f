// The toy model of superposition with two features and one hidden dimension, x' = ReLU(WᵀW x + b):
// which of its three solutions is best (Elhage et al. 2022, Toy Models of Superposition, "Superposition
// as a phase change"). Each feature is present with probability p, independently, with a value uniform
// over [0, 1]; the loss is E[(x₁ − x'₁)² + r (x₂ − x'₂)²]: feature 2 is the extra one, of relative
// importance r. Costs are such losses (sums over the features, not means).
#pragma once

#include <array>

namespace lab {

// W = (w₁, w₂), one row; b = (b₁, b₂).
struct TwoFeatureModel {
  std::array<double, 2> w;
  std::array<double, 2> b;
};

// The expected loss, exact. p in [0, 1].
double expected_loss(const TwoFeatureModel& model, double r, double p);

enum class Phase { not_represented, dedicated, antipodal };  // of the extra feature
const char* phase_name(Phase phase);  // "not represented", "dedicated", "antipodal"

// Feature i is represented when |w_i| > ½. One alone: the extra feature is not represented, or has the
// dimension for itself (dedicated); both with opposite signs: antipodal. Anything else is none.
struct TrainedPhase {
  bool known;
  Phase phase;
};
TrainedPhase phase_of(const TwoFeatureModel& model);

struct PhaseCosts {
  double not_represented;  // r (p/3 − p²/4): the bias alone says x₂'s mean
  double dedicated;        // p/3 − p²/4: the same for feature 1
  // The least expected loss over b and w₁ ≥ 0 ≥ w₂. Never above the other two, which are its corners
  // w₂ = 0 and w₁ = 0.
  double antipodal;
  TwoFeatureModel antipodal_model;
  double both;  // the same with both represented: w₁ ≥ ½, w₂ ≤ −½
  Phase best;   // a corner, where antipodal is not cheaper by a millionth
  // The least cost of another phase over the best one's, minus 1; ≥ 0. The other phases of a corner are
  // the other corner and `both`.
  double margin;
};
// r > 0, p in (0, 1]; throws InputError otherwise.
PhaseCosts phase_costs(double r, double p);

// The antipodal cost of w = (1, −1) and b = 0, an upper bound of the least: (1 + r) p²/6.
double antipodal_bound(double r, double p);

// The density below which antipodal is cheaper than dedicated (by a millionth), to 1e-6, for r ≥ 1; 1
// where it is cheaper at all densities. Throws InputError for r < 1.
double antipodal_boundary(double r);

}  // namespace lab
