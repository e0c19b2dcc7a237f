// The picture of a run: tables that figures of single runs are drawn from. A picture is a stage like
// any other, made only for the runs that somebody wants to look at.
#pragma once

#include "experiments/keys.h"
#include "lab/sweep/stage.h"

namespace lab {

// What is pictured: a dictionary beside the truth, or (without one) the truth at a subject's site.
struct PictureKey {
  static constexpr const char* stage = "picture";
  static constexpr std::int64_t revision = 1;
  ExamineKey examine;
  std::optional<FitKey> fit;
  void fields(Fields& f) {
    f("examine", examine, required(), "the subject and its site");
    f("fit", fit, any(), "the dictionary; none: the true vectors alone");
  }
};

// Tables (cells are numbers; `label` of a row is its name):
//   cosines   latent, place, coordinate, cosine    atoms × true vectors, latents ordered by match; at most
//             256 × 256 (the best matched ones). Without a dictionary: true vectors among themselves.
//   points    panel, atom (0: true vector, 1: atom, 2: point of a curve), number, x, y, z, share; in the
//             three leading principal components of the panel's true vectors; label: a feature's name
//   edges     panel, from, to (rows of points), kind
//   panels    one row a panel (a relation, a feature of two coordinates, or all features); label: its name
//   circuit   node, level, place, op, … of a boolean world's circuit; label: the gate's name
//   wires     from, to (nodes), inverted
StagePtr picture_stage(const PictureKey& key);

}  // namespace lab
