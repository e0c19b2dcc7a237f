#include "experiments/picture_panels.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "experiments/measure.h"
#include "lab/tensors/tensors.h"

namespace lab {
namespace {

// What one panel shows, before anything is projected.
struct Panel {
  std::string name;
  std::string
      kind;  // "circle", "polyhedron", "tree", "family" (a parent first, then its children),
             // "ring", "all"
  std::vector<std::int64_t> coordinates;                   // its true vectors
  std::vector<std::pair<std::size_t, std::size_t>> edges;  // positions in `coordinates`
  std::vector<std::size_t> from_origin;  // positions that an edge leads to from the origin
};

std::vector<std::pair<std::size_t, std::size_t>> ring_of(std::size_t count) {
  std::vector<std::pair<std::size_t, std::size_t>> edges;
  for (std::size_t i = 0; i < count && count > 2; ++i) edges.emplace_back(i, (i + 1) % count);
  return edges;
}

// Pairs of vertices at the least distance, up to a hundredth of it.
std::vector<std::pair<std::size_t, std::size_t>> shortest_pairs(const at::Tensor& vectors_ND) {
  const at::Tensor distances = at::cdist(vectors_ND, vectors_ND);
  const auto d = distances.accessor<double, 2>();
  const auto n = static_cast<std::size_t>(vectors_ND.size(0));
  double least = INFINITY;
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < i; ++j) least = std::min(least, d[i][j]);
  }
  std::vector<std::pair<std::size_t, std::size_t>> edges;
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (d[i][j] <= 1.01 * least) edges.emplace_back(j, i);
    }
  }
  return edges;
}

at::Tensor rows_at(const at::Tensor& directions_CD, const std::vector<std::int64_t>& coordinates) {
  return directions_CD.index_select(0, at::tensor(coordinates, at::kLong));
}

// Principal components of a whole tree show its upper branches; each parent has a panel with its
// children, too.
void add_families(std::vector<Panel>& panels, const Truth& truth, const Relation& tree) {
  const std::vector<std::int64_t> coordinates = coordinates_of(truth, tree);
  for (std::size_t parent = 0; parent < coordinates.size(); ++parent) {
    const auto feature = static_cast<std::size_t>(tree.features[parent]);
    Panel family{truth.features[feature].name, "family", {coordinates[parent]}, {}, {}};
    for (std::size_t i = 0; i < tree.parent.size(); ++i) {
      if (tree.parent[i] != static_cast<std::int64_t>(parent)) continue;
      family.edges.emplace_back(0, family.coordinates.size());
      family.coordinates.push_back(coordinates[i]);
    }
    if (family.edges.size() > 1) panels.push_back(std::move(family));
  }
}

void add_relations(std::vector<Panel>& panels, const Truth& truth,
                   const std::vector<Relation>& relations, const at::Tensor& directions_CD) {
  const auto is_solid = [&](const Relation& circle) {  // placed as a polyhedron, not as a circle
    return std::any_of(relations.begin(), relations.end(), [&](const Relation& other) {
      return other.kind == "polyhedron" && other.features == circle.features;
    });
  };
  for (const Relation& relation : relations) {
    if (static_cast<std::int64_t>(relation.features.size()) > most_panel_vectors) continue;
    Panel panel{relation.name, relation.kind, coordinates_of(truth, relation), {}, {}};
    if (relation.kind == "circle" && !is_solid(relation)) {
      panel.edges = ring_of(relation.features.size());
    } else if (relation.kind == "polyhedron") {
      panel.edges = shortest_pairs(rows_at(directions_CD, panel.coordinates));
    } else if (relation.kind == "tree") {
      for (std::size_t i = 0; i < relation.parent.size(); ++i) {
        if (relation.parent[i] < 0) {
          panel.from_origin.push_back(i);
        } else {
          panel.edges.emplace_back(static_cast<std::size_t>(relation.parent[i]), i);
        }
      }
    } else {
      continue;
    }
    panels.push_back(std::move(panel));
    if (relation.kind == "tree") add_families(panels, truth, relation);
  }
}

