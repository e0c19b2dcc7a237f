// Sparse autoencoder whose encoder is a perceptron.
#pragma once

#include <cstdint>

#include "lab/core/fields.h"
#include "lab/decomposers/sae_config.h"

namespace lab {

struct FitData;
struct Fitted;

// With h = ReLU((x − b_dec) W_in + b_in) of `hidden` neurons: codes = ReLU(h W_out + b_out). The loss is that of relu_l1.
// At the start W_in, b_in, W_out and b_out are uniform in ±1/√fan-in.
struct MlpAutoencoder {
  static constexpr const char* name = "mlp_encoder";
  static constexpr const char* doc =
      "sparse autoencoder whose encoder has a hidden layer: how much do encoders of one step lose? "
      "(O'Neill et al. 2024, arXiv 2411.13117)";
  static constexpr std::int64_t revision = 1;
  double l1 = 0.1;
  double l1_warmup = 0.05;
  std::int64_t hidden = 128;
  SaeSettings sae;

  void fields(Fields& f) {
    f("l1", l1, at_least(0), "penalty per unit of code, in units of activation");
    f("l1_warmup", l1_warmup, between(0, 1),
      "share of the steps in which l1 rises linearly from 0");
    f("hidden", hidden, at_least(1), "neurons of the encoder's hidden layer");
    sae.fields(f, {.encoder = false, .dead = false, .target = true});
    f.require(l1 > 0 || std::holds_alternative<NoTarget>(sae.target.kind), "l1",
              "must be above 0 for a target to steer it");
  }
};

Fitted fit_mlp_encoder(const MlpAutoencoder& config, const FitData& data, std::int64_t seed);

}  // namespace lab
