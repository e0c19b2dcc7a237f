// Minimisation without gradients in a few dimensions (NLopt).
#pragma once

#include <functional>
#include <vector>

namespace lab {

struct Minimum {
  double value;
  std::vector<double> at;
};

// A box; empty vectors: no bounds.
struct Bounds {
  std::vector<double> low, high;
};

// A local minimum near `start` by subplex (Rowan 1990, NLopt's LN_SBPLX), begun again from what it
// found until the value falls by less than 1e-14 relative. `step` is the first step in each
// direction. Throws InputError when sizes do not fit, Failure when the function's value is not
// finite.
Minimum minimise(const std::function<double(const std::vector<double>&)>& function,
                 const std::vector<double>& start, double step, const Bounds& bounds = {});

// The best of the local minima near several starts. Throws InputError without a start.
Minimum minimise_from(const std::function<double(const std::vector<double>&)>& function,
                      const std::vector<std::vector<double>>& starts, double step,
                      const Bounds& bounds = {});

}  // namespace lab
