// The picture of a run: tables that figures of single runs are drawn from. A picture is a stage like
// any other, made only for the runs that somebody wants to look at.
#pragma once

#include "experiments/keys.h"
#include "lab/sweep/stage.h"

namespace lab {

// What is pictured: a dictionary beside the truth, or (without one) the truth at a subject's site.
struct PictureKey {
  static constexpr const char* stage = "picture";
  static constexpr std::int64_t revision = 3;
  ExamineKey examine;
  std::optional<FitKey> fit;
  void fields(Fields& f) {
    f("examine", examine, required(), "the subject and its site");
    f("fit", fit, any(), "the dictionary; none: the true vectors alone");
  }
};

// Tables (cells are numbers; the label of a row is its name):
//   cosines     latent, place, coordinate, cosine   atoms × true vectors: a row a pair, for at most 256
//               latents (`place` 0, 1, …: those matched, in the order of their coordinates, then the
//               others by their nearest coordinate) and 256 coordinates. Without a dictionary: true
//               vectors among themselves
//   coordinates coordinate; label: the feature's name, "red 1", "red 2" where it has two coordinates
//   points      panel, atom (0: true vector, 1: atom, 2: point of a curve, 3: origin), number (of the
//               coordinate or latent), x, y, z, share (of the squared length inside the panel's three
//               dimensions); label: a feature's name, or "latent 3"
//   edges       panel, from, to (rows of points), match (1: an atom and its true vector)
//   panels      flat (1: the panel has no third dimension); a row a panel; label: its name
//   circuit, wires, bends, taps: picture_circuit.h
//
// Panels: one for each circle, polyhedron and tree (edges: neighbours on the circle, pairs of vertices
// at the least distance, parent and child), one for each feature of two coordinates (edges: its ring,
// 24 points cos θ t₁ + sin θ t₂), and, where there are none of these, one for all features (edges from
// the origin). A panel's axes are the three leading principal components of its true vectors (about
// the origin in the panel of all features and of rings, about their mean else). Atoms are drawn with
// the true vectors' mean norm in the panels that hold at least half of their squared length: of the
// span of the panel's true vectors; signed codes' atoms are turned to their match.
StagePtr picture_stage(const PictureKey& key);

}  // namespace lab
