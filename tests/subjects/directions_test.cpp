#include "lab/subjects/directions.h"

#include <ATen/ATen.h>
#include <doctest/doctest.h>

#include "lab/core/error.h"
#include "lab/tensors/tensors.h"

namespace lab {
namespace {

const Draw draw("tests/directions", 1);

TEST_CASE("a linear map of correlated features is found exactly, whatever the offset") {
  const at::Tensor base = normals(draw, 0, 400, 5);
  at::Tensor values = base.clone();
  values.select(1, 1) += 0.9 * base.select(1, 0);  // features that go together
  const at::Tensor truth = normals(draw, 1000, 5, 7);
  const EstimatedDirections found = estimate_directions(values, values.mm(truth) + 3.0);
  CHECK(at::allclose(found.directions_CD, truth, 1e-4, 1e-4));
  CHECK(at::allclose(found.offset_D, at::full({7}, 3.0), 1e-4, 1e-4));
  CHECK(found.r2 == doctest::Approx(1.0).epsilon(1e-6));
}

TEST_CASE("collinear features share what they explain, and constant ones get nothing") {
  const at::Tensor one = normals(draw, 0, 300, 1);
  const at::Tensor values = at::cat({one, one, at::ones_like(one)}, 1);
  const at::Tensor direction = normals(draw, 2000, 1, 4);
  const EstimatedDirections found = estimate_directions(values, one.mm(direction));
  CHECK(at::allclose(found.directions_CD[0], direction[0] / 2, 1e-4, 1e-5));
  CHECK(at::allclose(found.directions_CD[1], direction[0] / 2, 1e-4, 1e-5));
  CHECK(found.directions_CD[2].norm().item<double>() < 1e-6);
}

TEST_CASE("noise lowers r2 to the signal's share of the variance") {
  const std::int64_t n = 20000;
  const at::Tensor values = normals(draw, 0, n, 3);
  const at::Tensor acts =
      values.mm(at::eye(3)) + normals(Draw("tests/directions/noise", 1), 0, n, 3);
  // Signal and noise have the same variance: r2 = 1/2, with a standard error below .005.
  CHECK(std::abs(estimate_directions(values, acts).r2 - 0.5) < 0.025);
  CHECK(estimate_directions(values, at::ones({n, 3})).r2 == 0);
}

TEST_CASE("moments of batches are those of all samples, of whatever sizes") {
  const at::Tensor values = normals(draw, 0, 700, 5) + 3, noise = normals(draw, 9000, 700, 4);
  const at::Tensor acts = values.mm(normals(draw, 3000, 5, 4)) + noise - 2;
  const EstimatedDirections whole = estimate_directions(values, acts);
  CHECK(whole.r2 < .99);
  DirectionSums sums;
  std::int64_t first = 0;
  for (const std::int64_t size : {1, 0, 512, 3, 184}) {
    sums.add(values.narrow(0, first, size), acts.narrow(0, first, size));
    first += size;
    if (first == 1) CHECK_THROWS_AS(sums.estimate(), Failure);
  }
  const EstimatedDirections parts = sums.estimate();
  CHECK(at::allclose(parts.directions_CD, whole.directions_CD, 1e-6, 1e-6));
  CHECK(at::allclose(parts.offset_D, whole.offset_D, 1e-6, 1e-6));
  CHECK(parts.r2 == doctest::Approx(whole.r2).epsilon(1e-12));
}

TEST_CASE("one sample says nothing") {
  CHECK_THROWS_AS(estimate_directions(at::ones({1, 2}), at::ones({1, 3})), Failure);
}

}  // namespace
}  // namespace lab
