// How encoders make codes, one overload each (dictionary.h has the formulas). x_BD: activations, normalised where the
// dictionary says so; atoms_MD: the dictionary's.
#pragma once

#include <ATen/core/Tensor.h>

#include <string>

#include "lab/decomposers/dictionary.h"

namespace lab {

// x as the encoder sees it, and what undoes that: x = seen · scale + shift. Undefined where nothing is done. `kind`: of
// Dictionary::normalise.
struct Normalised {
  at::Tensor seen_BD, scale_B1, shift_B1;
};
Normalised normalised(const std::string& kind, const at::Tensor& acts_BD);

// A dictionary for inputs x that does what this one does for scale·x: same atoms, codes and biases 1/scale
// of its own (spade and one_hot, whose codes have no unit: the same codes, atoms 1/scale of its own).
Dictionary for_inputs_scaled_by(Dictionary dictionary, double scale);

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
// bool: the samples that matching pursuit goes on with after a step of theirs that gave `amount` to a latent which had
// `before`, and left `rest`.
at::Tensor pursued_on(const MatchingPursuitEncoder& encoder, const at::Tensor& goes_on_B1,
                      const at::Tensor& before_B1, const at::Tensor& amount_B1,
                      const at::Tensor& rest_BD);
at::Tensor codes_of(const FistaEncoder& encoder, const at::Tensor& atoms_MD,
                    const at::Tensor& x_BD);

at::Tensor codes_of(const SpadeEncoder& encoder, const at::Tensor& atoms_MD,
                    const at::Tensor& x_BD);
at::Tensor codes_of(const ListaEncoder& encoder, const at::Tensor& atoms_MD,
                    const at::Tensor& x_BD);
at::Tensor codes_of(const MlpEncoder& encoder, const at::Tensor& atoms_MD, const at::Tensor& x_BD);

}  // namespace lab
