// Sparse autoencoder with an unrolled encoder.
#pragma once

#include <cstdint>

#include "lab/core/fields.h"
#include "lab/decomposers/sae_config.h"

namespace lab {

struct FitData;
struct Fitted;

// With q = (x − b_dec) W_enc + b_enc: codes start as ReLU(q), and `rounds` times become ReLU(q + codes·S). W_enc, b_enc, S
// and the atoms are trained with the loss of relu_l1. At the start the rounds are those of ISTA for the atoms:
// W_enc = atomsᵀ/L, S = I − atoms·atomsᵀ/L, b_enc = −l1·init_norm/(2L), L the largest eigenvalue of atoms·atomsᵀ.
struct Lista {
  static constexpr const char* name = "lista";
  static constexpr const char* doc =
      "sparse autoencoder whose encoder is a few trained rounds of shrinkage (LISTA; Gregor & "
      "LeCun 2010)";
  static constexpr std::int64_t revision = 1;
  double l1 = 0.1;
  double l1_warmup = 0.05;
  std::int64_t rounds = 2;
  SaeSettings sae;

  void fields(Fields& f) {
    f("l1", l1, at_least(0), "penalty per unit of code, in units of activation");
    f("l1_warmup", l1_warmup, between(0, 1),
      "share of the steps in which l1 rises linearly from 0");
    f("rounds", rounds, at_least(1), "rounds after the first shrinkage");
    sae.fields(f, {.encoder = false, .skip = false, .auxiliary = false, .target = true});
    f.require(l1 > 0 || std::holds_alternative<NoTarget>(sae.target.kind), "l1",
              "must be above 0 for a target to steer it");
  }
};

// Throws InputError for a transcoder.
Fitted fit_lista(const Lista& config, const FitData& data, std::int64_t seed);

}  // namespace lab
