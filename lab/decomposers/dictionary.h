// A dictionary is what a decomposer learned: atoms, and how to encode activations into codes and
// decode them back.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>
#include <variant>

#include "lab/tensors/tensors.h"

namespace lab {

// With p = (x − b_pre) W + b, codes are
//   linear    p
//   relu      ReLU(p)
//   topk      ReLU(p) of the k largest p of the sample (top1: k = 1)
//   abstopk   p of the k largest |p|
//   groupmax  ReLU(p) of the largest p of each of k groups of M/k neighbours
//   batchtopk ReLU(p) of the k·B largest of the whole batch: codes depend on what else is encoded
//   jumprelu  ReLU(p) where p > threshold
//   blocktopk p of the k blocks of `block` neighbours with the largest ‖p‖
//   one_hot   1 for the largest p of the sample, the first of equals; else 0
struct AffineEncoder {
  at::Tensor W_DM;
  at::Tensor b_M;
  at::Tensor b_pre_D;
  std::string activation;
  double k = 0;  // a whole number, but for batchtopk
  at::Tensor
      threshold_M;  // jumprelu; batchtopk: what to use instead of the batch, where it is known
  std::int64_t block = 1;  // blocktopk
};
// With u = (x − b_pre) W: codes = ReLU(u·exp(r_mag) + b_mag) where u + b_gate > 0, else 0 (Rajamanoharan et al. 2024,
// arXiv 2404.16014).
struct GatedEncoder {
  at::Tensor W_DM;
  at::Tensor b_pre_D;
  at::Tensor r_mag_M, b_mag_M, b_gate_M;
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
// Matching pursuit without new fits (Mallat & Zhang 1993; Costa et al. 2025): from r = x − b_pre, `steps` times the atom
// of largest ⟨r, w⟩ takes ReLU⟨r, w⟩, which is subtracted from r times w. A sample is done after a step that leaves
// ‖r‖ < `residual`, or that adds no new latent (`until_repeat`). Atoms are taken as they are, whatever their norms.
struct MatchingPursuitEncoder {
  at::Tensor b_pre_D;
  std::int64_t steps = 1;
  double residual = 0;  // 0: not asked
  bool until_repeat = true;
};
// codes = sparsemax(−scale ‖x − v_i‖²): positive, of sum 1 (Hindupur et al. 2025).
struct SpadeEncoder {
  at::Tensor prototypes_MD;
  double scale = 1;
};
// c ← ReLU(q + c S), `rounds` times from c = ReLU(q), q = (x − b_pre) W + b (Gregor & LeCun 2010).
struct ListaEncoder {
  at::Tensor W_DM;
  at::Tensor b_M;
  at::Tensor b_pre_D;
  at::Tensor S_MM;
  std::int64_t rounds = 1;
};
// codes = ReLU(h W_out + b), h = ReLU((x − b_pre) W_in + b_in) (O'Neill et al. 2024).
struct MlpEncoder {
  at::Tensor W_in_DH;
  at::Tensor b_in_H;
  at::Tensor W_out_HM;
  at::Tensor b_M;
  at::Tensor b_pre_D;
};
// The codes of NonNegativeEncoder, by so many steps of FISTA (fista.h).
struct FistaEncoder {
  at::Tensor b_pre_D;
  at::Tensor either_sign_M;  // bool, as there
  double l1 = 0;
  std::int64_t iterations = 1;
};

struct Dictionary {
  at::Tensor atoms_MD;  // D is the site's output width; the norms of atoms are as learned
  at::Tensor bias_D;    // added by decode
  std::variant<AffineEncoder, NonNegativeEncoder, PursuitEncoder, GatedEncoder,
               MatchingPursuitEncoder, SpadeEncoder, ListaEncoder, FistaEncoder, MlpEncoder>
      encoder;
  // Signed and dense: every latent is always on, so no firing scores. Codes of either sign of which few are not 0
  // (omp, blocktopk) are not meant: they fire.
  bool signed_codes = false;
  // What is done to a sample x first, and undone behind the decoder unless the output lies in another space
  // (`across`, a transcoder): "none"; "layer_norm": (x − mean)/(s + 1e-5), s with n − 1, undone by · s + mean;
  // "unit_rms": x·√D/‖x‖. Atoms and biases live in the normalised space.
  std::string normalise = "none";
  bool across = false;
  at::Tensor skip_OD;  // added to the output: x skipᵀ, of the raw x; undefined: none
};

std::int64_t input_width(const Dictionary& dictionary);

at::Tensor encode(const Dictionary& dictionary, const at::Tensor& acts_BD);  // codes_BM
at::Tensor decode(const Dictionary& dictionary,
                  const at::Tensor& codes_BM);  // [B, D], as normalised

// What codes say of the inputs that they are of: decode, normalisation undone, skip added.
at::Tensor output(const Dictionary& dictionary, const at::Tensor& codes_BM,
                  const at::Tensor& acts_BD);

// Both.
struct Reconstruction {
  at::Tensor codes_BM, output_BD;
};
Reconstruction reconstruct(const Dictionary& dictionary, const at::Tensor& acts_BD);

// As named tensors, and back. Throws InputError when something is missing or does not fit.
Tensors to_tensors(const Dictionary& dictionary);
Dictionary dictionary_from_tensors(const Tensors& tensors);

}  // namespace lab
