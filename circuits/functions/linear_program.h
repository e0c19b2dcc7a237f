// Linear programs, solved by Clp in floating point: what follows from them is checked by the caller.
#pragma once

#include <optional>
#include <vector>

namespace circuits {

// Minimise Σ cost_j x_j with lower_j ≤ x_j ≤ upper_j and, for each row, lower ≤ Σ value · x ≤ upper.
struct LinearProgram {
  struct Row {
    std::vector<int> columns;
    std::vector<double> values;  // one a column
    double lower, upper;
  };
  static constexpr double kInfinity = 1e300;
  std::vector<double> cost, lower, upper;
  std::vector<Row> rows;
};

struct LinearSolution {
  double value;
  std::vector<double> x;
  std::vector<double> duals;  // of the rows: how much value grows with the row's active bound
};

// A basic solution by the simplex method; empty when the program was found infeasible or unbounded,
// or was given up.
std::optional<LinearSolution> solve(const LinearProgram& program);

}  // namespace circuits
