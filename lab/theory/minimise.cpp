#include "lab/theory/minimise.h"

#include <nlopt.h>

#include <cmath>
#include <memory>

#include "lab/core/error.h"

namespace lab {
namespace {

using Function = std::function<double(const std::vector<double>&)>;

// What NLopt calls; exceptions must not pass through C, so that a value that is not finite is noted.
struct Called {
  const Function& function;
  bool finite = true;
};

double call(unsigned n, const double* x, double*, void* data) {
  auto& called = *static_cast<Called*>(data);
  const double value = called.function(std::vector<double>(x, x + n));
  called.finite = called.finite && std::isfinite(value);
  return std::isfinite(value) ? value : HUGE_VAL;
}

Minimum descend(const Function& function, Minimum from, double step, const Bounds& bounds) {
  Called called{function};
  const std::unique_ptr<nlopt_opt_s, void (*)(nlopt_opt)> search(
      nlopt_create(NLOPT_LN_SBPLX, static_cast<unsigned>(from.at.size())), nlopt_destroy);
  nlopt_set_min_objective(search.get(), call, &called);
  if (!bounds.low.empty()) nlopt_set_lower_bounds(search.get(), bounds.low.data());
  if (!bounds.high.empty()) nlopt_set_upper_bounds(search.get(), bounds.high.data());
  nlopt_set_initial_step1(search.get(), step);
  nlopt_set_xtol_abs1(search.get(), 1e-11);
  nlopt_set_maxeval(search.get(), 100'000);
  const nlopt_result result = nlopt_optimize(search.get(), from.at.data(), &from.value);
  if (!called.finite) throw Failure("minimise: the function is not finite");
  if (result < 0 && result != NLOPT_ROUNDOFF_LIMITED) {
    throw Failure(std::string("minimise: ").append(nlopt_result_to_string(result)));
  }
  return from;
}

}  // namespace

Minimum minimise(const Function& function, const std::vector<double>& start, double step,
                 const Bounds& bounds) {
  const auto fits = [&](const std::vector<double>& bound) {
    return bound.empty() || bound.size() == start.size();
  };
  if (start.empty() || !fits(bounds.low) || !fits(bounds.high)) {
    throw InputError("minimise: start and bounds must have one number a dimension");
  }
  Minimum best{function(start), start};
  for (int round = 0; round < 20; ++round) {
    const double before = best.value;
    best = descend(function, best, step, bounds);
    if (before - best.value <= 1e-14 * (1 + std::fabs(before)) && round > 0) break;
    step *= 0.3;
  }
  return best;
}

Minimum minimise_from(const Function& function, const std::vector<std::vector<double>>& starts,
                      double step, const Bounds& bounds) {
  if (starts.empty()) throw InputError("minimise_from: there must be a start");
  Minimum best = minimise(function, starts.front(), step, bounds);
  for (std::size_t i = 1; i < starts.size(); ++i) {
    Minimum found = minimise(function, starts[i], step, bounds);
    if (found.value < best.value) best = std::move(found);
  }
  return best;
}

}  // namespace lab
