// The settings that all trained sparse autoencoders share. sae_training.h says what they do.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

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

struct Reinitialise {
  static constexpr const char* name = "reinitialise";
  static constexpr const char* doc =
      "dead latents restart in random directions, as all latents did at the start";
  static constexpr std::int64_t revision = 1;
  std::int64_t after = 200;
  std::int64_t every = 500;
  double until = 0.8;
  void fields(Fields& f) {
    f("after", after, at_least(1), "steps without firing after which a latent is dead");
    f("every", every, at_least(1), "steps between two rounds");
    f("until", until, between(0, 1), "share of the steps after which no latent restarts");
  }
};

struct DeadConfig {
  static constexpr const char* room = "dead_latents";
  std::variant<LeaveDead, Resample, AuxiliaryLoss, Reinitialise> kind;
  void fields(Fields& f) { f.kind(kind); }
};

// Families with a sparsity coefficient can have it steered to a target: after each step its logarithm moves
// by rate·log(measured / target), at most by `rate`, where `measured` is an average over the last 50 steps or so
// (for fvu with the opposite sign). The configured coefficient is where it starts.

struct NoTarget {
  static constexpr const char* name = "none";
  static constexpr const char* doc = "the sparsity coefficient stays as configured";
  static constexpr std::int64_t revision = 1;
  void fields(Fields&) {}
};

struct L0Target {
  static constexpr const char* name = "l0";
  static constexpr const char* doc =
      "the sparsity coefficient is steered to a number of latents per sample";
  static constexpr std::int64_t revision = 1;
  double l0 = 4;
  double rate = 0.01;
  void fields(Fields& f) {
    f("l0", l0, above(0), "mean number of latents that shall fire per sample");
    f("rate", rate, above(0).below(1), "how far the coefficient's logarithm moves a step");
  }
};

struct FvuTarget {
  static constexpr const char* name = "fvu";
  static constexpr const char* doc =
      "the sparsity coefficient is steered to a share of variance that is left unexplained";
  static constexpr std::int64_t revision = 1;
  double fvu = 0.1;
  double rate = 0.01;
  void fields(Fields& f) {
    f("fvu", fvu, above(0).below(1), "fraction of variance unexplained that shall be reached");
    f("rate", rate, above(0).below(1), "how far the coefficient's logarithm moves a step");
  }
};

struct TargetConfig {
  static constexpr const char* room = "sparsity_targets";
  std::variant<NoTarget, L0Target, FvuTarget> kind;
  void fields(Fields& f) { f.kind(kind); }
};

// Which of the settings a family has.
struct SaeFields {
  bool encoder = true;  // encoder_init, tied
  bool atoms = true;    // unit_norm_decoder, atoms_init, init_noise, init_norm
  bool input_bias = true;
  bool normalise = true;
  bool skip = true;
  bool bias = true;  // decoder_bias, bias_init
  bool dead = true;
  bool auxiliary = true;  // dead may be auxiliary: there is something to learn from
  bool restart = true;    // dead may be resample or reinitialise: atoms are free
  bool device = true;
  bool target = false;  // families with a sparsity coefficient
};

// The field "train_samples" of what is trained in batches.
void train_samples_field(Fields& f, std::optional<std::int64_t>& train_samples, std::int64_t batch);

struct SaeSettings {
  std::int64_t latents = 64;
  std::int64_t steps = 2000;
  std::int64_t batch = 256;
  std::optional<std::int64_t> train_samples;
  OptimizerConfig optimizer{.lr = 3e-3};
  ScheduleConfig schedule;
  bool unit_norm_decoder = true;
  double init_norm = 1;
  std::string atoms_init = "random";
  double init_noise = 0;
  std::string encoder_init = "transpose";
  bool tied = false;
  bool decoder_bias = true;
  std::string bias_init = "mean";
  bool input_bias = true;
  std::string normalise = "none";
  bool skip = false;
  DeadConfig dead;
  TargetConfig target;
  std::optional<double> clip;
  double ema = 0;
  std::string device = "cpu";
  std::int64_t log_every = 100;
  std::vector<std::int64_t> checkpoints;

  void fields(Fields& f, const SaeFields& has = {});
};

// Throws InputError when LibTorch has not what `device` asks for.
void require_device(const SaeSettings& settings);

}  // namespace lab
