#include "circuits/functions/threshold.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "circuits/functions/linear_program.h"
#include "circuits/functions/null_vector.h"
#include "circuits/functions/properties.h"
#include "circuits/functions/transforms.h"

namespace circuits {
namespace {

using Points = std::vector<std::uint32_t>;

// Σ w_i x_i for any input x, from tables of its two halves.
template <class Number>
class Sums {
 public:
  explicit Sums(const std::vector<Number>& weights) {
    const std::size_t low = std::min(weights.size(), kLow);
    fill(low_, {weights.begin(), weights.begin() + static_cast<std::ptrdiff_t>(low)});
    fill(high_, {weights.begin() + static_cast<std::ptrdiff_t>(low), weights.end()});
  }
  Number operator()(std::uint64_t x) const {
    return low_[x & ((std::uint64_t{1} << kLow) - 1) & (low_.size() - 1)] + high_[x >> kLow];
  }

 private:
  static constexpr std::size_t kLow = 12;
  static void fill(std::vector<Number>& sums, const std::vector<Number>& weights) {
    sums.assign(1, 0);
    for (const Number weight : weights) {
      const std::size_t half = sums.size();
      for (std::size_t k = 0; k < half; ++k) sums.push_back(sums[k] + weight);
    }
  }
  std::vector<Number> low_, high_;
};

// f as a monotone function of the inputs that matter, and what decides whether it is a threshold.
struct Monotone {
  std::vector<int> inputs;
  std::uint32_t flipped = 0;  // bit j: inputs[j] was negated
  Points least_ones, greatest_zeros;

