// Products with rows of mostly zeros: the same as LibTorch's, and each row by itself.
#include "lab/subjects/sparse_rows.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <doctest/doctest.h>

#include <limits>
#include <utility>

#include "lab/tensors/tensors.h"

using namespace lab;

namespace {

// [rows, columns], each value there with probability p, else 0.
at::Tensor values(std::int64_t rows, std::int64_t columns, double p) {
  const at::Tensor there = uniforms(Draw("test/there", 0), 0, rows, columns).lt(p);
  return normals(Draw("test/value", 0), 0, rows, columns) * there;
}

at::Tensor frames(std::int64_t rows, std::int64_t columns) {
  return normals(Draw("test/frames", 0), 0, rows, columns);
}

// Terms of size 1: sums of n of them differ by rounding of at most about n ulp.
double distance(const at::Tensor& a, const at::Tensor& b) {
  return (a - b).abs().max().item<double>();
}

struct Threads {
  int before = at::get_num_threads();
  explicit Threads(int now) { at::set_num_threads(now); }
  ~Threads() { at::set_num_threads(before); }
};

}  // namespace

TEST_CASE("the product is LibTorch's, for rows from empty to full and for any widths") {
  for (const auto& [columns, width] :
       {std::pair{1, 1}, {8, 3}, {63, 5}, {64, 64}, {130, 7}, {1000, 33}}) {
    for (const double p : {0.0, 0.01, 0.06, 0.125, 0.2, 0.3, 1.0}) {
      const at::Tensor x = values(150, columns, p), w = frames(columns, width);
      CHECK(distance(times_sparse_rows(x, w), x.mm(w)) < 1e-4);
    }
  }
}

TEST_CASE("rows of integers, sparse and dense ones mixed, are exact") {
  const at::Tensor w = frames(200, 17).mul(10).round();
  at::Tensor x = values(90, 200, 0.04).mul(10).round();
  for (std::int64_t row = 0; row < 90; row += 3) x[row].fill_(static_cast<double>(row));
  CHECK(at::equal(times_sparse_rows(x, w), x.mm(w)));
}

TEST_CASE("a sparse row depends on nothing but itself: batches, order and threads do not matter") {
  const at::Tensor x = values(300, 500, 0.03), w = frames(500, 40);
  const at::Tensor whole = times_sparse_rows(x, w);
  CHECK(at::equal(whole, at::cat({times_sparse_rows(x.narrow(0, 0, 1), w),
                                  times_sparse_rows(x.narrow(0, 1, 299), w)})));
  CHECK(at::equal(whole.flip(0), times_sparse_rows(x.flip(0), w)));
  for (const int threads : {1, 2, 3}) {
    const Threads use(threads);
    CHECK(at::equal(whole, times_sparse_rows(x, w)));
  }
}

TEST_CASE("strides, no rows, and values that are not numbers") {
  const at::Tensor x = values(40, 90, 0.05), w = frames(90, 6);
  CHECK(at::equal(times_sparse_rows(x.t().contiguous().t(), w.t().contiguous().t()),
                  times_sparse_rows(x, w)));
  CHECK(times_sparse_rows(x.narrow(0, 0, 0), w).sizes() == at::IntArrayRef{0, 6});
  at::Tensor broken = x.clone();
  broken[3][7] = std::numeric_limits<float>::quiet_NaN();
  const at::Tensor out = times_sparse_rows(broken, w);
  CHECK(out[3].isnan().all().item<bool>());
  CHECK(at::equal(out.narrow(0, 4, 36), times_sparse_rows(x, w).narrow(0, 4, 36)));
}
