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
// Nothing is divided by D or M, and inputs are not rescaled unless `normalise` asks for it, so that one feature that lies alone on
// an atom loses l1/2 of its length, whatever the width.
struct ReluL1 {
  static constexpr const char* name = "relu_l1";
  static constexpr const char* doc =
      "ReLU sparse autoencoder with an L1 penalty (Bricken et al. 2023; Conerly et al. 2024)";
  static constexpr std::int64_t revision = 3;
  double l1 = 0.1;
  double l1_warmup = 0.05;
  SaeSettings sae{.unit_norm_decoder = false, .init_norm = 0.1};  // Conerly et al. 2024

  void fields(Fields& f) {
    f("l1", l1, at_least(0), "penalty per unit of code, in units of activation");
    f("l1_warmup", l1_warmup, between(0, 1),
      "share of the steps in which l1 rises linearly from 0 (Conerly et al. 2024: 0.05)");
    sae.fields(f, {.target = true});
    f.require(l1 > 0 || std::holds_alternative<NoTarget>(sae.target.kind), "l1",
              "must be above 0 for a target to steer it");
  }
};

// The same with a penalty that turns, while training goes on, from Σ u_i into Σ ((u_i + ε)^q − ε^q), u_i = c_i ‖w_i‖,
// ε = 1e-3: q is 1 until `start` and then falls in a straight line to `power`. The paper keeps the penalty's size by a
// queue of past batches when q falls; here each batch's penalty is scaled to what it is at q = 1.
struct PAnneal {
  static constexpr const char* name = "p_anneal";
  static constexpr const char* doc =
      "ReLU sparse autoencoder with a penalty annealed from L1 to Lp (Karvonen et al. 2024, arXiv "
      "2408.00113)";
  static constexpr std::int64_t revision = 2;
  double sparsity = 0.1;
  double warmup = 0.05;
  double start = 0.2;
  double power = 0.2;
  SaeSettings sae;

  void fields(Fields& f) {
    f("sparsity", sparsity, at_least(0), "penalty per unit of code while q = 1");
    f("warmup", warmup, between(0, 1),
      "share of the steps in which the penalty rises linearly from 0");
    f("start", start, at_least(0).below(1), "share of the steps after which q falls from 1");
    f("power", power, above(0).below(1), "q at the end");
    sae.fields(f, {.target = true});
    f.require(sparsity > 0 || std::holds_alternative<NoTarget>(sae.target.kind), "sparsity",
              "must be above 0 for a target to steer it");
  }
};

Fitted fit_p_anneal(const PAnneal& config, const FitData& data, std::int64_t seed);
Fitted fit_relu_l1(const ReluL1& config, const FitData& data, std::int64_t seed);

}  // namespace lab
