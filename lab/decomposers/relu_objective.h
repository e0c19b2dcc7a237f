// What relu_l1 and p_anneal minimise.
#pragma once

#include <functional>
#include <optional>

#include "lab/decomposers/sae_parts.h"

namespace lab {

struct Anneal {
  double start = 0.2;  // share of the steps after which the exponent falls from 1
  double power = 0.2;  // where it ends, in a straight line
};

struct ReluSae {
  double l1 = 0;
  double l1_warmup = 0;  // share of the steps in which l1 rises linearly from 0
  std::optional<Anneal> anneal;
  SaeCommon common;
  // What x̂ is worth, in place of mean_b ‖e‖²: a scalar, differentiable in x̂.
  std::function<at::Tensor(const at::Tensor& said_BD, const SaeBatch& batch)> fidelity = {};
};

// With x = in − b_dec (or in), c = ReLU(x W_encᵀ + b_enc), u_i = c_i ‖w_i‖, e = out − c W_dec − b_dec:
//   loss = mean_b [ ‖e‖² + λ R Σ_i ((u_i + ε)^q − ε^q) + auxiliary loss ],   ε = 1e-3,
// λ = l1 at this moment, q the exponent, and R = Σ u / Σ ((u + ε)^q − ε^q) over the batch a constant, which
// gives the penalty the size that it has at q = 1 whatever q is (R = 1 where nothing fires).
// `differentiate` is written by hand; where few codes fire it costs, beside the encoder's product, what these cost.
class ReluObjective : public SaeObjective {
 public:
  explicit ReluObjective(const ReluSae& sae) : sae_(sae) {}

  at::Tensor codes(const SaeParams& params, const at::Tensor& in_BD) const override;
  at::Tensor loss(const SaeParams& params, const SaeBatch& batch,
                  const SaeMoment& moment) const override;
  SaeStep differentiate(const SaeParams& params, const SaeBatch& batch, const SaeMoment& moment,
                        SaeParams& grads) const override;
  Dictionary dictionary(const SaeParams& params, const SaeBatch& seen) const override;
  bool reads_rows() const override { return static_cast<bool>(sae_.fidelity); }

 private:
  struct Worth {
    double value, squares;  // squares: Σ_b ‖e‖²
    at::Tensor slope_BD;    // of the value in x̂
  };
  // `said_BD` is x̂ without its bias, and is overwritten; gives b_dec its gradient by x̂.
  Worth worth_of(at::Tensor& said_BD, const SaeParams& params, const SaeBatch& batch,
                 SaeParams& grads) const;
  // What follows from the codes: written into `grads` are all gradients but the norms' share of W_dec's and
  // the encoder's share of b_dec's. penalty and atom_pull_M are left out at q = 1.
  struct Passed {
    Worth worth;
    double penalty = 0;      // Σ over samples and latents, before λ
    at::Tensor atom_pull_M;  // Σ_b c·∂penalty/∂u
  };
  // By products of matrices; or, at q = 1 and without `fidelity`, by lists of the codes that fire, which costs
  // what these cost. Both sum in other orders. `share` is λ/B.
  Passed through_products(const SaeParams& params, const SaeBatch& batch, const at::Tensor& x_BD,
                          const at::Tensor& codes_BM, const at::Tensor& norm_M, double share,
                          double q, SaeParams& grads) const;
  Passed through_lists(const SaeParams& params, const SaeBatch& batch, const at::Tensor& x_BD,
                       const at::Tensor& codes_BM, const at::Tensor& norm_M, double share,
                       SaeParams& grads) const;
  double exponent(const SaeMoment& moment) const;

  ReluSae sae_;
};

}  // namespace lab
