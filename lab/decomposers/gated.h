// Gated sparse autoencoder.
#pragma once

#include <cstdint>

#include "lab/core/fields.h"
#include "lab/decomposers/sae_config.h"

namespace lab {

struct FitData;
struct Fitted;

// With u = (x − b_dec) W_enc: a gate π = u + b_gate says whether a latent fires, a magnitude
// ReLU(u·exp(r_mag) + b_mag) how much; codes = magnitude where π > 0, else 0. Loss = mean over the batch of
//   Σ_d (x − x̂)² + l1 · Σ_i ReLU(π_i) ‖w_i‖ + Σ_d (x − ReLU(π) W_dec − b_dec)²,
// in the last term with W_dec and the added b_dec as constants: it alone teaches the gate to reconstruct, and the penalty
// does not shrink the codes (Rajamanoharan et al. 2024, eqs. 6 to 9).
struct Gated {
  static constexpr const char* name = "gated";
  static constexpr const char* doc =
      "gated sparse autoencoder: what fires and how much are decided apart (Rajamanoharan et al. "
      "2024, arXiv 2404.16014)";
  static constexpr std::int64_t revision = 2;
  double l1 = 0.1;
  double l1_warmup = 0.05;
  SaeSettings sae;

  void fields(Fields& f) {
    f("l1", l1, at_least(0), "penalty per unit of gate, in units of activation");
    f("l1_warmup", l1_warmup, between(0, 1),
      "share of the steps in which l1 rises linearly from 0");
    sae.fields(f, {.auxiliary = false, .target = true});
    f.require(l1 > 0 || std::holds_alternative<NoTarget>(sae.target.kind), "l1",
              "must be above 0 for a target to steer it");
  }
};

Fitted fit_gated(const Gated& config, const FitData& data, std::int64_t seed);

}  // namespace lab
