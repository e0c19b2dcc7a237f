// What a family of sparse autoencoders is: its parameters, its codes, and the loss that it minimises.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <initializer_list>
#include <map>
#include <string>
#include <vector>

#include "lab/decomposers/dictionary.h"
#include "lab/worlds/world.h"

namespace lab {

struct SaeParams {
  at::Tensor
      W_enc_MD;  // D: the width of the site's input tap; latent i reads in the direction of row i
  at::Tensor b_enc_M;
  at::Tensor W_dec_MD;  // D: the width of the site's output tap; its rows are the atoms
  at::Tensor b_dec_D;
  std::vector<at::Tensor> more;  // what a family has beyond these

  std::vector<at::Tensor> list() const;  // in this order
  static SaeParams from_list(const std::vector<at::Tensor>& list);
  // Whether the encoder is the decoder transposed: one tensor for both.
  bool tied() const { return W_enc_MD.is_same(W_dec_MD); }
};

struct SaeBatch {
  at::Tensor in_BD;
  at::Tensor out_BD;            // what is reconstructed; the same as in_BD, except for transcoders
  const Batch* rows = nullptr;  // the samples themselves, for objectives that ask for them
};

// Where training stands.
struct SaeMoment {
  double progress = 1;    // steps done / steps, in [0, 1]
  at::Tensor dead_M;      // bool; undefined when nothing is done about dead latents
  double sparsity = 1;    // factor of the sparsity coefficient, where one is steered to a target
  std::int64_t step = 0;  // steps done
};

// A coefficient of the loss at a moment: it rises in a straight line from 0 over the first `warmup`
// (a share of the steps), and is steered.
double at_moment(double coefficient, double warmup, const SaeMoment& moment);

struct SaeStep {
  double loss = 0;
  double squared_error = 0;  // mean over the batch of Σ_d (x − x̂)²
  double l0 = 0;             // mean number of latents that fire
  at::Tensor fired_M;        // bool: fired on some sample of the batch
  at::Tensor slope_BD;       // −∂loss/∂out_BD, what a term that is added to x̂ learns from
};

// Tensors by name that keep their memory from step to step.
class Workspace {
 public:
  // Uninitialised, of this shape, on the device of `like`, and float32 unless `type` says otherwise.
  at::Tensor of(const std::string& name, std::initializer_list<std::int64_t> shape,
                const at::Tensor& like);

 private:
  std::map<std::string, at::Tensor> tensors_;
};

// What a family minimises. One fit uses one objective, from one thread.
class SaeObjective {
 public:
  virtual ~SaeObjective() = default;
  virtual at::Tensor codes(const SaeParams& params, const at::Tensor& in_BD) const = 0;
  // x̂; unless a family says otherwise codes·W_dec + b_dec.
  virtual at::Tensor reconstruction(const SaeParams& params, const at::Tensor& in_BD) const;
  // The definition: a scalar, differentiable in the parameters.
  virtual at::Tensor loss(const SaeParams& params, const SaeBatch& batch,
                          const SaeMoment& moment) const = 0;
  // The loss's value and, written into `grads` (of the parameters' shapes), its gradient. Here by
  // autograd; a family may override it with something faster that gives the same.
  virtual SaeStep differentiate(const SaeParams& params, const SaeBatch& batch,
                                const SaeMoment& moment, SaeParams& grads) const;
  // `seen`: the last samples of the fit, for what is measured and not trained (thresholds).
  virtual Dictionary dictionary(const SaeParams& params, const SaeBatch& seen) const = 0;

  // Whether SaeBatch::rows is needed.
  virtual bool reads_rows() const { return false; }
  // What the family has beside the parameters that all have, at the start.
  virtual std::vector<at::Tensor> own_params(const SaeParams&) const { return {}; }
  // Whether the optimiser moves W_enc and b_enc: not where codes come from the atoms alone.
  virtual bool learns_encoder() const { return true; }
  // Whether the optimiser moves the atoms; if not, they follow from other parameters by `settle`.
  virtual bool learns_atoms() const { return true; }
  // Called at the start and after each update: brings parameters back to where they may be.
  virtual void settle(SaeParams&) const {}
  // Called when latents (indices) start again: sets what the family has for them as at the start.
  virtual void restart(SaeParams&, const at::Tensor& /*latents_K*/) const {}

 protected:
  mutable Workspace work_;  // of differentiate
};

}  // namespace lab
