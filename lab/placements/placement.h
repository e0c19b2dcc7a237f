// A placement gives every coordinate of every feature a vector: where the features lie.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

#include "lab/core/fields.h"
#include "lab/placements/kinds.h"
#include "lab/worlds/truth.h"

namespace lab {

struct Placed {
  at::Tensor frames_CD;             // float32; row c is the vector of coordinate c
  std::vector<Relation> relations;  // what the placement adds to the world's: the shapes it built
};

// Places all features of `truth` in `width` dimensions. `seed` names what is random. Throws
// InputError when they do not fit ("orthonormal: 12 coordinates need width ≥ 12, got 8").
Placed place(const PlacementConfig& config, const Truth& truth, std::int64_t width, std::int64_t seed);

}  // namespace lab
