#include <ATen/ATen.h>

#include <cmath>
#include <numbers>

#include "lab/placements/families.h"

namespace lab::families {
namespace {

struct Circles {
  std::vector<Group> groups;
  bool from_world;  // the world has these circles; else the placement adds them
};

Circles circles_of(const Truth& truth) {
  require_plain(truth, Circle::name);
  std::vector<Group> groups = groups_of(truth, "circle", Circle::name);
  if (!groups.empty()) return {std::move(groups), true};
  return {{consecutive(truth, 0, static_cast<std::int64_t>(truth.features.size()))}, false};
}

std::vector<std::int64_t> sizes_of(const Circle& config, std::size_t circles) {
  return std::vector<std::int64_t>(circles,
                                   2 * static_cast<std::int64_t>(config.frequencies.size()));
}

// [n, 2·frequencies]: n points of norm 1 on the curve, in the coordinates of its planes.
at::Tensor points(const Circle& config, std::int64_t n) {
  const std::int64_t planes = static_cast<std::int64_t>(config.frequencies.size());
  at::Tensor result = at::zeros({n, 2 * planes}, at::kDouble);
  auto at = result.accessor<double, 2>();
  for (std::int64_t k = 0; k < n; ++k) {
    for (std::int64_t f = 0; f < planes; ++f) {
      const std::int64_t turn = config.frequencies[f] % n * k % n;  // exact, unlike large angles
      const double angle =
          2 * std::numbers::pi * static_cast<double>(turn) / static_cast<double>(n);
      const double amplitude = config.amplitudes.empty() ? 1 : config.amplitudes[f];
      at[k][2 * f] = amplitude * std::cos(angle);
      at[k][2 * f + 1] = amplitude * std::sin(angle);
    }
  }
  return result / result.norm(2, {1}, true);
}

}  // namespace

std::int64_t least_width(const Circle& config, const Truth& truth) {
  return subspaces_width(config.subspaces, sizes_of(config, circles_of(truth).groups.size()));
}

Placed place(const Circle& config, const Task& task) {
  const Circles circles = circles_of(task.truth);
  const std::vector<at::Tensor> frames = subspaces(
      config.subspaces, sizes_of(config, circles.groups.size()), task.width, task.draw("circle"));
  Placed placed{at::zeros({task.truth.coordinates(), task.width}, at::kDouble), {}};
  for (std::size_t g = 0; g < circles.groups.size(); ++g) {
    const auto& [name, features] = circles.groups[g];
    const at::Tensor vectors =
        points(config, static_cast<std::int64_t>(features.size())).mm(frames[g]);
    for (std::size_t k = 0; k < features.size(); ++k) {
      placed.frames_CD[task.truth.features[features[k]].first].copy_(vectors[k]);
    }
    if (!circles.from_world) placed.relations.push_back({"circle", name, features, {}, ""});
  }
  return placed;
}

}  // namespace lab::families
