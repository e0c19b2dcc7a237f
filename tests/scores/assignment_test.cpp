#include "lab/scores/assignment.h"

#include <ATen/ATen.h>
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "lab/core/error.h"
#include "lab/core/rng.h"

using namespace lab;
using std::int64_t;

namespace {

enum class Law { normal, ties, duplicates };

at::Tensor matrix(int64_t rows, int64_t columns, Law law, std::uint64_t number) {
  Words words = Draw("tests/assignment", 1).at(number);
  at::Tensor m = at::empty({rows, columns}, at::kDouble);
  double* x = m.data_ptr<double>();
  for (int64_t i = 0; i < m.numel(); ++i)
    x[i] = law == Law::ties ? static_cast<double>(words.below(4)) - 1 : words.normal();
  if (law == Law::duplicates && rows > 1) {
    m[1].copy_(m[0]);
    if (columns > 2) m.select(1, 2).copy_(m.select(1, 0));
  }
  return m;
}

double cost(double weight, Objective objective) {
  if (objective == Objective::minimum) return weight;
  return objective == Objective::maximum ? -weight : -std::fabs(weight);
}

// The least cost over all ways to give each row (rows ≤ columns) a column of its own.
double least_cost(const at::Tensor& weights, Objective objective) {
  const at::Tensor w = weights.size(0) <= weights.size(1) ? weights : weights.t().contiguous();
  std::vector<int64_t> columns(w.size(1));
  std::iota(columns.begin(), columns.end(), 0);
  double best = std::numeric_limits<double>::infinity();
  do {
    double sum = 0;
    for (int64_t r = 0; r < w.size(0); ++r) sum += cost(w[r][columns[r]].item<double>(), objective);
    best = std::min(best, sum);
  } while (std::next_permutation(columns.begin(), columns.end()));
  return best;
}

// Checks that the pairs are one-to-one, as many as can be, and proved best by the prices.
void check_certificate(const at::Tensor& weights, Objective objective, const Assignment& a) {
  const int64_t R = weights.size(0), C = weights.size(1);
  std::vector<int64_t> row_of(C, -1);
  int64_t pairs = 0;
  double worst = 0, gap = 0, total = 0;
  for (int64_t r = 0; r < R; ++r) {
    const int64_t c = a.column_of_row[r];
    if (c < 0) continue;
    REQUIRE(row_of[c] == -1);
    row_of[c] = r;
    ++pairs;
  }
  CHECK(pairs == std::min(R, C));
  const at::Tensor w = weights.to(at::kDouble).contiguous();
  for (int64_t r = 0; r < R; ++r)
    for (int64_t c = 0; c < C; ++c) {
      const double value = cost(w.data_ptr<double>()[r * C + c], objective);
      const double slack = value - a.row_price[r] - a.column_price[c];
      worst = std::min(worst, slack);
      if (a.column_of_row[r] == c) gap = std::max(gap, std::fabs(slack)), total += value;
    }
  CHECK(worst > -1e-12);
  CHECK(gap < 1e-12);
  CHECK(a.total ==
        doctest::Approx(objective == Objective::minimum ? total : -total).epsilon(1e-12));
  if (R <= C)
    for (int64_t c = 0; c < C; ++c) CHECK(a.column_price[c] <= (row_of[c] < 0 ? 0.0 : 1e-12));
  for (int64_t c = 0; R < C && c < C; ++c)
    if (row_of[c] < 0) CHECK(a.column_price[c] == 0);
  for (int64_t r = 0; C < R && r < R; ++r)
    if (a.column_of_row[r] < 0) CHECK(a.row_price[r] == 0);
}

const Objective objectives[] = {Objective::minimum, Objective::maximum,
                                Objective::maximum_absolute};

}  // namespace

