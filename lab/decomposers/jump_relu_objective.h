// What jump_relu minimises; its formulas stand in jump_relu.h.
#pragma once

#include "lab/decomposers/jump_relu.h"
#include "lab/decomposers/sae_parts.h"

namespace lab {

// more_M of the parameters: log θ. `differentiate` is written by hand.
class JumpReluObjective : public SaeObjective {
 public:
  JumpReluObjective(const JumpRelu& config, const SaeCommon& common)
      : config_(config), common_(common) {}

  std::vector<double> fresh_more() const override;
  at::Tensor codes(const SaeParams& params, const at::Tensor& in_BD) const override;
  at::Tensor reconstruction(const SaeParams& params, const at::Tensor& in_BD) const override;
  at::Tensor loss(const SaeParams& params, const SaeBatch& batch,
                  const SaeMoment& moment) const override;
  SaeStep differentiate(const SaeParams& params, const SaeBatch& batch, const SaeMoment& moment,
                        SaeParams& grads) const override;
  Dictionary dictionary(const SaeParams& params, const SaeBatch& seen) const override;

 private:
  double sparsity_at(double progress) const;

  JumpRelu config_;
  SaeCommon common_;
};

}  // namespace lab
