// A placement gives every coordinate of every feature a vector: where the features lie.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>
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
Placed place(const PlacementConfig& config, const Truth& truth, std::int64_t width,
             std::int64_t seed);

// Whether the seed changes the result.
bool uses_seed(const PlacementConfig& config);

// The fewest dimensions that hold the features. Throws InputError when the family does not fit them
// at all (a tree where the world has none).
std::int64_t least_width(const PlacementConfig& config, const Truth& truth);

// The vertices [n, 3] float64 of a Platonic solid, of norm 1: "tetrahedron" (4), "octahedron" (6),
// "cube" (8), "icosahedron" (12), "dodecahedron" (20).
at::Tensor platonic_vertices(const std::string& shape);

// The largest |cosine| between two different rows, 0 for fewer than two; and the least that any n
// vectors in `width` dimensions can have (Welch 1974): √((n−width)/(width(n−1))), 0 when n ≤ width.
double coherence(const at::Tensor& vectors_ND);
double welch_bound(std::int64_t n, std::int64_t width);

}  // namespace lab
