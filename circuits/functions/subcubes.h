// The subcubes on which a function is 1, for algorithms that go through all of them.
#pragma once

#include <cstdint>

#include "circuits/functions/transforms.h"
#include "circuits/functions/truth_table.h"

namespace circuits {

// Calls visit(free, points) for each set of inputs (a bit mask) such that f is 1 on some subcube in
// which exactly these are free: bit x of `points` says that f is 1 on every input that agrees with x
// outside `free`. Called with free 0, points f, next 0; then for each larger set of inputs ≥ next. At
// most 2^n visits, and n tables at a time.
template <class Visit>
void visit_subcubes(std::uint32_t free, const TruthTable& points, int next, const Visit& visit) {
  if (points.ones() == 0) return;
  visit(free, points);
  for (int i = next; i < points.inputs(); ++i) {
    visit_subcubes(free | 1u << i, points & flip_input(points, i), i + 1, visit);
  }
}

}  // namespace circuits
