// How vectors share a space: the geometry of superposition (Elhage et al. 2022, Toy Models of
// Superposition, "The geometry of superposition"; Metrics, "Superposition geometry of a subject").
// Rows w_i [C, D] are where features lie; ŵ_i is w_i of norm 1.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <span>
#include <vector>

#include "lab/core/record.h"
#include "lab/core/rng.h"
#include "lab/scores/scores.h"

namespace lab {

struct Superposition {
  std::vector<double> norm;
  // D_i = ‖w_i‖² / Σ_j (ŵ_i·w_j)² in [0, 1]: the share of a dimension that a feature has to itself. 1:
  // orthogonal to all others; 1/2: one of an antipodal pair; 0 for a vector that is 0. Σ D_i ≤ rank W,
  // with equality iff every w_i ≠ 0 is an eigenvector of Σ_j w_j w_jᵀ.
  std::vector<double> dimensionality;
  std::vector<double> superposition;  // Σ_{j≠i} (ŵ_i·w_j)² ≥ 0; 0: nothing interferes
};

// Throws Failure when the vectors are not finite.
Superposition superposition(const at::Tensor& directions_CD);

struct SuperpositionReport {
  // d_star              D / ‖W‖_F²: dimensions for each represented feature; > 0
  // dimensionality_sum  Σ D_i, at most rank W ≤ D
  // povm_error          ‖Σ D_i ŵ_i ŵ_iᵀ − I‖_F / √D; 0 iff the vectors are an orthogonal union of tight
  //                     frames that fills the space. Gaussian vectors, D = 20: .57/.38/.28 for C =
  //                     40/100/200.
  // features_represented  how many vectors have a norm above 1/2
  // superposition_mean    mean of Σ_{j≠i} (ŵ_i·w_j)² over the vectors that are not 0
  // d_star and superposition_mean are absent when all vectors are 0.
  Scores scores;
  // "dimensionalities": feature (the row's number), norm, dimensionality, superposition.
  Table table;
};
SuperpositionReport superposition_scores(const at::Tensor& directions_CD);

// Whether a line stands at q: at least ten values lie within .005 of q, and at least twice as many as lie
// within .005 of q − .0125 or of q + .0125 (both neighbours together). Bounds count as within.
bool line_stands(std::span<const double> dimensionalities, double q);

// The line test's control: each value moved by a uniform number from ±half_width, value i by uniform i of
// sample `sample` of the draw. A half-width of 0 changes nothing.
std::vector<double> blurred(std::vector<double> values, double half_width, const Draw& draw,
                            std::int64_t sample);

}  // namespace lab
