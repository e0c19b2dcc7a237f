// What gated minimises; its formulas stand in gated.h.
#pragma once

#include "lab/decomposers/gated.h"
#include "lab/decomposers/sae_parts.h"

namespace lab {

// b_enc of the parameters is b_gate; `more`: r_mag and b_mag, [M]. `differentiate` is written by hand.
class GatedObjective : public SaeObjective {
 public:
  GatedObjective(const Gated& config, const SaeCommon& common) : config_(config), common_(common) {}

  at::Tensor codes(const SaeParams& params, const at::Tensor& in_BD) const override;
  at::Tensor loss(const SaeParams& params, const SaeBatch& batch,
                  const SaeMoment& moment) const override;
  SaeStep differentiate(const SaeParams& params, const SaeBatch& batch, const SaeMoment& moment,
                        SaeParams& grads) const override;
  Dictionary dictionary(const SaeParams& params, const SaeBatch& seen) const override;
  std::vector<at::Tensor> own_params(const SaeParams& start) const override;
  void restart(SaeParams& params, const at::Tensor& latents_K) const override;

 private:
  GatedEncoder encoder(const SaeParams& params) const;

  Gated config_;
  SaeCommon common_;
};

}  // namespace lab
