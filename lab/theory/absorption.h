// Absorption in closed form. A parent a_p and a child a_c, orthonormal, with unit coefficients: both are
// present with probability q, the parent alone with p0, the child alone with ε. Dictionaries of unit
// atoms in their plane are compared by E[min_{f ≥ 0} ‖x − Df‖² + λ‖f‖₁]. Angles are measured from the
// parent's direction: the child's lies at 90°, the composite (a_p + a_c)/√2 at 45°. The child's atom of a
// dictionary is the one nearest to the child's direction.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "lab/theory/minimise.h"

namespace lab {

struct AbsorptionSetting {
  double q = 0.2;       // P(both)
  double p0 = 0.2;      // P(parent alone)
  double epsilon = 0;   // P(child alone)
  double lambda = 0.2;  // weight of the L1 penalty
};

// The loss of a dictionary of unit atoms at these angles, in degrees.
double absorption_loss(const AbsorptionSetting& setting, std::span<const double> degrees);

// The ε above which the faithful dictionary {0°, 90°} beats the absorbed {0°, 45°}:
// λq(8 − 4√2 − λ) / (2(1 − (2 − √2)λ)), and the same found as the crossing of the two losses in
// [0, 1 − q − p0]. λ in (0, .5). The second throws Failure when they do not cross there.
double epsilon_star(double q, double lambda);
double epsilon_star_by_crossing(const AbsorptionSetting& setting);

// The best dictionary of so many unit atoms, 2 to 4: angles in degrees, ascending, and its loss.
struct BestDictionary {
  double loss;
  std::vector<double> degrees;
  double child() const;  // angle of the child's atom
};
BestDictionary best_dictionary(const AbsorptionSetting& setting, std::int64_t atoms);

}  // namespace lab