std::vector<Panel> panels_of(const Truth& truth, const std::vector<Relation>& relations,
                             const at::Tensor& directions_CD) {
  std::vector<Panel> panels;
  add_relations(panels, truth, relations, directions_CD);
  for (const Feature& feature : truth.features) {
    if (feature.width == 2)
      panels.push_back({feature.name, "ring", {feature.first, feature.first + 1}, {}, {}});
  }
  if (panels.empty()) {
    Panel all{"all features", "all", {}, {}, {}};
    for (std::int64_t c = 0; c < std::min(directions_CD.size(0), most_panel_vectors); ++c) {
      all.coordinates.push_back(c);
      all.from_origin.push_back(static_cast<std::size_t>(c));
    }
    panels.push_back(std::move(all));
  }
  if (panels.size() > most_panels) panels.resize(most_panels);
  return panels;
}

// A panel's axes, and what it holds.
struct Frame {
  at::Tensor mean_D, axes_3D;  // unit rows, zero where there is no such component
  at::Tensor span_RD;          // orthonormal: all that the true vectors span
  double length;               // their mean norm
  bool flat;
};

Frame frame_of(const Panel& panel, const at::Tensor& vectors_ND) {
  const bool about_origin = panel.kind == "ring" || panel.kind == "all";
  const auto width = vectors_ND.size(1);
  Frame frame;
  frame.mean_D = about_origin             ? at::zeros({width}, at::kDouble)
                 : panel.kind == "family" ? vectors_ND[0]
                                          : vectors_ND.mean(0);
  const auto principal = [](const at::Tensor& x) {
    const auto [u, s, v] = at::linalg_svd(x, false);
    const double largest = s.numel() > 0 ? s[0].item<double>() : 0;
    const auto rank = (s > 1e-6 * std::max(largest, 1e-30)).sum().item<std::int64_t>();
    return v.narrow(0, 0, rank);
  };
  frame.span_RD = principal(vectors_ND);
  const at::Tensor axes = principal(vectors_ND - frame.mean_D);
  // The leading plane of a circle is the circle; further frequencies would bend it.
  const bool plane = panel.kind == "circle" || panel.kind == "ring";
  const std::int64_t count = std::min<std::int64_t>(axes.size(0), plane ? 2 : 3);
  frame.flat = count < 3;
  frame.axes_3D = at::zeros({3, width}, at::kDouble);
  frame.axes_3D.narrow(0, 0, count).copy_(axes.narrow(0, 0, count));
  if (panel.kind == "ring") frame.axes_3D.narrow(0, 0, 2).copy_(unit_rows(vectors_ND));
  if (panel.kind == "ring") {  // t1 points right, whatever its length; t2 is made orthogonal to it
    const at::Tensor first = frame.axes_3D[0];
    at::Tensor second = vectors_ND[1] - vectors_ND[1].dot(first) * first;
    const double norm = second.norm().item<double>();
    frame.axes_3D[1].copy_(norm > 1e-12 ? second / norm : at::zeros_like(second));
  }
  frame.length = vectors_ND.norm(2, {1}).mean().item<double>();
  return frame;
}

// Collects the rows of all panels.
class Tables {
 public:
  Table points{{"panel", "atom", "number", "x", "y", "z", "share"}, {}, {}};
  Table edges{{"panel", "from", "to", "match"}, {}, {}};
  Table panels{{"flat"}, {}, {}};

  void open(const Panel& panel, const Frame& frame) {
    frame_ = &frame;
    number_ = static_cast<double>(panels.rows.size());
    panels.rows.push_back({frame.flat ? 1.0 : 0.0});
    panels.labels.push_back(panel.name);
  }
  // The row of a vector in `points`.
  std::size_t point(const at::Tensor& vector_D, double atom, double number,
                    const std::string& name) {
    const std::vector<double> place = to_vector(frame_->axes_3D.mv(vector_D - frame_->mean_D));
    points.rows.push_back({number_, atom, number, place[0], place[1], place[2], inside(vector_D)});
    points.labels.push_back(name);
    return points.rows.size() - 1;
  }
  void edge(std::size_t from, std::size_t to, bool match = false) {
    edges.rows.push_back(
        {number_, static_cast<double>(from), static_cast<double>(to), match ? 1.0 : 0.0});
  }

 private:
  // Share of the vector's squared length that the three axes show, as directions; 1 for zero.
  double inside(const at::Tensor& vector_D) const {
    const double all = vector_D.dot(vector_D).item<double>();
    const at::Tensor shown = frame_->axes_3D.mv(vector_D);
    return all > 0 ? std::min(1.0, shown.dot(shown).item<double>() / all) : 1.0;
  }

