#include "circuits/functions/fourier.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "circuits/error.h"
#include "circuits/functions/transforms.h"

namespace circuits {
namespace {

// 2^13 sums stay in a first-level cache.
constexpr std::size_t kBlock = std::size_t{1} << 13;

// Sums and differences of the numbers at distance `from`, 2 from, 4 from, … below `to`.
void butterflies(std::span<std::int32_t> sums, std::size_t from, std::size_t to) {
  for (std::size_t distance = from; distance < to; distance *= 2) {
    for (std::size_t first = 0; first < sums.size(); first += 2 * distance) {
      std::int32_t* low = sums.data() + first;
      std::int32_t* high = low + distance;
      for (std::size_t k = 0; k < distance; ++k) {
        const std::int32_t a = low[k], b = high[k];
        low[k] = a + b;
        high[k] = a - b;
      }
    }
  }
}

}  // namespace

std::vector<std::int32_t> fourier_sums(const TruthTable& table) {
  std::vector<std::int32_t> sums(table.size());
  for (std::size_t k = 0; k < sums.size(); ++k) sums[k] = table[k] ? -1 : 1;
  const std::size_t block = std::min(kBlock, sums.size());
  for (std::size_t first = 0; first < sums.size(); first += block) {
    butterflies(std::span(sums).subspan(first, block), 1, block);
  }
  butterflies(sums, block, sums.size());
  return sums;
}

int fourier_degree(std::span<const std::int32_t> sums) {
  int degree = 0;
  for (std::size_t set = 0; set < sums.size(); ++set) {
    if (sums[set] != 0) degree = std::max(degree, std::popcount(set));
  }
  return degree;
}

std::vector<double> weight_by_level(std::span<const std::int32_t> sums) {
  // All squares add up to 4^n ≤ 2^48: whole numbers that doubles hold exactly.
  std::vector<std::int64_t> squares(static_cast<std::size_t>(std::bit_width(sums.size())), 0);
  for (std::size_t set = 0; set < sums.size(); ++set) {
    squares[static_cast<std::size_t>(std::popcount(set))] += std::int64_t{sums[set]} * sums[set];
  }
  const double all = static_cast<double>(sums.size()) * static_cast<double>(sums.size());
  std::vector<double> weights;
  for (const std::int64_t square : squares) weights.push_back(static_cast<double>(square) / all);
  return weights;
}

double noise_stability(std::span<const double> weights, double rho) {
  if (!(std::abs(rho) <= 1)) {
    throw Error("noise stability is defined for correlations from -1 to 1, not " +
                std::to_string(rho));
  }
  double sum = 0;
  for (std::size_t level = weights.size(); level-- > 0;) sum = sum * rho + weights[level];
  return sum;
}

double bias(const TruthTable& table) {
  return 1 - 2 * static_cast<double>(table.ones()) / static_cast<double>(table.size());
}

std::vector<std::uint64_t> influence_counts(const TruthTable& table) {
  std::vector<std::uint64_t> counts;
  for (int i = 0; i < table.inputs(); ++i) counts.push_back((table ^ flip_input(table, i)).ones());
  return counts;
}

}  // namespace circuits
