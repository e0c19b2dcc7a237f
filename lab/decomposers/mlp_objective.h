// What mlp_encoder minimises; its formulas stand in mlp_encoder.h.
#pragma once

#include <cstdint>

#include "lab/decomposers/sae_parts.h"

namespace lab {

struct MlpSae {
  double l1 = 0;
  double l1_warmup = 0;  // share of the steps in which l1 rises linearly from 0
  std::int64_t hidden = 1;
  std::int64_t seed = 0;  // of the encoder's start
  SaeCommon common;
};

// `more` of the parameters: W_in [H, D], b_in [H], W_out [M, H], b_out [M]; W_enc and b_enc are unused.
// `differentiate` is written by hand.
class MlpObjective : public SaeObjective {
 public:
  explicit MlpObjective(const MlpSae& sae) : sae_(sae) {}

  at::Tensor codes(const SaeParams& params, const at::Tensor& in_BD) const override;
  at::Tensor loss(const SaeParams& params, const SaeBatch& batch,
                  const SaeMoment& moment) const override;
  SaeStep differentiate(const SaeParams& params, const SaeBatch& batch, const SaeMoment& moment,
                        SaeParams& grads) const override;
  Dictionary dictionary(const SaeParams& params, const SaeBatch& seen) const override;
  std::vector<at::Tensor> own_params(const SaeParams& start) const override;
  bool learns_encoder() const override { return false; }

 private:
  MlpEncoder encoder(const SaeParams& params) const;

  MlpSae sae_;
};

}  // namespace lab