  const Frame* frame_ = nullptr;
  double number_ = 0;
};

// Latents of which at least half of the squared length lies in what the panel's true vectors span.
std::vector<std::int64_t> atoms_inside(const Frame& frame, const at::Tensor& atoms_MD) {
  const at::Tensor units = unit_rows(atoms_MD);
  const std::vector<double> shares = to_vector(units.mm(frame.span_RD.t()).square().sum(1));
  std::vector<std::int64_t> inside;
  for (std::size_t i = 0; i < shares.size(); ++i) {
    if (shares[i] >= 0.5) inside.push_back(static_cast<std::int64_t>(i));
  }
  std::stable_sort(inside.begin(), inside.end(), [&](std::int64_t a, std::int64_t b) {
    return shares[static_cast<std::size_t>(a)] > shares[static_cast<std::size_t>(b)];
  });
  if (inside.size() > most_panel_atoms) inside.resize(most_panel_atoms);
  return inside;
}

void draw_panel(Tables& tables, const Panel& panel, const at::Tensor& directions_CD,
                const PicturedAtoms& atoms, const std::vector<std::string>& names) {
  const at::Tensor vectors_ND = rows_at(directions_CD, panel.coordinates);
  const Frame frame = frame_of(panel, vectors_ND);
  tables.open(panel, frame);
  std::vector<std::size_t> rows;
  for (std::size_t i = 0; i < panel.coordinates.size(); ++i) {
    const auto c = panel.coordinates[i];
    rows.push_back(tables.point(vectors_ND[static_cast<std::int64_t>(i)], 0, static_cast<double>(c),
                                names[static_cast<std::size_t>(c)]));
  }
  for (const auto& [from, to] : panel.edges) tables.edge(rows[from], rows[to]);
  if (panel.kind == "ring") {
    constexpr int around = 24;
    std::vector<std::size_t> ring;
    for (int i = 0; i < around; ++i) {
      const double angle = 2 * std::numbers::pi * i / around;
      ring.push_back(tables.point(std::cos(angle) * vectors_ND[0] + std::sin(angle) * vectors_ND[1],
                                  2, i, panel.name));
    }
    for (const auto& [from, to] : ring_of(ring.size())) tables.edge(ring[from], ring[to]);
  }
  if (!panel.from_origin.empty()) {
    const std::size_t origin = tables.point(at::zeros_like(vectors_ND[0]), 3, 0, "origin");
    for (const std::size_t i : panel.from_origin) tables.edge(origin, rows[i]);
  }
  if (!atoms.atoms_MD.defined()) return;
  for (const std::int64_t latent : atoms_inside(frame, atoms.atoms_MD)) {
    const at::Tensor atom = frame.length * unit_rows(atoms.atoms_MD.narrow(0, latent, 1))[0];
    const std::size_t row =
        tables.point(atom, 1, static_cast<double>(latent), "latent " + std::to_string(latent));
    const auto partner = std::find(panel.coordinates.begin(), panel.coordinates.end(),
                                   atoms.coordinate_of_latent[static_cast<std::size_t>(latent)]);
    if (partner == panel.coordinates.end()) continue;
    // Partners are chosen by |cos|: one that points the other way is no neighbour in the picture.
    if (atom.dot(directions_CD[*partner]).item<double>() > 0) {
      tables.edge(rows[static_cast<std::size_t>(partner - panel.coordinates.begin())], row, true);
    }
  }
}

}  // namespace

std::vector<std::string> coordinate_names(const Truth& truth) {
  std::vector<std::string> names;
  for (const Feature& feature : truth.features) {
    for (std::int64_t i = 0; i < feature.width; ++i) {
      names.push_back(feature.width == 1 ? feature.name
                                         : feature.name + " " + std::to_string(i + 1));
    }
  }
  return names;
}

void add_panels(Record& record, const Truth& truth, const std::vector<Relation>& relations,
                const at::Tensor& directions_CD, const PicturedAtoms& atoms) {
  Tables tables;
  const std::vector<std::string> names = coordinate_names(truth);
  for (const Panel& panel : panels_of(truth, relations, directions_CD)) {
    draw_panel(tables, panel, directions_CD, atoms, names);
  }
  record.tables["points"] = std::move(tables.points);
  record.tables["edges"] = std::move(tables.edges);
  record.tables["panels"] = std::move(tables.panels);
}

}  // namespace lab
