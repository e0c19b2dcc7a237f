// Directions that are estimated, where no construction says where the features lie.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace lab {

struct EstimatedDirections {
  at::Tensor directions_CD;  // float32
  at::Tensor offset_D;       // float32: the activation that the fit gives when every value is 0
  double r2;                 // share of the activations' variance that features explain linearly
};

// Ordinary least squares of activations on feature values, both centred: row c is the change of the
// activation for one unit of coordinate c, all other coordinates held fixed (differences of means
// would mix in whatever fires together). Where values are collinear the solution of least norm is
// taken; a coordinate that never varies gets the zero vector. r2 is 0 when activations are
// constant. Throws Failure when there are fewer than C + 2 samples.
EstimatedDirections estimate_directions(const at::Tensor& values_BC, const at::Tensor& acts_BD);

// The same, fed a batch at a time: memory is that of a batch and of float64 [C, C + D], and how samples were
// cut into batches changes nothing but the rounding of float64 moments (merged as in Chan, Golub and LeVeque
// 1979).
class DirectionSums {
 public:
  void add(const at::Tensor& values_BC, const at::Tensor& acts_BD);
  EstimatedDirections estimate() const;

 private:
  std::int64_t samples_ = 0;
  at::Tensor mean_C_, mean_D_;            // float64
  at::Tensor covariance_CC_, across_CD_;  // sums of products of what is centred
  double acts_ = 0;                       // Σ ‖a − mean‖²
};

}  // namespace lab
