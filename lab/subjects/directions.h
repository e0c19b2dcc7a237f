// Directions that are estimated, where no construction says where the features lie.
#pragma once

#include <ATen/core/Tensor.h>

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

}  // namespace lab