TEST_CASE("assign finds what trying every pairing finds") {
  std::uint64_t number = 0;
  for (const Law law : {Law::normal, Law::ties, Law::duplicates})
    for (int64_t rows = 1; rows <= 6; ++rows)
      for (int64_t columns = 1; columns <= 6; ++columns)
        for (const Objective objective : objectives) {
          const at::Tensor w = matrix(rows, columns, law, ++number);
          const Assignment a = assign(w, objective);
          const double best = least_cost(w, objective);
          CHECK(a.total ==
                doctest::Approx(objective == Objective::minimum ? best : -best).epsilon(1e-12));
          check_certificate(w, objective, a);
        }
}

TEST_CASE("larger assignments carry a proof of being best") {
  std::uint64_t number = 1000;
  for (const Law law : {Law::normal, Law::ties, Law::duplicates})
    for (const auto& [rows, columns] :
         std::vector<std::pair<int64_t, int64_t>>{{150, 150}, {90, 700}, {300, 41}, {1, 300}})
      for (const Objective objective : objectives) {
        const at::Tensor w = matrix(rows, columns, law, ++number);
        check_certificate(w, objective, assign(w, objective));
      }
}

TEST_CASE("float32, views and transposes give the same pairs") {
  const at::Tensor w = matrix(40, 60, Law::normal, 5000).to(at::kFloat);
  const Assignment a = assign(w, Objective::maximum);
  CHECK(assign(w.to(at::kDouble), Objective::maximum).column_of_row == a.column_of_row);
  CHECK(assign(w.t().contiguous().t(), Objective::maximum).column_of_row == a.column_of_row);
  const Assignment turned = assign(w.t(), Objective::maximum);
  for (int64_t r = 0; r < 40; ++r) CHECK(turned.column_of_row[a.column_of_row[r]] == r);
  const Assignment integers = assign((10 * w).to(at::kLong), Objective::maximum);
  CHECK(integers.total == assign((10 * w).to(at::kLong).to(at::kDouble), Objective::maximum).total);
}

TEST_CASE("equal weights are paired in order, the same way every time") {
  const Assignment a = assign(at::ones({5, 9}), Objective::maximum);
  CHECK(a.column_of_row == assign(at::ones({5, 9}), Objective::maximum).column_of_row);
  CHECK(a.total == 5);
  const at::Tensor w = matrix(80, 80, Law::ties, 7000);
  CHECK(assign(w, Objective::minimum).column_of_row == assign(w, Objective::minimum).column_of_row);
}

TEST_CASE("a shuffled diagonal is found and shuffling rows moves the pairs along") {
  Words words = Draw("tests/assignment/shuffle", 1).at(0);
  const std::vector<int64_t> order = words.permutation(200);
  const at::Tensor noise = matrix(200, 200, Law::normal, 8000);
  at::Tensor w = .1 * noise;
  for (int64_t r = 0; r < 200; ++r) w[r][order[r]] += 3;
  CHECK(assign(w, Objective::maximum).column_of_row == order);
  const std::vector<int64_t> plain = assign(noise, Objective::maximum).column_of_row;
  const std::vector<int64_t> moved =
      assign(noise.index_select(0, at::tensor(order, at::kLong)), Objective::maximum).column_of_row;
  for (int64_t r = 0; r < 200; ++r) CHECK(moved[r] == plain[order[r]]);
}

TEST_CASE("empty and broken matrices") {
  CHECK(assign(at::zeros({0, 3}), Objective::minimum).column_of_row.empty());
  CHECK(assign(at::zeros({2, 0}), Objective::minimum).column_of_row ==
        std::vector<int64_t>{-1, -1});
  at::Tensor broken = at::ones({4, 4});
  broken[2][3] = std::numeric_limits<float>::quiet_NaN();
  CHECK_THROWS_AS(assign(broken, Objective::minimum), Failure);
  broken[2][3] = std::numeric_limits<float>::infinity();
  CHECK_THROWS_AS(assign(broken, Objective::maximum), Failure);
  CHECK_THROWS_AS(assign(at::ones({4}), Objective::minimum), InputError);
}
