// How encoders make codes, one overload each (dictionary.h has the formulas). x_BD: activations, normalised where the
// dictionary says so; atoms_MD: the dictionary's.
#pragma once

#include <ATen/core/Tensor.h>

#include "lab/decomposers/dictionary.h"

namespace lab {

at::Tensor codes_of(const AffineEncoder& encoder, const at::Tensor& atoms_MD,
                    const at::Tensor& x_BD);
at::Tensor codes_of(const GatedEncoder& encoder, const at::Tensor& atoms_MD,
                    const at::Tensor& x_BD);
at::Tensor codes_of(const NonNegativeEncoder& encoder, const at::Tensor& atoms_MD,
                    const at::Tensor& x_BD);
at::Tensor codes_of(const PursuitEncoder& encoder, const at::Tensor& atoms_MD,
                    const at::Tensor& x_BD);
at::Tensor codes_of(const MatchingPursuitEncoder& encoder, const at::Tensor& atoms_MD,
                    const at::Tensor& x_BD);
at::Tensor codes_of(const FistaEncoder& encoder, const at::Tensor& atoms_MD,
                    const at::Tensor& x_BD);

}  // namespace lab
