// Absorption: where a parent feature's latent stays silent because a child's latent says both. A
// latent fires iff its code ≠ 0, a feature is present iff its bit is set. Dictionaries with signed or
// dense codes have no firing scores, and none of these.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <span>
#include <vector>

#include "lab/core/rng.h"
#include "lab/scores/scores.h"
#include "lab/worlds/truth.h"

namespace lab {

// Two coordinates, columns of values_BC and rows of truth_CD.
struct ParentChild {
  std::int64_t parent, child;
};
// A tree's parent–child pairs in the order of its features; pairs with a feature of width > 1 are left
// out. Throws InputError when the relation is no tree or does not fit the truth.
std::vector<ParentChild> parent_child_pairs(const Truth& truth, const Relation& tree);

// How much of the parent a sample holds along t̂_p, where cos(t_p, t_c) > .1 (below, both are the same):
//  - as_given: f_p‖t_p‖. There a latent of the child's own direction carries some of the parent's, so
//    that silence of the parent's latent need not be a loss: the excess is absent.
//  - orthogonalised: for a child that is parent + offset. The sample's f_p t_p + f_c t_c is read as
//    (f_p + a f_c) t_p + f_c t_δ with a = ⟨t_c, t_p⟩/‖t_p‖² and the offset t_δ = t_c − a t_p, which is
//    orthogonal to the parent: it holds (f_p + a f_c)‖t_p‖ of the parent, and the excess is present.
enum class Offsets { as_given, orthogonalised };

// One pair. The samples are split into halves by the draw's sample 0: on the first half the latents
// are chosen (the main latent is the one of best F1 of firing as a detector of the parent's presence,
// the child's latent the one of best F1 for the child among the others; the first of equals), on the
// second all the rest is counted.
struct Absorption {
  ParentChild pair;
  std::int64_t main_latent, child_latent;  // −1: no latent fires with the feature
  double main_f1, child_f1;                // on the first half
  std::int64_t with_child, without_child;  // samples of the second half: p, c and p, ¬c present
  double cosine;                           // of t_p and t_c
  // P(main latent silent ∧ child's latent fires ∧ c_ch⟨w_ch, t̂_p⟩ ≥ .4 of the parent | p, c); for a
  // parent of negative value both sides change sign. [0, 1]; chance: its null; oracle 0. After
  // arXiv 2409.14507 (Chanin et al.). Absent below 10 samples with p and c, or without latents.
  Score absorption;
  // P(main latent silent | p, c) − P(main latent silent | p, ¬c). [−1, 1]; chance 0; oracle 0.
  // Absent below 10 samples of either sort, without a main latent, or by Offsets.
  Score excess;
};
// Throws InputError when shapes do not fit or a coordinate does not exist.
std::vector<Absorption> absorption(const at::Tensor& codes_BM, const at::Tensor& values_BC,
                                   const at::Tensor& present_BC, const at::Tensor& atoms_MD,
                                   const at::Tensor& truth_CD, std::span<const ParentChild> pairs,
                                   Offsets offsets, const Draw& draw);

// absorption and absorption_excess: means over the pairs of a tree that have them, on orthogonalised
// offsets; absorption_pairs: the share of the pairs that have `absorption`. Absent, with the first
// pair's reason, when no pair has. With `draws` > 0 the presence of each child is permuted among the
// samples of each half in which its parent is present (sample 1 + i of the draw for the i-th time),
// its latent is chosen anew, and both are measured again: _null, _null_sd, _p.
Scores absorption_scores(const at::Tensor& codes_BM, const at::Tensor& values_BC,
                         const at::Tensor& present_BF, const at::Tensor& atoms_MD,
                         const at::Tensor& truth_CD, const Truth& truth, const Relation& tree,
                         std::int64_t draws, const Draw& draw);

// Degrees between the parent's direction and the child's atom, which is the atom of greatest cosine with the
// child's direction; the mean over pairs. [0, 180]; oracle: the angle of the two directions (90 where they
// are orthogonal), 45 where the child's atom is (parent + child)/√2. Absent without pairs, or when no
// atom differs from 0. Throws InputError when shapes do not fit.
Score child_angle(const at::Tensor& atoms_MD, const at::Tensor& truth_CD,
                  std::span<const ParentChild> pairs);

// Columns parent, child (coordinates), main_latent, main_f1, child_latent, child_f1, with_child,
// without_child, cosine, absorption, excess; a row a pair. NaN where there is none.
Table absorption_table(const at::Tensor& codes_BM, const at::Tensor& values_BC,
                       const at::Tensor& present_BF, const at::Tensor& atoms_MD,
                       const at::Tensor& truth_CD, const Truth& truth, const Relation& tree,
                       const Draw& draw);

}  // namespace lab
