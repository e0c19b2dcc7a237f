// What lista minimises; its formulas stand in lista.h.
#pragma once

#include "lab/decomposers/lista.h"
#include "lab/decomposers/sae_parts.h"

namespace lab {

// `more` of the parameters: S, [M, M]. `differentiate` is written by hand.
class ListaObjective : public SaeObjective {
 public:
  ListaObjective(const Lista& config, const SaeCommon& common) : config_(config), common_(common) {}

  at::Tensor codes(const SaeParams& params, const at::Tensor& in_BD) const override;
  at::Tensor loss(const SaeParams& params, const SaeBatch& batch,
                  const SaeMoment& moment) const override;
  SaeStep differentiate(const SaeParams& params, const SaeBatch& batch, const SaeMoment& moment,
                        SaeParams& grads) const override;
  Dictionary dictionary(const SaeParams& params, const SaeBatch& seen) const override;
  std::vector<at::Tensor> own_params(const SaeParams& start) const override;
  void restart(SaeParams& params, const at::Tensor& latents_K) const override;

 private:
  ListaEncoder encoder(const SaeParams& params) const;

  Lista config_;
  SaeCommon common_;
};

}  // namespace lab
