// What gated minimises; its formulas stand in gated.h.
#pragma once

#include "lab/decomposers/gated.h"
#include "lab/decomposers/sae_parts.h"

namespace lab {

// b_enc of the parameters is b_gate; more_M: r_mag, b_mag. `differentiate` is written by hand.
class GatedObjective : public SaeObjective {
 public:
  GatedObjective(const Gated& config, const SaeCommon& common) : config_(config), common_(common) {}

  std::vector<double> fresh_more() const override { return {0, 0}; }
  at::Tensor codes(const SaeParams& params, const at::Tensor& in_BD) const override;
  at::Tensor reconstruction(const SaeParams& params, const at::Tensor& in_BD) const override;
  at::Tensor loss(const SaeParams& params, const SaeBatch& batch,
                  const SaeMoment& moment) const override;
  SaeStep differentiate(const SaeParams& params, const SaeBatch& batch, const SaeMoment& moment,
                        SaeParams& grads) const override;
  Dictionary dictionary(const SaeParams& params, const SaeBatch& seen) const override;

 private:
  double l1_at(double progress) const;

  Gated config_;
  SaeCommon common_;
};

}  // namespace lab
