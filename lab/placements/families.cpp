#include "lab/placements/families.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <numeric>

#include "lab/core/error.h"
#include "lab/tensors/tensors.h"

namespace lab::families {

at::Tensor random_frame(const Draw& draw, std::int64_t first, std::int64_t rows,
                        std::int64_t width) {
  const at::Tensor gaussian = normals(draw, first, rows, width).to(at::kDouble);
  const auto [q, r] = at::linalg_qr(gaussian.t());
  const at::Tensor signs = at::where(r.diagonal() < 0, -1.0, 1.0).to(at::kDouble);
  return (q * signs).t().contiguous();
}

std::vector<at::Tensor> subspaces(const std::string& arrangement,
                                  const std::vector<std::int64_t>& sizes, std::int64_t width,
                                  const Draw& draw) {
  std::vector<at::Tensor> frames;
  std::int64_t first = 0;
  if (arrangement == "random") {
    for (const std::int64_t size : sizes) {
      frames.push_back(random_frame(draw, first, size, width));
      first += size;
    }
    return frames;
  }
  const std::int64_t total = std::accumulate(sizes.begin(), sizes.end(), std::int64_t{0});
  const at::Tensor basis = arrangement == "aligned" ? at::eye(total, width, at::kDouble)
                                                    : random_frame(draw, 0, total, width);
  for (const std::int64_t size : sizes) {
    frames.push_back(basis.narrow(0, first, size));
    first += size;
  }
  return frames;
}

std::int64_t subspaces_width(const std::string& arrangement,
                             const std::vector<std::int64_t>& sizes) {
  if (arrangement == "random") return *std::max_element(sizes.begin(), sizes.end());
  return std::accumulate(sizes.begin(), sizes.end(), std::int64_t{0});
}

at::Tensor orthonormal_features(const at::Tensor& x_CD, const Truth& truth) {
  at::Tensor frames = unit_rows(x_CD);
  for (const Feature& feature : truth.features) {
    for (std::int64_t i = 1; i < feature.width; ++i) {
      const at::Tensor before = frames.narrow(0, feature.first, i);
      at::Tensor row = frames[feature.first + i];
      for (int pass = 0; pass < 2; ++pass) {  // twice: rounding of the first is taken away as well
        row.sub_(before.t().mv(before.mv(row)));
      }
      row.div_(row.norm());
    }
  }
  return frames;
}

Group consecutive(const Truth& truth, std::int64_t first, std::int64_t count) {
  Group group;
  group.features.resize(static_cast<std::size_t>(count));
  std::iota(group.features.begin(), group.features.end(), first);
  group.name = truth.features.at(first).name + ".." + truth.features.at(first + count - 1).name;
  return group;
}

std::vector<Group> groups_of(const Truth& truth, const std::string& relation,
                             const std::string& family) {
  std::vector<Group> groups;
  std::vector<int> times(truth.features.size(), 0);
  for (const Relation& r : truth.relations) {
    if (r.kind != relation) continue;
    groups.push_back({r.name, r.features});
    for (const std::int64_t f : r.features) ++times.at(static_cast<std::size_t>(f));
  }
  for (std::size_t f = 0; f < times.size() && !groups.empty(); ++f) {
    if (times[f] == 1) continue;
    throw InputError(family + ": feature '" + truth.features[f].name + "' is in " +
                     (times[f] == 0 ? "none" : "several") + " of the world's " + relation +
                     " relations; place it in another part (placement 'parts')");
  }
  return groups;
}

void require_plain(const Truth& truth, const std::string& family) {
  for (const Feature& feature : truth.features) {
    if (feature.width == 1) continue;
    throw InputError(family + ": feature '" + feature.name + "' has " +
                     std::to_string(feature.width) +
                     " coordinates, and only features of one can be placed so; use orthonormal, "
                     "random or low_coherence for it");
  }
}

}  // namespace lab::families
