#include <ATen/ATen.h>

#include <array>
#include <cmath>
#include <numbers>

#include "lab/core/error.h"
#include "lab/placements/families.h"

namespace lab {
namespace {

using Point = std::array<double, 3>;

constexpr std::array kShapes{"tetrahedron", "octahedron", "cube", "icosahedron", "dodecahedron"};

// (0, ±a, ±b) and its cyclic permutations: 12 points.
void add_rectangles(std::vector<Point>& points, double a, double b) {
  for (std::size_t axis = 0; axis < 3; ++axis) {
    for (const double s : {1.0, -1.0}) {
      for (const double t : {1.0, -1.0}) {
        Point p{};
        p[(axis + 1) % 3] = s * a;
        p[(axis + 2) % 3] = t * b;
        points.push_back(p);
      }
    }
  }
}

void add_cube(std::vector<Point>& points, bool even_only) {
  for (int corner = 0; corner < 8; ++corner) {
    const Point p{corner & 1 ? -1.0 : 1.0, corner & 2 ? -1.0 : 1.0, corner & 4 ? -1.0 : 1.0};
    if (!even_only || p[0] * p[1] * p[2] > 0) points.push_back(p);
  }
}

std::vector<Point> vertices_of(const std::string& shape) {
  constexpr double phi = std::numbers::phi;
  std::vector<Point> points;
  if (shape == "tetrahedron") {
    add_cube(points, true);
  } else if (shape == "octahedron") {
    for (std::size_t axis = 0; axis < 3; ++axis) {
      for (const double s : {1.0, -1.0}) {
        points.push_back({});
        points.back()[axis] = s;
      }
    }
  } else if (shape == "cube") {
    add_cube(points, false);
  } else if (shape == "icosahedron") {
    add_rectangles(points, 1, phi);
  } else if (shape == "dodecahedron") {
    add_cube(points, false);
    add_rectangles(points, 1 / phi, phi);
  } else {
    throw InputError("'" + shape + "' is no Platonic solid");
  }
  return points;
}

struct SolidGroup {
  families::Group group;
  std::string shape;
};

std::int64_t vertices_in(const std::string& shape) {
  return static_cast<std::int64_t>(vertices_of(shape).size());
}

std::string shape_with(std::int64_t vertices, const std::string& group) {
  for (const char* shape : kShapes) {
    if (vertices_in(shape) == vertices) return shape;
  }
  throw InputError("polyhedron: group '" + group + "' has " + std::to_string(vertices) +
                   " features, and Platonic solids have 4, 6, 8, 12 or 20 vertices");
}

std::vector<families::Group> groups_for(const Polyhedron& config, const Truth& truth) {
  families::require_plain(truth, Polyhedron::name);
  const auto count = static_cast<std::int64_t>(truth.features.size());
  std::vector<families::Group> groups;
  if (config.shape == "auto") {
    groups = families::groups_of(truth, "exclusive", Polyhedron::name);
    if (groups.empty()) groups.push_back(families::consecutive(truth, 0, count));
    return groups;
  }
  const std::int64_t size = vertices_in(config.shape);
  if (count % size != 0) {
    throw InputError("polyhedron: " + std::to_string(count) + " features are no multiple of the " +
                     std::to_string(size) + " vertices of the " + config.shape);
  }
  for (std::int64_t first = 0; first < count; first += size) {
    groups.push_back(families::consecutive(truth, first, size));
  }
  return groups;
}

std::vector<SolidGroup> solids_of(const Polyhedron& config, const Truth& truth) {
  std::vector<SolidGroup> solids;
  for (families::Group& group : groups_for(config, truth)) {
    const auto vertices = static_cast<std::int64_t>(group.features.size());
    const std::string shape = shape_with(vertices, group.name);
    solids.push_back({std::move(group), shape});
  }
  return solids;
}

}  // namespace

at::Tensor platonic_vertices(const std::string& shape) {
  const std::vector<Point> points = vertices_of(shape);
  const auto n = static_cast<std::int64_t>(points.size());
  at::Tensor result = at::empty({n, 3}, at::kDouble);
  auto at = result.accessor<double, 2>();
  for (std::int64_t v = 0; v < n; ++v) {
    for (std::int64_t i = 0; i < 3; ++i) at[v][i] = points[v][i];
  }
  return result / result.norm(2, {1}, true);
}

namespace families {

std::int64_t least_width(const Polyhedron& config, const Truth& truth) {
  return subspaces_width(config.subspaces,
                         std::vector<std::int64_t>(solids_of(config, truth).size(), 3));
}

Placed place(const Polyhedron& config, const Task& task) {
  const std::vector<SolidGroup> solids = solids_of(config, task.truth);
  const std::vector<at::Tensor> frames =
      subspaces(config.subspaces, std::vector<std::int64_t>(solids.size(), 3), task.width,
                task.draw("polyhedron"));
  Placed placed{at::zeros({task.truth.coordinates(), task.width}, at::kDouble), {}};
  for (std::size_t s = 0; s < solids.size(); ++s) {
    const auto& [group, shape] = solids[s];
    const at::Tensor vectors = platonic_vertices(shape).mm(frames[s]);
    for (std::size_t k = 0; k < group.features.size(); ++k) {
      placed.frames_CD[task.truth.features[group.features[k]].first].copy_(vectors[k]);
    }
    placed.relations.push_back({"polyhedron", group.name, group.features, {}, shape});
  }
  return placed;
}

}  // namespace families
}  // namespace lab
