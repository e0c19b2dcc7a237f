#include <ATen/ATen.h>

#include <cmath>

#include "lab/core/error.h"
#include "lab/placements/families.h"
#include "lab/tensors/tensors.h"

namespace lab::families {
namespace {

void require_trees(const Truth& truth) {
  require_plain(truth, TreePlacement::name);
  if (groups_of(truth, "tree", TreePlacement::name).empty()) {
    throw InputError("tree: the world has no tree; use the world 'tree' or another placement");
  }
}

}  // namespace

std::int64_t least_width(const TreePlacement& config, const Truth& truth) {
  require_trees(truth);
  return config.offsets == "orthonormal" ? truth.coordinates() : 1;
}

Placed place(const TreePlacement& config, const Task& task) {
  require_trees(task.truth);
  const std::int64_t rows = task.truth.coordinates();
  const Draw draw = task.draw("tree");
  const at::Tensor offsets =
      config.offsets == "orthonormal"
          ? random_frame(draw, 0, rows, task.width)
          : orthonormal_features(normals(draw, 0, rows, task.width).to(at::kDouble), task.truth);
  Placed placed{offsets.clone(), {}};
  std::vector<std::int64_t> depth(task.truth.features.size(), 0);
  for (const Relation& tree : task.truth.relations) {
    if (tree.kind != "tree") continue;
    for (std::size_t i = 0; i < tree.features.size(); ++i) {  // parents come first
      if (tree.parent.at(i) < 0) continue;
      const std::int64_t child = tree.features[i];
      const std::int64_t parent = tree.features.at(static_cast<std::size_t>(tree.parent[i]));
      depth[child] = depth[parent] + 1;
      const std::int64_t row = task.truth.features[child].first;
      const double norm = std::pow(config.scale, static_cast<double>(depth[child]));
      placed.frames_CD[row].copy_(placed.frames_CD[task.truth.features[parent].first] +
                                  norm * offsets[row]);
    }
  }
  return placed;
}

}  // namespace lab::families
