// The settings that all trained sparse autoencoders share. sae_training.h says what they do.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "lab/core/fields.h"
#include "lab/tensors/optimizer.h"

namespace lab {

// What is done about latents that fire no more. A latent is dead when it has not fired in the last
// `after` steps.

struct LeaveDead {
  static constexpr const char* name = "none";
  static constexpr const char* doc = "dead latents are left alone";
  static constexpr std::int64_t revision = 1;
  void fields(Fields&) {}
};

struct Resample {
  static constexpr const char* name = "resample";
  static constexpr const char* doc =
      "dead latents restart at samples of high loss (Bricken et al. 2023, appendix: resampling)";
  static constexpr std::int64_t revision = 1;
  std::int64_t after = 200;
  std::int64_t every = 500;
  double until = 0.8;
  void fields(Fields& f) {
    f("after", after, at_least(1), "steps without firing after which a latent is dead");
    f("every", every, at_least(1), "steps between two rounds of resampling");
    f("until", until, between(0, 1), "share of the steps after which no latent is resampled");
  }
};

struct AuxiliaryLoss {
  static constexpr const char* name = "auxiliary";
  static constexpr const char* doc =
      "dead latents learn to reconstruct the residual (AuxK; Gao et al. 2024, arXiv 2406.04093, "
      "A.2)";
  static constexpr std::int64_t revision = 1;
  std::int64_t after = 200;
  std::optional<std::int64_t> k;
  double weight = 1.0 / 32;
  void fields(Fields& f) {
    f("after", after, at_least(1), "steps without firing after which a latent is dead");
    f("k", k, at_least(1), "dead latents used per sample (default: half of the activation width)");
    f("weight", weight, at_least(0), "coefficient of the auxiliary loss");
  }
};

struct DeadConfig {
  static constexpr const char* room = "dead_latents";
  std::variant<LeaveDead, Resample, AuxiliaryLoss> kind;
  void fields(Fields& f) { f.kind(kind); }
};

struct SaeSettings {
  std::int64_t latents = 64;
  std::int64_t steps = 2000;
  std::int64_t batch = 256;
  OptimizerConfig optimizer{.lr = 3e-3};
  ScheduleConfig schedule;
  bool unit_norm_decoder = true;
  double init_norm = 1;
  std::string bias_init = "mean";
  bool input_bias = true;
  DeadConfig dead;
  std::int64_t log_every = 100;

  void fields(Fields& f) {
    f("latents", latents, at_least(1), "latents of the dictionary, M");
    f("steps", steps, at_least(1), "optimiser steps");
    f("batch", batch, at_least(1), "samples per step");
    f("optimizer", optimizer, any(), "update rule and learning rate");
    f("schedule", schedule, any(), "how the learning rate changes over the steps");
    f("unit_norm_decoder", unit_norm_decoder, any(),
      "atoms keep norm 1: gradients are projected and atoms renormalised (Bricken et al. 2023)");
    f("init_norm", init_norm, above(0),
      "norm of the random atoms at the start; the encoder starts as their transpose");
    f("bias_init", bias_init, one_of({"zero", "mean", "geometric_median"}),
      "decoder bias at the start, over the first fit samples");
    f("input_bias", input_bias, any(), "the decoder bias is subtracted from the input first");
    f("dead", dead, any(), "what is done about latents that fire no more");
    f("log_every", log_every, at_least(1), "steps between two rows of the table of steps");
    f.require(!unit_norm_decoder || init_norm == 1, "init_norm",
              "must be 1 when unit_norm_decoder is true");
  }
};

}  // namespace lab
