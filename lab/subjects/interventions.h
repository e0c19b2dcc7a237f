// Interventions: hooks (subject.h) that replace, ablate, erase or rotate a part of the activations.
// What is changed is said by a Place (place.h): neurons, a direction, a subspace, or the whole tap.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "lab/core/rng.h"
#include "lab/subjects/place.h"
#include "lab/subjects/subject.h"

namespace lab {

// The part of the activations at `place` becomes that of acts_BD ([B, D], or [D] or [1, D] for all samples
// alike). whole_tap: replacement. With activations of another run: the swap from a source run.
Hook replace(const Place& place, const at::Tensor& acts_BD);

Hook ablate_zero(const Place& place);
// mean_D: the activation that stands for the average input, from a run on data (acts_at, mean over 0).
Hook ablate_mean(const Place& place, const at::Tensor& mean_D);
// The part of sample b becomes that of another sample of the same batch: row permutation[b] of one
// permutation, `draw`'s first of so many rows. The part keeps its distribution and loses its relation to
// the input and to the rest.
Hook resample(const Place& place, const Draw& draw);

// An affine map that takes something out: x − M (x − center). Where M is a projection, twice is once.
struct Erasure {
  at::Tensor map_DD;    // M, float32: (x − center) Mᵀ is removed
  at::Tensor center_D;  // what stays of a sample that is all erased
};
at::Tensor erased(const Erasure& erasure, const at::Tensor& acts_BD);
Hook erase(const std::string& tap, const Erasure& erasure);

// The component in the span of rows [K, D] (any independent rows), moved to that of center_D; an undefined
// center is 0. Throws InputError when the rows are dependent or of another width.
Erasure subspace_erasure(const at::Tensor& rows_KD, const at::Tensor& center_D = {});

// Least-squares concept erasure (LEACE; Belrose et al. 2023, arXiv 2306.03819, theorem 4.3): the map that
// moves the activations least (in mean squared norm) such that no linear predictor on them does better
// than a constant for any column of targets_BY: M = W⁺ P W with the whitening W = (Σxx^½)⁺ and P the
// orthogonal projection onto the columns of W Σxy; center: the mean. Exact on the samples it is fitted on.
// Rank at most Y; 0 where nothing correlates. Throws InputError when the numbers of samples differ,
// Failure when something is not finite.
Erasure leace(const at::Tensor& acts_BD, const at::Tensor& targets_BY);
std::int64_t erased_rank(const Erasure& erasure);

// The null of leace: the same formula with P onto `rank` random directions of the whitened space (no more
// than it has). It takes as many dimensions of the data's variation, but none in particular.
Erasure random_erasure(const at::Tensor& acts_BD, std::int64_t rank, Words& words);

// The component in the span of the orthonormal rows basis_KD, turned by rotation_KK: coordinates c [K]
// become rotation · c. A rotation and then its transpose change nothing. Throws InputError when the rows
// are not orthonormal or the shapes do not fit.
Hook rotate(const std::string& tap, const at::Tensor& basis_KD, const at::Tensor& rotation_KK);

// One hook after another at every tap; later ones see what earlier ones made. None: nothing changes.
Hook in_turn(std::vector<Hook> hooks);

// [B, D] a tap named: the gradient of a scalar of the output, d scalar(output) / d activations, for the
// activations that flow when `hook` acts (it acts first). Where the output does not depend on a tap: 0.
// Autograd is switched on for the call. Throws InputError for a tap that there is not.
std::vector<at::Tensor> tap_gradients(
    const Subject& subject, const Batch& batch, const std::vector<std::string>& taps,
    const std::function<at::Tensor(const at::Tensor& output_BT)>& scalar, const Hook& hook = {});

// [K, D] orthonormal rows whose span is uniform over all subspaces (QR of normal numbers). K ≤ D, else InputError.
at::Tensor random_basis(std::int64_t rows, std::int64_t width, Words& words);

}  // namespace lab
