// Scores of latents against the true features: when they fire and how much they say. A latent fires
// iff its code ≠ 0; a feature is present iff its bit is set. Codes that are signed or dense (PCA,
// ICA) have no firing scores: give those dictionaries no_firing_scores(). "0 where undefined"
// below: a latent that never fires has precision 0, a feature that is never present recall 0.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

#include "lab/core/rng.h"
#include "lab/scores/dictionary.h"
#include "lab/scores/scores.h"
#include "lab/worlds/truth.h"

namespace lab {

// [M, F] float64 Pearson correlations over samples; 0 where either column is constant.
at::Tensor pearson(const at::Tensor& a_BM, const at::Tensor& b_BF);

// present_BF with a column for each coordinate of each feature: present_BC.
at::Tensor by_coordinate(const at::Tensor& present_BF, const Truth& truth);

// How often latents fire and coordinates are present, alone and together; float64.
struct Firings {
  std::int64_t samples = 0;
  at::Tensor both_MC, fires_M, present_C;
};
Firings count_firings(const at::Tensor& codes_BM, const at::Tensor& present_BC);

// Each line ends with the range, what chance gives and what the oracle gives.
//  - precision: P(present | fires), mean over all latents, each against its best_coordinate
//    (argmax |cos|), dead ones as 0. [0, 1], the base rate, 1
//  - recall: P(fires | present), likewise. [0, 1], the latent's firing rate, 1
//  - f1: harmonic mean of the two, a latent at a time. [0, 1], 2π/(1 + π) if always on, 1
//  - accuracy: P(fires = present), likewise; a dead latent scores 1 − base rate, so that chance may
//    be near 1. [0, 1], 1 − base rate if silent, 1
//  - f1_matched: mean of F1 over the pairs of the matching. [0, 1], as f1, 1
// Source: SAELens 6.54 (all but f1_matched). Absent without latents, features or samples.
Scores firing_scores(const Firings& firings, const Matching& matching);

// Columns density (share of samples on which it fires), precision, recall, f1, accuracy; a row a
// latent.
Table firings_table(const Firings& firings, const Matching& matching);

// ml2r: mean over the pairs of the matching of E[|c_i| | fires]·‖w_i‖ / (E[|f_j| | present]·‖t_j‖);
// at least 0, oracle 1, below 1 where codes are shrunk; no chance value. A latent that never fires
// counts as 0, coordinates that never occur are left out. After arXiv 2501.14926 (APD), there of
// parameters.
Score magnitude_ratio(const at::Tensor& codes_BM, const at::Tensor& values_BC,
                      const at::Tensor& present_BC, const at::Tensor& atoms_MD,
                      const at::Tensor& truth_CD, const Matching& matching);

// activation_mcc: mean over min(M, C) pairs of the assignment on |Pearson(c_i, f_j)| of codes and
// values. [0, 1], oracle 1, chance ≈ √(2 ln max(M, C) / B). arXiv 2411.13117. Needs no directions.
Score activation_mcc(const at::Tensor& codes_BM, const at::Tensor& values_BC);

// Of each feature's presence, the best latent: phi_best (Pearson correlation of firing and
// presence, [−1, 1], oracle 1, chance 0 before the choice) and auroc (area under the ROC of the
// code as a detector, [0, 1], oracle 1, chance .5 before the choice); means over the features that
// are present in some samples and absent in others. With `draws` > 0 the same choice is made for
// presence bits of shuffled samples (one shuffle for all features): _null, _null_sd, _p.
Scores presence_scores(const at::Tensor& codes_BM, const at::Tensor& present_BF, std::int64_t draws,
                       const Draw& draw);

// Columns present (share of samples), phi_best, phi_latent, auroc, auroc_latent; a row a feature.
Table presence_table(const at::Tensor& codes_BM, const at::Tensor& present_BF);

// All scores of firing_scores and presence_scores and ml2r, absent because the codes are signed or
// dense.
Scores no_firing_scores();

}  // namespace lab