  std::uint64_t original(std::uint32_t point) const {
    std::uint64_t x = 0;
    for (std::size_t j = 0; j < inputs.size(); ++j) {
      x |= static_cast<std::uint64_t>((point ^ flipped) >> j & 1) << inputs[j];
    }
    return x;
  }
};

Points points_of(const TruthTable& table) {
  Points points;
  for (std::uint32_t k = 0; k < table.size(); ++k) {
    if (table[k]) points.push_back(k);
  }
  return points;
}

Monotone monotone_part(const TruthTable& table) {
  Junta part = junta(table);
  Monotone result{part.inputs, 0, {}, {}};
  const auto ways = directions(part.table);
  for (std::size_t j = 0; j < ways.size(); ++j) {
    if (ways[j] == Direction::Down) result.flipped |= 1u << j;
  }
  const TruthTable f = flip_inputs(std::move(part.table), result.flipped);
  TruthTable not_least(f.inputs()), not_greatest(f.inputs());
  for (int i = 0; i < f.inputs(); ++i) {
    const TruthTable flipped = flip_input(f, i), on = TruthTable::input(f.inputs(), i);
    not_least |= flipped & on;
    not_greatest |= ~flipped & ~on;
  }
  result.least_ones = points_of(f & ~not_least);
  result.greatest_zeros = points_of(~f & ~not_greatest);
  return result;
}

// Two neighbours between which input i turns f on, and two between which it turns f off.
NoThreshold not_unate(const TruthTable& table, int i) {
  const TruthTable flipped = flip_input(table, i);
  const TruthTable off = ~TruthTable::input(table.inputs(), i);
  const auto first = [](const TruthTable& set) {
    std::size_t w = 0;
    while (set.words()[w] == 0) ++w;
    return 64 * w + static_cast<std::size_t>(std::countr_zero(set.words()[w]));
  };
  const std::uint64_t bit = std::uint64_t{1} << i;
  const std::uint64_t up = first(~table & flipped & off), down = first(table & ~flipped & off);
  return {{{up | bit, 1}, {down, 1}}, {{up, 1}, {down | bit, 1}}};
}

LinearProgram::Row row_of(std::uint32_t point, double sign, int extra, double lower) {
  LinearProgram::Row row{{}, {}, lower, LinearProgram::kInfinity};
  for (; point != 0; point &= point - 1) {
    row.columns.push_back(std::countr_zero(point));
    row.values.push_back(sign);
  }
  row.columns.push_back(extra);
  row.values.push_back(-sign);
  return row;
}

// The smallest weights ≥ 0 and a bound with w·x ≥ bound on ones and ≤ bound − 1 on zeros: weights,
// then the bound; empty when there are none.
std::optional<LinearSolution> separate(const Points& ones, const Points& zeros,
                                       std::size_t inputs) {
  LinearProgram program;
  program.cost.assign(inputs, 1);
  program.cost.push_back(0);
  program.lower.assign(inputs, 0);
  program.lower.push_back(-LinearProgram::kInfinity);
  program.upper.assign(inputs + 1, LinearProgram::kInfinity);
  const int bound = static_cast<int>(inputs);
  for (const std::uint32_t point : ones) program.rows.push_back(row_of(point, 1, bound, 0));
  for (const std::uint32_t point : zeros) program.rows.push_back(row_of(point, -1, bound, 1));
  return solve(program);
}

// Sets inputs of ones until they have the sums of the zeros, which are nowhere less: f stays 1.
void raise(std::vector<NoThreshold::Point>& ones, const std::vector<NoThreshold::Point>& zeros,
           std::size_t inputs) {
  for (std::size_t i = 0; i < inputs; ++i) {
    std::uint64_t missing = 0;
    for (const auto& [input, times] : zeros) missing += (input >> i & 1) * times;
    for (const auto& [input, times] : ones) missing -= (input >> i & 1) * times;
    for (std::size_t p = 0; p < ones.size() && missing > 0; ++p) {
      if ((ones[p].input >> i & 1) != 0) continue;
      const std::uint64_t moved = std::min(missing, ones[p].times);
      missing -= moved;
      if (moved < ones[p].times) ones.push_back({ones[p].input, ones[p].times - moved});
      ones[p] = {ones[p].input | std::uint64_t{1} << i, moved};
    }
  }
}

// Ones and zeros with equal sums, from the duals of: push the least w·x of ones above the greatest
// of zeros, all w_i between 0 and 1. At the optimum 0 the duals, as multiplicities, give ones and
// zeros of equal number whose sums the zeros exceed nowhere or, where the dual has slack, somewhat.
// In a basic solution they are, up to a factor, the only ones with these equalities, so that whole
// numbers follow exactly.
std::optional<NoThreshold> refute(const Points& ones, const Points& zeros, const Monotone& f) {
  constexpr double kZero = 1e-9;
  const std::size_t inputs = f.inputs.size();
  LinearProgram program;
  program.cost.assign(inputs, 0);
  program.cost.insert(program.cost.end(), {-1, 1});
  program.lower.assign(inputs, 0);
  program.lower.resize(inputs + 2, -LinearProgram::kInfinity);
  program.upper.assign(inputs, 1);
  program.upper.resize(inputs + 2, LinearProgram::kInfinity);
  const int floor = static_cast<int>(inputs), ceiling = floor + 1;
  for (const std::uint32_t point : ones) program.rows.push_back(row_of(point, 1, floor, 0));
  for (const std::uint32_t point : zeros) program.rows.push_back(row_of(point, -1, ceiling, 0));
  const auto solution = solve(program);
  if (!solution) return std::nullopt;

  struct Used {
    std::uint32_t point;
    std::int64_t sign;  // 1 for a one, −1 for a zero
  };
  std::vector<Used> used;
  std::vector<double> excess(inputs, 0);  // of the ones' sums over the zeros'
  for (std::size_t r = 0; r < solution->duals.size(); ++r) {
    if (std::abs(solution->duals[r]) <= kZero) continue;
    used.push_back(r < ones.size() ? Used{ones[r], 1} : Used{zeros[r - ones.size()], -1});
    for (std::size_t i = 0; i < inputs; ++i) {
      if ((used.back().point >> i & 1) != 0) {
        excess[i] += static_cast<double>(used.back().sign) * std::abs(solution->duals[r]);
      }
    }
  }
  std::vector<std::vector<std::int64_t>> equations(1);
  for (const auto& [point, sign] : used) equations[0].push_back(sign);
  for (std::size_t i = 0; i < inputs; ++i) {
    if (std::abs(excess[i]) > kZero) continue;
    equations.emplace_back();
    for (const auto& [point, sign] : used) equations.back().push_back((point >> i & 1) * sign);
  }
  const auto times = null_vector(equations);
  if (!times) return std::nullopt;
  NoThreshold certificate;
  for (std::size_t u = 0; u < used.size(); ++u) {
    if ((*times)[u] < 0) return std::nullopt;
    (used[u].sign > 0 ? certificate.ones : certificate.zeros)
        .push_back({used[u].point, static_cast<std::uint64_t>((*times)[u])});
  }
  raise(certificate.ones, certificate.zeros, inputs);
  for (auto* points : {&certificate.ones, &certificate.zeros}) {
    for (auto& point : *points) point.input = f.original(static_cast<std::uint32_t>(point.input));
  }
  return certificate;
}

// Adds the points whose constraints are violated most; whether there were any. excess(point) > 0 is
// the violation.
template <class Excess>
bool add_violated(const Points& all, const Excess& excess, std::size_t most, Points& chosen) {
  constexpr double kTolerance = 1e-6;
  std::vector<std::pair<double, std::uint32_t>> violated;
  for (const std::uint32_t point : all) {
    const double by = excess(point);
    if (by > kTolerance) violated.push_back({by, point});
  }
  const std::size_t count = std::min(most, violated.size());
  std::ranges::partial_sort(violated, violated.begin() + static_cast<std::ptrdiff_t>(count),
                            std::greater());
  for (std::size_t v = 0; v < count; ++v) chosen.push_back(violated[v].second);
  return count > 0;
}

// Whole weights from real ones that keep ones and zeros 1 apart. Rounding s·w moves a sum by at most
// n / 2, and sums are s apart, so that s = n + 1 always does; smaller s are tried first.
ThresholdVerdict rounded(const std::vector<double>& real, const Monotone& f,
                         const TruthTable& table) {
  const std::size_t inputs = f.inputs.size();
  for (std::size_t scale = 1; scale <= inputs + 1; ++scale) {
    std::vector<std::int64_t> weights;
    for (std::size_t j = 0; j < inputs; ++j) {
      const double weight = real[j] * static_cast<double>(scale);
      if (!(std::abs(weight) < 1e12)) return UnknownThreshold{"the weights are beyond 10^12"};
      weights.push_back(std::llround(weight));
    }
    const Sums<std::int64_t> sum(weights);
    std::int64_t bound = std::numeric_limits<std::int64_t>::max();
    for (const std::uint32_t point : f.least_ones) bound = std::min(bound, sum(point));
    const auto below = [&](std::uint32_t point) { return sum(point) < bound; };
    if (!std::ranges::all_of(f.greatest_zeros, below)) continue;
    ThresholdWeights result{std::vector<std::int64_t>(static_cast<std::size_t>(table.inputs()), 0),
                            bound};
    for (std::size_t j = 0; j < inputs; ++j) {
      const bool negated = (f.flipped >> j & 1) != 0;  // w (1 − x) = w − w x
      result.weights[static_cast<std::size_t>(f.inputs[j])] = negated ? -weights[j] : weights[j];
      if (negated) result.bound -= weights[j];
    }
    if (proves(result, table)) return result;
  }
  return UnknownThreshold{"no rounding of the linear program's weights is exact"};
}

ThresholdVerdict decide(const Monotone& f, const TruthTable& table) {
  constexpr int kMostRounds = 1000;
  const std::size_t inputs = f.inputs.size(), batch = 4 * inputs + 16;
  Points ones, zeros;
  for (std::size_t b = 0; b < std::min(batch, f.least_ones.size()); ++b) {
    ones.push_back(f.least_ones[b * f.least_ones.size() / std::min(batch, f.least_ones.size())]);
  }
  for (std::size_t b = 0; b < std::min(batch, f.greatest_zeros.size()); ++b) {
    zeros.push_back(
        f.greatest_zeros[b * f.greatest_zeros.size() / std::min(batch, f.greatest_zeros.size())]);
  }
  for (int round = 0; round < kMostRounds; ++round) {
    const auto solution = separate(ones, zeros, inputs);
    if (!solution) {
      const auto certificate = refute(ones, zeros, f);
      if (certificate && proves(*certificate, table)) return *certificate;
      return UnknownThreshold{"the certificate of the linear program is not exact"};
    }
    const std::vector<double> weights(solution->x.begin(), solution->x.end() - 1);
    const double bound = solution->x.back();
    const Sums<double> sum(weights);
    const bool low =
        add_violated(f.least_ones, [&](std::uint32_t p) { return bound - sum(p); }, batch, ones);
    const bool high = add_violated(
        f.greatest_zeros, [&](std::uint32_t p) { return sum(p) - bound + 1; }, batch, zeros);
    if (!low && !high) return rounded(weights, f, table);
  }
  return UnknownThreshold{"undecided after " + std::to_string(kMostRounds) + " linear programs"};
}

}  // namespace

ThresholdVerdict threshold_verdict(const TruthTable& table) {
  if (table.constant()) {
    return ThresholdWeights{std::vector<std::int64_t>(static_cast<std::size_t>(table.inputs()), 0),
                            table[0] ? 0 : 1};
  }
  const auto ways = directions(table);
  const auto both = std::ranges::find(ways, Direction::Both);
  if (both != ways.end()) return not_unate(table, static_cast<int>(both - ways.begin()));
  return decide(monotone_part(table), table);
}

bool proves(const ThresholdWeights& weights, const TruthTable& table) {
  if (weights.weights.size() != static_cast<std::size_t>(table.inputs())) return false;
  constexpr std::int64_t kLargest = std::int64_t{1} << 56;  // 24 of them stay within 64 bits
  for (const std::int64_t weight : weights.weights) {
    if (weight > kLargest || weight < -kLargest) return false;
  }
  const Sums<std::int64_t> sum(weights.weights);
  for (std::uint64_t k = 0; k < table.size(); ++k) {
    if ((sum(k) >= weights.bound) != table[k]) return false;
  }
  return true;
}

bool proves(const NoThreshold& certificate, const TruthTable& table) {
  const auto sums_of = [&](const std::vector<NoThreshold::Point>& points,
                           bool value) -> std::optional<std::vector<std::uint64_t>> {
    constexpr std::uint64_t kMost = std::uint64_t{1} << 62;
    std::vector<std::uint64_t> sums(static_cast<std::size_t>(table.inputs()) + 1, 0);
    for (const auto& [input, times] : points) {
      if (input >= table.size() || table[input] != value || times == 0) return std::nullopt;
      if (times > kMost - sums.back()) return std::nullopt;
      for (std::size_t i = 0; i + 1 < sums.size(); ++i) sums[i] += times * (input >> i & 1);
      sums.back() += times;
    }
    return sums;
  };
  const auto ones = sums_of(certificate.ones, true), zeros = sums_of(certificate.zeros, false);
  return ones && zeros && *ones == *zeros && ones->back() > 0;
}

}  // namespace circuits
