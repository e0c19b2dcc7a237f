#include "lab/scores/assignment.h"

#include "lab/core/stop.h"

#include <ATen/ATen.h>

#include <array>
#include <cmath>
#include <limits>

#include "lab/core/error.h"

namespace lab {
namespace {

using std::int64_t;
constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr int lanes = 8;        // independent minima, so that the compiler can use wide registers
constexpr int64_t block = 256;  // columns searched together
constexpr int64_t scan_limit = 4;  // row reductions, in multiples of the number of rows

template <Objective objective>
double cost_of(double weight) {
  if constexpr (objective == Objective::minimum) return weight;
  if constexpr (objective == Objective::maximum) return -weight;
  return -std::fabs(weight);
}

double smaller(double a, double b) {
  return a < b ? a : b;
}

// The least of value(j) for j in [begin, end).
template <class Value>
double least(int64_t begin, int64_t end, const Value& value) {
  std::array<double, lanes> low;
  low.fill(infinity);
  int64_t j = begin;
  for (; j + lanes <= end; j += lanes)
    for (int k = 0; k < lanes; ++k) low[k] = smaller(value(j + k), low[k]);
  double result = infinity;
  for (const double x : low) result = smaller(x, result);
  for (; j < end; ++j) result = smaller(value(j), result);
  return result;
}

struct TwoBest {
  double first = infinity, second = infinity;
  int64_t first_at = -1, second_at = -1;
};

// Rows ≤ columns; prices are those of Assignment.
template <class T, Objective objective>
class Solver {
 public:
  Solver(const T* weights, int64_t rows, int64_t columns)
      : weights_(weights),
        rows_(rows),
        columns_(columns),
        price_(columns, 0.0),
        row_of_(columns, -1),
        column_of_(rows, -1) {}

  void solve() {
    require_finite_weights();
    for (const int64_t row : reduce_rows()) {
      poll_stop();
      augment(row);
    }
  }

  Assignment result() const {
    Assignment result;
    result.column_of_row = column_of_;
    result.column_price = price_;
    for (int64_t r = 0; r < rows_; ++r) {
      const double cost = cost_of<objective>(weights_[r * columns_ + column_of_[r]]);
      result.row_price.push_back(cost - price_[column_of_[r]]);
      result.total += objective == Objective::minimum ? cost : -cost;
    }
    return result;
  }

 private:
  void require_finite_weights() const {
    for (int64_t r = 0; r < rows_; ++r) {
      const T* row = weights_ + r * columns_;
      std::array<T, lanes> sum{};  // 0 · x is 0, or NaN where x is not finite
      int64_t j = 0;
      for (; j + lanes <= columns_; j += lanes)
        for (int k = 0; k < lanes; ++k) sum[k] += T(0) * row[j + k];
      for (; j < columns_; ++j) sum[0] += T(0) * row[j];
      for (const T x : sum)
        if (x != 0) throw Failure("a weight of the assignment is not finite");
    }
  }

  // The two columns of least reduced cost for a row; the first ones among equals.
  TwoBest two_best(int64_t row) const {
    const T* weights = weights_ + row * columns_;
    const double* price = price_.data();
    const auto reduced = [&](int64_t j) { return cost_of<objective>(weights[j]) - price[j]; };
    TwoBest best;
    for (int64_t begin = 0; begin < columns_; begin += block) {
      const int64_t end = std::min(begin + block, columns_);
      if (least(begin, end, reduced) >= best.second) continue;
      for (int64_t j = begin; j < end; ++j) {
        const double value = reduced(j);
        if (value < best.first) {
          best.second = best.first, best.second_at = best.first_at;
          best.first = value, best.first_at = j;
        } else if (value < best.second) {
          best.second = value, best.second_at = j;
        }
      }
    }
    return best;
  }

  // Each row takes its best column and pays what makes its second best as good; a row that is
  // pushed out goes on at once. Returns the rows that are left without a column.
  std::vector<int64_t> reduce_rows() {
    std::vector<int64_t> todo(rows_), left;
    for (int64_t r = 0; r < rows_; ++r) todo[r] = r;
    int64_t scans = 0;
    for (int pass = 0; pass < 2; ++pass) {
      left.clear();
      for (int64_t row : todo) {
        while (row >= 0) {
          if (scans++ >= scan_limit * rows_) {
            left.push_back(row);
            break;
          }
          const TwoBest best = two_best(row);
          int64_t column = best.first_at;
          const double lower = price_[column] - (best.second - best.first);
          const bool pays = std::isfinite(best.second) && lower < price_[column];
          if (pays)
            price_[column] = lower;
          else if (row_of_[column] >= 0 && best.second == best.first)
            column = best.second_at;
          const int64_t out = row_of_[column];
          row_of_[column] = row;
          column_of_[row] = column;
          if (out >= 0) {
            column_of_[out] = -1;
            if (!pays) left.push_back(out);
          }
          row = pays ? out : -1;
        }
      }
      todo = left;
    }
    return left;
  }

