// Sparse autoencoder with ReLU codes and an L1 penalty.
#pragma once

#include <cstdint>

#include "lab/core/fields.h"
#include "lab/decomposers/sae_config.h"

namespace lab {

struct FitData;
struct Fitted;

// codes = ReLU((x − b_dec) W_enc + b_enc);
// loss = mean over the batch of [ Σ_d (x − x̂)² + l1 · Σ_i c_i ‖w_i‖ ], w_i the atoms.
// Bricken et al. 2023 keep ‖w_i‖ = 1 (unit_norm_decoder); Conerly et al. 2024 leave the norms free.
// Nothing is divided by D or M and inputs are not rescaled, so that one feature that lies alone on
// an atom loses l1/2 of its length, whatever the width.
struct ReluL1 {
  static constexpr const char* name = "relu_l1";
  static constexpr const char* doc =
      "ReLU sparse autoencoder with an L1 penalty (Bricken et al. 2023; Conerly et al. 2024)";
  static constexpr std::int64_t revision = 1;
  double l1 = 0.1;
  double l1_warmup = 0.05;
  SaeSettings sae{.unit_norm_decoder = false, .init_norm = 0.1};  // Conerly et al. 2024

  void fields(Fields& f) {
    f("l1", l1, at_least(0), "penalty per unit of code, in units of activation");
    f("l1_warmup", l1_warmup, between(0, 1),
      "share of the steps in which l1 rises linearly from 0 (Conerly et al. 2024: 0.05)");
    sae.fields(f);
  }
};

Fitted fit_relu_l1(const ReluL1& config, const FitData& data, std::int64_t seed);

}  // namespace lab
