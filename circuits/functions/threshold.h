// Is a boolean function a linear threshold function, f(x) = [Σ w_i x_i ≥ bound]?
// Found by a linear program (Clp), proved in whole numbers.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "circuits/functions/truth_table.h"

namespace circuits {

// Integer weights and bound that give f's value on each of the 2^n inputs (checked on all).
struct ThresholdWeights {
  std::vector<std::int64_t> weights;  // one an input, 0 for those that do not matter
  std::int64_t bound;
};

// Why there are none: ones and zeros of f, taken `times` times each, with equally many of both and
// equal sums in each input. For any weights both sides then have the same Σ w·x, yet the ones would
// have to lie above the zeros.
struct NoThreshold {
  struct Point {
    std::uint64_t input;
    std::uint64_t times;  // ≥ 1
  };
  std::vector<Point> ones, zeros;
};

// Neither could be proved exactly.
struct UnknownThreshold {
  std::string reason;
};

using ThresholdVerdict = std::variant<ThresholdWeights, NoThreshold, UnknownThreshold>;

// A function that is not unate is refuted at once by four points. Of unate ones the program takes
// only minimal true and maximal false points, as many as are violated, round by round: all sizes to
// 24 inputs are accepted; at n = 24 a threshold function takes seconds. Weights are small but not
// always the smallest. Numerical trouble of the program ends in UnknownThreshold, never in a wrong
// verdict.
ThresholdVerdict threshold_verdict(const TruthTable& table);

// The checks by which the verdicts are proved: exact, 2^n steps for weights.
bool proves(const ThresholdWeights& weights, const TruthTable& table);
bool proves(const NoThreshold& certificate, const TruthTable& table);

}  // namespace circuits
