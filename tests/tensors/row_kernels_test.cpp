#include "lab/tensors/row_kernels.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "lab/core/rng.h"

namespace lab {
namespace {

std::vector<float> numbers(const char* name, std::int64_t n) {
  std::vector<float> values(n);
  Draw(name, 1).normals(0, 1, n, values.data());
  return values;
}

}  // namespace

TEST_CASE("rows: products and sums of every width") {
  const std::vector<std::int32_t> index{3, 0, 3, 7, 1};
  const std::vector<float> factor = numbers("factor", 5);
  for (const std::int64_t n : {1, 3, 4, 20, 31, 32, 64, 67, 100, 200}) {
    CAPTURE(n);
    const std::vector<float> rows = numbers("rows", 8 * n), x = numbers("x", n);
    std::vector<float> sum = x, product(5);
    add_rows(sum.data(), rows.data(), index.data(), factor.data(), 5, n);
    dot_rows(x.data(), rows.data(), index.data(), 5, n, product.data());
    std::vector<float> one_by_one = x;
    double farthest = 0;
    for (std::size_t e = 0; e < 5; ++e) {
      const float* const row = rows.data() + index[e] * n;
      add_scaled(one_by_one.data(), row, factor[e], n);
      double exact = 0;
      for (std::int64_t i = 0; i < n; ++i) exact += static_cast<double>(x[i]) * row[i];
      farthest = std::max(farthest, std::abs(exact - product[e]));
      CHECK(product[e] == dot(x.data(), row, n));
    }
    CHECK(sum == one_by_one);  // terms are added in their order
    add_rows(sum.data(), rows.data(), index.data(), factor.data(), 0, n);
    CHECK(sum == one_by_one);
    double apart = 0;
    for (std::int64_t i = 0; i < n; ++i) {
      apart += std::pow(static_cast<double>(x[i]) - rows[i], 2);
    }
    CHECK(squared_distance(x.data(), rows.data(), n) == doctest::Approx(apart).epsilon(1e-5));
    CHECK(farthest < 1e-4);
  }
}

TEST_CASE("bits tell which of 64 values are not 0, or are large enough") {
  std::vector<float> values(kBits);
  std::vector<std::int32_t> whole(kBits, -1);
  values[0] = -1, values[5] = std::numeric_limits<float>::denorm_min(), values[9] = -0.F;
  values[40] = std::numeric_limits<float>::quiet_NaN(), values[63] = 2;
  whole[0] = 7, whole[8] = 6, whole[63] = std::numeric_limits<std::int32_t>::max();
  const auto at = [](int i) { return std::uint64_t{1} << i; };
  CHECK(nonzero_bits(values.data()) == (at(0) | at(5) | at(40) | at(63)));
  CHECK(bits_from(whole.data(), 7) == (at(0) | at(63)));
}

}  // namespace lab
