// What block_topk minimises; its formulas stand in block_topk.h.
#pragma once

#include "lab/decomposers/block_topk.h"
#include "lab/decomposers/sae_parts.h"

namespace lab {

// `differentiate` is written by hand and costs what active blocks cost, beside the encoder's product.
class BlockTopKObjective : public SaeObjective {
 public:
  BlockTopKObjective(std::int64_t k, std::int64_t block, const SaeCommon& common)
      : k_(k), block_(block), common_(common) {}

  at::Tensor codes(const SaeParams& params, const at::Tensor& in_BD) const override;
  at::Tensor loss(const SaeParams& params, const SaeBatch& batch,
                  const SaeMoment& moment) const override;
  SaeStep differentiate(const SaeParams& params, const SaeBatch& batch, const SaeMoment& moment,
                        SaeParams& grads) const override;
  Dictionary dictionary(const SaeParams& params, const SaeBatch& seen) const override;

 private:
  std::int64_t k_, block_;
  SaeCommon common_;
};

}  // namespace lab
