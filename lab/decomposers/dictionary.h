// A dictionary is what a decomposer learned: atoms, and how to encode activations into codes and
// decode them back.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>
#include <variant>

#include "lab/tensors/tensors.h"

namespace lab {

// codes = activation((x − b_pre) W + b): one matrix and a non-linearity.
struct AffineEncoder {
  at::Tensor W_DM;
  at::Tensor b_M;
  at::Tensor b_pre_D;      // subtracted from the input first
  std::string activation;  // "linear", "relu", "topk" (ReLU of the k largest), "top1"
  std::int64_t k = 0;      // topk only
};
// codes = argmin of ‖x − b_pre − c·atoms‖² + l1 Σ |c_i| ‖w_i‖ over c ≥ 0 (non-negative least squares
// and lasso), but for latents that stand for a coordinate of a wide feature, which may be negative.
struct NonNegativeEncoder {
  at::Tensor b_pre_D;
  at::Tensor either_sign_M;  // bool: codes of these latents may be negative; undefined: none
  double l1 = 0;
};
// Orthogonal matching pursuit: k atoms chosen one by one, least-squares codes after each.
struct PursuitEncoder {
  at::Tensor b_pre_D;
  std::int64_t k = 1;
};

struct Dictionary {
  at::Tensor atoms_MD;  // D is the site's output width; the norms of atoms are as learned
  at::Tensor bias_D;    // added by decode
  std::variant<AffineEncoder, NonNegativeEncoder, PursuitEncoder> encoder;
  bool signed_codes = false;  // signed and dense: every latent is always on, so no firing scores
};

at::Tensor encode(const Dictionary& dictionary, const at::Tensor& acts_BD);   // codes_BM
at::Tensor decode(const Dictionary& dictionary, const at::Tensor& codes_BM);  // [B, D]

// As named tensors, and back. Throws InputError when something is missing or does not fit.
Tensors to_tensors(const Dictionary& dictionary);
Dictionary dictionary_from_tensors(const Tensors& tensors);

}  // namespace lab
