#include "circuits/functions/null_vector.h"

#include <cstdlib>
#include <numeric>
#include <utility>

namespace circuits {
namespace {

using Row = std::vector<std::int64_t>;

bool subtract(Row& row, const Row& pivot_row, std::size_t column) {
  // row := row · pivot − pivot_row · factor, without common factors before and after.
  const std::int64_t common = std::gcd(row[column], pivot_row[column]);
  const std::int64_t pivot = pivot_row[column] / common, factor = row[column] / common;
  std::int64_t divisor = 0;
  for (std::size_t c = 0; c < row.size(); ++c) {
    std::int64_t left = 0, right = 0;
    if (__builtin_mul_overflow(row[c], pivot, &left) ||
        __builtin_mul_overflow(pivot_row[c], factor, &right) ||
        __builtin_sub_overflow(left, right, &row[c])) {
      return false;
    }
    divisor = std::gcd(divisor, row[c]);
  }
  if (divisor > 1) {
    for (std::int64_t& entry : row) entry /= divisor;
  }
  return true;
}

}  // namespace

std::optional<std::vector<std::int64_t>> null_vector(std::vector<Row> equations) {
  const std::size_t unknowns = equations.empty() ? 0 : equations[0].size();
  std::vector<std::size_t> pivots;  // column of each row's pivot
  std::optional<std::size_t> free;
  for (std::size_t column = 0; column < unknowns; ++column) {
    std::size_t r = pivots.size();
    while (r < equations.size() && equations[r][column] == 0) ++r;
    if (r == equations.size()) {
      if (free) return std::nullopt;
      free = column;
      continue;
    }
    std::swap(equations[r], equations[pivots.size()]);
    for (std::size_t other = 0; other < equations.size(); ++other) {
      if (other == pivots.size() || equations[other][column] == 0) continue;
      if (!subtract(equations[other], equations[pivots.size()], column)) return std::nullopt;
    }
    pivots.push_back(column);
  }
  if (!free) return std::nullopt;

  // Row r now reads a·x_pivot + b·x_free = 0: x_free is the least multiple of all a / gcd(a, b).
  std::int64_t scale = 1;
  for (std::size_t r = 0; r < pivots.size(); ++r) {
    const std::int64_t a = equations[r][pivots[r]], b = equations[r][*free];
    if (b == 0) return std::nullopt;
    const std::int64_t needed = std::abs(a / std::gcd(a, b));
    if (__builtin_mul_overflow(scale, needed / std::gcd(scale, needed), &scale)) {
      return std::nullopt;
    }
  }
  Row solution(unknowns, scale);
  for (std::size_t r = 0; r < pivots.size(); ++r) {
    const std::int64_t a = equations[r][pivots[r]], b = equations[r][*free];
    const std::int64_t common = std::gcd(a, b);
    if (__builtin_mul_overflow(scale / (a / common), -(b / common), &solution[pivots[r]])) {
      return std::nullopt;
    }
  }
  if (solution[0] < 0) {
    for (std::int64_t& number : solution) number = -number;
  }
  return solution;
}

}  // namespace circuits
