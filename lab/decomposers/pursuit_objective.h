// What matching_pursuit minimises; its formulas stand in matching_pursuit.h.
#pragma once

#include "lab/decomposers/sae_objective.h"

namespace lab {

// Uses W_dec and b_dec alone. `differentiate` is written by hand.
class PursuitObjective : public SaeObjective {
 public:
  explicit PursuitObjective(std::int64_t k) : k_(k) {}

  at::Tensor codes(const SaeParams& params, const at::Tensor& in_BD) const override;
  at::Tensor loss(const SaeParams& params, const SaeBatch& batch,
                  const SaeMoment& moment) const override;
  SaeStep differentiate(const SaeParams& params, const SaeBatch& batch, const SaeMoment& moment,
                        SaeParams& grads) const override;
  Dictionary dictionary(const SaeParams& params, const SaeBatch& seen) const override;
  bool learns_encoder() const override { return false; }

 private:
  std::int64_t k_;
};

}  // namespace lab