  // Gives `free_row` a column along a shortest path of reduced costs, moving other rows (Dijkstra).
  void augment(int64_t free_row) {
    distance_.assign(columns_, infinity);
    from_.assign(columns_, free_row);
    reached_.clear();
    int64_t row = free_row, sink = -1;
    double offset = 0, low = 0;
    while (true) {
      low = relax(row, offset);
      const int64_t column = nearest_column(low);
      if (row_of_[column] < 0) {
        sink = column;
        break;
      }
      row = row_of_[column];
      offset = cost_of<objective>(weights_[row * columns_ + column]) - price_[column] - low;
      reached_.push_back({column, low, price_[column]});
      price_[column] = -infinity;  // out of the search: its reduced cost is now infinite
      distance_[column] = infinity;
    }
    for (const Reached& r : reached_) price_[r.column] = r.price + (r.distance - low);
    for (int64_t column = sink; column >= 0;) {
      const int64_t owner = from_[column];
      row_of_[column] = owner;
      std::swap(column, column_of_[owner]);
      if (owner == free_row) break;
    }
  }

  // Offers every column not yet reached the way over `row`; returns the least distance.
  double relax(int64_t row, double offset) {
    const T* weights = weights_ + row * columns_;
    const double* price = price_.data();
    double* distance = distance_.data();
    int64_t* from = from_.data();
    double low = infinity;
    block_least_.clear();
    for (int64_t begin = 0; begin < columns_; begin += block) {
      const int64_t end = std::min(begin + block, columns_);
      for (int64_t j = begin; j < end; ++j) {
        const double over = cost_of<objective>(weights[j]) - price[j] - offset;
        from[j] = over < distance[j] ? row : from[j];
        distance[j] = smaller(over, distance[j]);
      }
      block_least_.push_back(least(begin, end, [&](int64_t j) { return distance[j]; }));
      low = smaller(block_least_.back(), low);
    }
    return low;
  }

  // The first column at distance `low`, one without a row where there is one.
  int64_t nearest_column(double low) const {
    int64_t taken = -1;
    for (int64_t b = 0; b < static_cast<int64_t>(block_least_.size()); ++b) {
      if (block_least_[b] != low) continue;
      for (int64_t j = b * block; j < std::min((b + 1) * block, columns_); ++j) {
        if (distance_[j] != low) continue;
        if (row_of_[j] < 0) return j;
        if (taken < 0) taken = j;
      }
    }
    return taken;
  }

  struct Reached {
    int64_t column;
    double distance, price;
  };
  const T* weights_;
  int64_t rows_, columns_;
  std::vector<double> price_;
  std::vector<int64_t> row_of_, column_of_;
  std::vector<double> distance_, block_least_;
  std::vector<int64_t> from_;
  std::vector<Reached> reached_;
};

template <class T, Objective objective>
Assignment solved(const at::Tensor& weights) {
  Solver<T, objective> solver(weights.data_ptr<T>(), weights.size(0), weights.size(1));
  solver.solve();
  return solver.result();
}

template <class T>
Assignment solved(const at::Tensor& weights, Objective objective) {
  switch (objective) {
    case Objective::minimum:
      return solved<T, Objective::minimum>(weights);
    case Objective::maximum:
      return solved<T, Objective::maximum>(weights);
    case Objective::maximum_absolute:
      return solved<T, Objective::maximum_absolute>(weights);
  }
  throw std::logic_error("unknown objective");
}

Assignment transposed(const Assignment& a) {
  Assignment result{std::vector<int64_t>(a.column_price.size(), -1), a.column_price, a.row_price,
                    a.total};
  for (std::size_t r = 0; r < a.column_of_row.size(); ++r)
    result.column_of_row[a.column_of_row[r]] = static_cast<int64_t>(r);
  return result;
}

}  // namespace

Assignment assign(const at::Tensor& weights_RC, Objective objective) {
  if (weights_RC.dim() != 2) throw InputError("assign: the weights must be a matrix");
  const int64_t rows = weights_RC.size(0), columns = weights_RC.size(1);
  if (rows == 0 || columns == 0)
    return {std::vector<int64_t>(rows, -1), std::vector<double>(rows, 0.0),
            std::vector<double>(columns, 0.0), 0};
  const bool flip = rows > columns;
  at::Tensor weights = (flip ? weights_RC.t() : weights_RC).detach();
  if (weights.scalar_type() != at::kFloat && weights.scalar_type() != at::kDouble)
    weights = weights.to(at::kDouble);
  weights = weights.contiguous();
  const Assignment result = weights.scalar_type() == at::kFloat
                                ? solved<float>(weights, objective)
                                : solved<double>(weights, objective);
  return flip ? transposed(result) : result;
}

}  // namespace lab
