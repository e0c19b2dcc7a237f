// What spade minimises; its formulas stand in spade.h.
#pragma once

#include "lab/decomposers/sae_objective.h"
#include "lab/decomposers/spade.h"

namespace lab {

// W_enc holds the prototypes; `more`: log λ, [1]. b_enc and b_dec are not used. `differentiate` is written by hand.
class SpadeObjective : public SaeObjective {
 public:
  explicit SpadeObjective(const Spade& config) : config_(config) {}

  at::Tensor codes(const SaeParams& params, const at::Tensor& in_BD) const override;
  at::Tensor loss(const SaeParams& params, const SaeBatch& batch,
                  const SaeMoment& moment) const override;
  SaeStep differentiate(const SaeParams& params, const SaeBatch& batch, const SaeMoment& moment,
                        SaeParams& grads) const override;
  Dictionary dictionary(const SaeParams& params, const SaeBatch& seen) const override;
  std::vector<at::Tensor> own_params(const SaeParams& start) const override;

 private:
  Spade config_;
};

}  // namespace lab
