// Codes found by solving a least-squares problem for every sample: exact non-negative least squares
// and orthogonal matching pursuit. Both work on the Gram matrix of the atoms, in double precision,
// one sample at a time, so that a code depends on its own sample alone.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace lab {

// argmin over c ≥ 0 of ‖x − c·atoms‖² + l1 Σ_i c_i ‖w_i‖ for every row x (Lawson and Hanson 1974, in the form of Bro
// and de Jong 1997). Optimal to a gradient of 2e-6 ‖w_i‖‖x‖, the rounding of float32 activations
// (with a penalty to 1e-3·l1 ‖w_i‖, where that is less):
// what is below it is no reason to fire. codes_BM, float32. Throws Failure when a sample needs more
// than 100 M exchanges.
at::Tensor non_negative_codes(const at::Tensor& atoms_MD, const at::Tensor& acts_BD, double l1 = 0);

// Orthogonal matching pursuit (Pati et al. 1993; by Cholesky updates as in Rubinstein et al. 2008):
// k times, the atom of largest |⟨residual, w⟩|/‖w‖ joins, and all codes are fitted again by least
// squares. Stops early when no atom has more than 1e-6 of ‖x‖ left to explain. codes_BM, float32,
// may be negative.
at::Tensor pursuit_codes(const at::Tensor& atoms_MD, const at::Tensor& acts_BD, std::int64_t k);

}  // namespace lab
