// Training of sparse autoencoders: what all families share.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

#include "lab/decomposers/decomposer.h"
#include "lab/decomposers/sae_config.h"

namespace lab {

struct SaeParams {
  at::Tensor W_enc_DM;  // D: the width of the site's input tap
  at::Tensor b_enc_M;
  at::Tensor W_dec_MD;  // D: the width of the site's output tap; its rows are the atoms
  at::Tensor b_dec_D;
  std::vector<at::Tensor> more_M;  // what a family has beyond these, one number a latent each

  std::vector<at::Tensor> list() const;  // in this order
  static SaeParams from_list(const std::vector<at::Tensor>& list);
};

struct SaeBatch {
  at::Tensor in_BD;
  at::Tensor out_BD;  // what is reconstructed; the same as in_BD, except for transcoders
};

// Where training stands.
struct SaeMoment {
  double progress = 1;  // steps done / steps, in [0, 1)
  at::Tensor dead_M;    // bool; undefined when nothing is done about dead latents
};

struct SaeStep {
  double loss = 0;
  double squared_error = 0;  // mean over the batch of Σ_d (x − x̂)²
  double l0 = 0;             // mean number of latents that fire
  at::Tensor fired_M;        // bool: fired on some sample of the batch
};

// What a family of sparse autoencoders minimises.
class SaeObjective {
 public:
  virtual ~SaeObjective() = default;
  virtual at::Tensor codes(const SaeParams& params, const at::Tensor& in_BD) const = 0;
  // What each of `more_M` is at the start, the same for every latent.
  virtual std::vector<double> fresh_more() const { return {}; }
  virtual at::Tensor reconstruction(const SaeParams& params, const at::Tensor& in_BD) const = 0;
  // The definition: a scalar, differentiable in the parameters.
  virtual at::Tensor loss(const SaeParams& params, const SaeBatch& batch,
                          const SaeMoment& moment) const = 0;
  // The loss's value and, written into `grads` (of the parameters' shapes), its gradient. Here by
  // autograd; a family may override it with something faster that gives the same.
  virtual SaeStep differentiate(const SaeParams& params, const SaeBatch& batch,
                                const SaeMoment& moment, SaeParams& grads) const;
  // `seen`: the last samples of the fit, for what is measured and not trained (thresholds).
  virtual Dictionary dictionary(const SaeParams& params, const SaeBatch& seen) const = 0;
};

// Whether the decoder bias is subtracted from the input: as set, but never for transcoders, whose
// output lies in another space.
bool subtracts_bias(const SaeSettings& settings, const Site& site);

// Random unit atoms times init_norm (draw "decomposer/atoms"), the encoder their transpose (for
// transcoders: random unit columns, draw "decomposer/encoder"), b_enc = 0, and b_dec from the
// first fit samples, one chunk of at least 8192.
SaeParams initial_params(const SaeSettings& settings, const FitData& data, std::int64_t seed);

enum class Atoms { kTrained, kFrozen };  // frozen: W_dec and b_dec stay as they are

// Trains `params`: step s takes rows s·batch … of the split "fit". The record's table "steps" has a
// row every log_every steps and one at the end: step (steps done), and over the steps since the
// last row the means of loss and l0, fvu = Σ‖x − x̂‖² / Σ‖x − mean‖² (mean and sum over the chunks
// drawn), and dead, the latents that were silent in all of them. Throws Failure when the loss is
// not finite.
Fitted train_sae(const SaeSettings& settings, const SaeObjective& objective, SaeParams params,
                 const FitData& data, std::int64_t seed, Atoms atoms = Atoms::kTrained);

}  // namespace lab
