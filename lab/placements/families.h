// What the families share, and one overload of `place` a family, in that family's file.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>
#include <vector>

#include "lab/core/rng.h"
#include "lab/placements/kinds.h"
#include "lab/placements/placement.h"
#include "lab/worlds/truth.h"

namespace lab::families {

// The task: place these features in `width` dimensions. Frames are float64 here.
struct Task {
  const Truth& truth;
  std::int64_t width;
  std::int64_t seed;
  std::string
      scope;  // prefix of the draws' names, so that nested placements draw different numbers

  Draw draw(const std::string& what) const { return Draw(scope + "/" + what, seed); }
};

Placed place(const Orthonormal& config, const Task& task);
Placed place(const Random& config, const Task& task);
Placed place(const LowCoherence& config, const Task& task);
Placed place(const Circle& config, const Task& task);
Placed place(const Polyhedron& config, const Task& task);
Placed place(const TreePlacement& config, const Task& task);
Placed place(const Parts& config, const Task& task);
Placed place(const EqualCosines& config, const Task& task);
Placed place(const PlacementConfig& config, const Task& task);  // whichever it is

std::int64_t least_width(const Orthonormal& config, const Truth& truth);
std::int64_t least_width(const Random& config, const Truth& truth);
std::int64_t least_width(const LowCoherence& config, const Truth& truth);
std::int64_t least_width(const Circle& config, const Truth& truth);
std::int64_t least_width(const Polyhedron& config, const Truth& truth);
std::int64_t least_width(const TreePlacement& config, const Truth& truth);
std::int64_t least_width(const Parts& config, const Truth& truth);
std::int64_t least_width(const EqualCosines& config, const Truth& truth);

// [rows, width] orthonormal rows spanning a uniformly random subspace (Haar): the QR decomposition
// of a Gaussian matrix with R's diagonal positive (Mezzadri 2007). rows ≤ width. Uses samples first
// … of the draw.
at::Tensor random_frame(const Draw& draw, std::int64_t first, std::int64_t rows,
                        std::int64_t width);

// One frame [size, width] a group, arranged as kinds.h says; and the least width that holds them.
std::vector<at::Tensor> subspaces(const std::string& arrangement,
                                  const std::vector<std::int64_t>& sizes, std::int64_t width,
                                  const Draw& draw);
std::int64_t subspaces_width(const std::string& arrangement,
                             const std::vector<std::int64_t>& sizes);

// The nearest frames [C, D]: rows of norm 1, those of one feature orthogonal (Gram–Schmidt).
at::Tensor orthonormal_features(const at::Tensor& x_CD, const Truth& truth);

// Features that are placed together.
struct Group {
  std::string name;
  std::vector<std::int64_t> features;
};
// Features first … first+count−1 as a group, named after the two ends.
Group consecutive(const Truth& truth, std::int64_t first, std::int64_t count);
// The relations of a kind; none: an empty list. Throws InputError ("circle: …") unless they hold
// each feature exactly once.
std::vector<Group> groups_of(const Truth& truth, const std::string& relation,
                             const std::string& family);

// Throws InputError when a feature has more than one coordinate.
void require_plain(const Truth& truth, const std::string& family);

}  // namespace lab::families
