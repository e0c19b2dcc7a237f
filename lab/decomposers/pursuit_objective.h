// What matching_pursuit minimises; its formulas stand in matching_pursuit.h.
#pragma once

#include "lab/decomposers/matching_pursuit.h"
#include "lab/decomposers/sae_objective.h"

namespace lab {

// Uses W_dec and b_dec alone. `differentiate` is written by hand.
class PursuitObjective : public SaeObjective {
 public:
  explicit PursuitObjective(const MatchingPursuit& config) : config_(config) {}

  at::Tensor codes(const SaeParams& params, const at::Tensor& in_BD) const override;
  at::Tensor loss(const SaeParams& params, const SaeBatch& batch,
                  const SaeMoment& moment) const override;
  SaeStep differentiate(const SaeParams& params, const SaeBatch& batch, const SaeMoment& moment,
                        SaeParams& grads) const override;
  Dictionary dictionary(const SaeParams& params, const SaeBatch& seen) const override;
  bool learns_encoder() const override { return false; }

 private:
  MatchingPursuitEncoder encoder(const SaeParams& params) const;

  MatchingPursuit config_;
};

}  // namespace lab
