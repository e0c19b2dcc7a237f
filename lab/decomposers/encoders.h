// Encoders for atoms that are given: how codes are found when the dictionary is fixed.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "lab/core/fields.h"
#include "lab/decomposers/sae_config.h"

namespace lab {

struct FitData;
struct Fitted;

struct LinearCodes {
  static constexpr const char* name = "linear";
  static constexpr const char* doc = "least-squares codes by the pseudo-inverse; signed and dense";
  static constexpr std::int64_t revision = 1;
  void fields(Fields&) {}
};

struct ReluCodes {
  static constexpr const char* name = "relu";
  static constexpr const char* doc = "ReLU of the projections x·w/‖w‖²";
  static constexpr std::int64_t revision = 1;
  void fields(Fields&) {}
};

struct TopCodes {
  static constexpr const char* name = "topk";
  static constexpr const char* doc = "ReLU of the k largest projections x·w/‖w‖²";
  static constexpr std::int64_t revision = 1;
  std::int64_t k = 4;
  void fields(Fields& f) { f("k", k, at_least(1), "most latents that fire per sample"); }
};

struct Top1Codes {
  static constexpr const char* name = "top1";
  static constexpr const char* doc = "the largest projection x·w/‖w‖² alone, when positive";
  static constexpr std::int64_t revision = 1;
  void fields(Fields&) {}
};

struct NonNegativeCodes {
  static constexpr const char* name = "nnls";
  static constexpr const char* doc =
      "exact non-negative least squares (Lawson and Hanson 1974); with atoms truth, coordinates of "
      "wide features may be negative";
  static constexpr std::int64_t revision = 2;
  double l1 = 0;
  void fields(Fields& f) {
    f("l1", l1, at_least(0),
      "penalty per unit of code times the atom's norm (the lasso); a small one chooses, of codes "
      "that reconstruct equally well, those of least sum",
      Legacy{"0.0"});
  }
};

struct PursuitCodes {
  static constexpr const char* name = "omp";
  static constexpr const char* doc =
      "orthogonal matching pursuit (Pati et al. 1993); codes may be negative";
  static constexpr std::int64_t revision = 1;
  std::int64_t k = 4;
  void fields(Fields& f) { f("k", k, at_least(1), "most atoms chosen per sample"); }
};

struct FistaCodes {
  static constexpr const char* name = "fista";
  static constexpr const char* doc =
      "the codes of nnls with a penalty, by accelerated proximal gradient (Beck and Teboulle "
      "2009): for large "
      "dictionaries";
  static constexpr std::int64_t revision = 1;
  double l1 = 0.1;
  std::int64_t iterations = 200;
  void fields(Fields& f) {
    f("l1", l1, at_least(0), "penalty per unit of code times the atom's norm");
    f("iterations", iterations, between(1, 1 << 20), "steps; few of them leave codes dense");
  }
};

// An encoder trained for the given atoms with the loss of relu_l1 (with `hidden`: that of mlp_encoder), or with that of topk. Atoms stay as they are, and so
// does the decoder bias: with random atoms that is the frozen decoder of Korznikov et al. 2026 (arXiv 2602.14111).
struct TrainedCodes {
  static constexpr const char* name = "trained";
  static constexpr const char* doc =
      "an encoder trained for the atoms, which stay: ReLU with an L1 penalty, also behind a hidden "
      "layer, or TopK";
  static constexpr std::int64_t revision = 2;
  double l1 = 0.1;
  std::optional<std::int64_t> k;
  std::int64_t hidden = 0;
  std::string bias = "given";
  std::int64_t steps = 2000;
  std::int64_t batch = 256;
  std::optional<std::int64_t> train_samples;
  OptimizerConfig optimizer{.lr = 3e-3};
  ScheduleConfig schedule;
  void fields(Fields& f) {
    f("l1", l1, at_least(0), "penalty per unit of code times the atom's norm; without k alone");
    f("k", k, at_least(1), "TopK: most latents that fire per sample; none: ReLU with l1",
      Legacy{"null"});
    f("hidden", hidden, at_least(0), "neurons of a hidden layer of the encoder; 0: no such layer",
      Legacy{"0"});
    f.require(!k || hidden == 0, "hidden", "must be 0 with k");
    f("bias", bias, one_of({"given", "mean"}),
      "decoder bias: that of the atoms (0 where nothing says it), or the mean of 8192 fit samples",
      Legacy{"\"given\""});
    f("steps", steps, at_least(1), "optimiser steps");
    f("batch", batch, at_least(1), "samples per step");
    train_samples_field(f, train_samples, batch);
    f("optimizer", optimizer, any(), "update rule and learning rate");
    f("schedule", schedule, any(), "how the learning rate changes over the steps");
  }
};

struct EncoderConfig {
  static constexpr const char* room = "encoders";
  std::variant<NonNegativeCodes, LinearCodes, ReluCodes, TopCodes, Top1Codes, PursuitCodes,
               TrainedCodes, FistaCodes>
      kind;
  void fields(Fields& f) { f.kind(kind); }
};

// The atoms, and what belongs to them.
struct GivenAtoms {
  at::Tensor atoms_MD;
  at::Tensor offset_D;       // that decoding adds, and encoding takes away first
  at::Tensor either_sign_M;  // bool: latents whose codes may be negative; undefined: none
};

// A dictionary of these atoms. Its record has a table "steps" when the encoder is trained. Throws InputError when more
// atoms are asked for than there are.
Fitted with_encoder(const EncoderConfig& config, const GivenAtoms& given, const FitData& data,
                    std::int64_t seed);

}  // namespace lab
