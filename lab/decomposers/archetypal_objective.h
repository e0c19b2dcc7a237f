// What archetypal minimises; its formulas stand in archetypal.h.
#pragma once

#include "lab/decomposers/topk_objective.h"

namespace lab {

// `more` of the parameters: V [M, K], Λ [M, D] and m [1]; W_dec follows from them by `settle`. `differentiate` is
// written by hand.
class ArchetypalObjective : public SaeObjective {
 public:
  ArchetypalObjective(const TopKSae& topk, at::Tensor archetypes_KD, double relaxation,
                      std::int64_t seed)
      : topk_(topk),
        archetypes_KD_(std::move(archetypes_KD)),
        relaxation_(relaxation),
        seed_(seed) {}

  at::Tensor codes(const SaeParams& params, const at::Tensor& in_BD) const override;
  at::Tensor loss(const SaeParams& params, const SaeBatch& batch,
                  const SaeMoment& moment) const override;
  SaeStep differentiate(const SaeParams& params, const SaeBatch& batch, const SaeMoment& moment,
                        SaeParams& grads) const override;
  Dictionary dictionary(const SaeParams& params, const SaeBatch& seen) const override;
  std::vector<at::Tensor> own_params(const SaeParams& start) const override;
  bool learns_atoms() const override { return false; }
  void settle(SaeParams& params) const override;

 private:
  TopKObjective topk_;
  at::Tensor archetypes_KD_;
  double relaxation_;
  std::int64_t seed_;
};

}  // namespace lab
