// JumpReLU sparse autoencoder.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "lab/core/fields.h"
#include "lab/decomposers/sae_config.h"

namespace lab {

struct FitData;
struct Fitted;

// codes = p·H(p − θ), p = (x − b_dec) W_enc + b_enc, θ = exp(trained), H the step. Loss = mean over the batch of
//   Σ_d (x − x̂)² + λ·S,   λ = sparsity · min(1, progress/warmup)
//   step:  S = Σ_i H(p_i − θ_i), the number that fire; with an l0_target T: S = (mean of that over the batch / T − 1)²
//   tanh:  S = Σ_i tanh(c_i ‖w_i‖/scale)  (Anthropic, January 2025 update, with JumpReLU codes)
// A step has no slope: in the backward pass dH(u)/du is K(u) = 1/bandwidth for |u| < bandwidth/2, else 0, where θ is
// concerned, so that ∂c/∂θ = −θ K(p − θ) and ∂H/∂θ = −K(p − θ); p feels H as a constant (Rajamanoharan et al. 2024,
// eqs. 11 and 12).
struct JumpRelu {
  static constexpr const char* name = "jump_relu";
  static constexpr const char* doc =
      "JumpReLU sparse autoencoder: a trained threshold a latent, and a penalty on how many fire "
      "(Rajamanoharan et al. 2024, arXiv 2407.14435)";
  static constexpr std::int64_t revision = 2;
  double sparsity = 0.1;
  double warmup = 0.05;
  std::string penalty = "step";
  std::optional<double> l0_target;
  double scale = 1;
  double threshold = 0.1;
  double bandwidth = 0.1;
  SaeSettings sae;

  void fields(Fields& f) {
    f("sparsity", sparsity, at_least(0), "λ, in units of squared activation");
    f("warmup", warmup, between(0, 1), "share of the steps in which λ rises linearly from 0");
    f("penalty", penalty, one_of({"step", "tanh"}),
      "what is penalised: how many fire, or tanh of how much");
    f("l0_target", l0_target, above(0),
      "step: latents per sample that are aimed at; none: as few as λ makes");
    f("scale", scale, above(0), "tanh: activation at which it bends");
    f("threshold", threshold, above(0), "threshold of all latents at the start, in units of code");
    f("bandwidth", bandwidth, above(0), "width about the threshold in which it feels a slope");
    sae.fields(f, {.target = true});
    f.require(sparsity > 0 || std::holds_alternative<NoTarget>(sae.target.kind), "sparsity",
              "must be above 0 for a target to steer it");
    f.require(!l0_target || std::holds_alternative<NoTarget>(sae.target.kind), "target",
              "must be none when l0_target is given: both would steer");
    f.require(penalty == "step" || !l0_target.has_value(), "l0_target", "must be none for tanh");
  }
};

Fitted fit_jump_relu(const JumpRelu& config, const FitData& data, std::int64_t seed);

}  // namespace lab
