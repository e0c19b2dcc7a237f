// Sparse codes by accelerated proximal gradient, for many samples at once.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace lab {

// argmin of F(c) = ‖x − c·atoms‖² + l1 Σ_i |c_i| ‖w_i‖ for every row x, over c ≥ 0 but for latents of
// `either_sign_M` (bool; undefined: none), after `iterations` steps of FISTA from 0 (Beck & Teboulle 2009, "A
// fast iterative shrinkage-thresholding algorithm"), each of size 1/L with L = 2 λ, λ the largest eigenvalue
// of the atoms' Gram matrix: without restarts F(c) − F* ≤ 2L‖c*‖²/(iterations + 1)² (their theorem 4.4).
// Differs: a sample's momentum starts anew whenever it points uphill (the gradient scheme of O'Donoghue &
// Candès 2015), which ends the ripples; nobody has proved the bound of that, but in practice it converges
// linearly. Samples do not depend on one another. codes_BM, float32; a step of all costs 2·B·M·min(M, 2D)
// flops.
at::Tensor fista_codes(const at::Tensor& atoms_MD, const at::Tensor& acts_BD,
                       const at::Tensor& either_sign_M, double l1, std::int64_t iterations);

}  // namespace lab
