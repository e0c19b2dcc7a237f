// Dictionaries that are given and not learned: the oracle (atoms of the truth), random atoms, the
// neurons themselves, atoms of a placement, atoms from a file; each with a choice of encoder.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "lab/core/fields.h"
#include "lab/decomposers/sae_config.h"
#include "lab/placements/placement.h"

namespace lab {

struct FitData;
struct Fitted;
struct DecomposerConfig;

struct TruthAtoms {
  static constexpr const char* name = "truth";
  static constexpr const char* doc =
      "the subject's own directions and offset, one atom a coordinate: planted, or where nothing "
      "is "
      "planted estimated by least squares on 8192 fit samples";
  static constexpr std::int64_t revision = 1;
  void fields(Fields&) {}
};

struct RandomAtoms {
  static constexpr const char* name = "random";
  static constexpr const char* doc = "unit vectors in uniformly random directions";
  static constexpr std::int64_t revision = 1;
  std::int64_t latents = 64;
  void fields(Fields& f) { f("latents", latents, at_least(1), "number of atoms, M"); }
};

struct BasisAtoms {
  static constexpr const char* name = "basis";
  static constexpr const char* doc = "the unit vectors of the tap: its neurons";
  static constexpr std::int64_t revision = 1;
  void fields(Fields&) {}
};

// For a feature with rows u, v of the truth: atoms cos(2πi/n) u + sin(2πi/n) v, i = 0 … n−1.
struct RingAtoms {
  static constexpr const char* name = "ring";
  static constexpr const char* doc =
      "for each feature of two coordinates, vectors at equal angles in its plane of the truth";
  static constexpr std::int64_t revision = 1;
  std::int64_t latents = 8;
  void fields(Fields& f) { f("latents", latents, at_least(3), "number of atoms a feature, n"); }
};

struct PlacementAtoms {
  static constexpr const char* name = "placement";
  static constexpr const char* doc = "the vectors that a placement gives to the world's features";
  static constexpr std::int64_t revision = 1;
  PlacementConfig placement;
  void fields(Fields& f) { f("placement", placement, any(), "where the atoms lie"); }
};

struct FileAtoms {
  static constexpr const char* name = "file";
  static constexpr const char* doc = "atoms from a safetensors file";
  static constexpr std::int64_t revision = 1;
  std::string path;
  std::string sha256;
  void fields(Fields& f) {
    f("path", path, any(),
      "a safetensors file with the tensor \"atoms\" [M, D], float32 or float64");
    f("sha256", sha256, any(), "SHA-256 of the file in hex; filled in when empty, else checked");
  }
};

struct AtomsConfig {
  static constexpr const char* room = "atoms";
  std::variant<TruthAtoms, RandomAtoms, BasisAtoms, RingAtoms, PlacementAtoms, FileAtoms> kind;
  void fields(Fields& f) { f.kind(kind); }
};

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

// An encoder trained for the given atoms with the loss of relu_l1; atoms and decoder bias stay.
struct TrainedCodes {
  static constexpr const char* name = "trained";
  static constexpr const char* doc = "a ReLU encoder trained with an L1 penalty; the atoms stay";
  static constexpr std::int64_t revision = 1;
  double l1 = 0.1;
  std::int64_t steps = 2000;
  std::int64_t batch = 256;
  OptimizerConfig optimizer{.lr = 3e-3};
  ScheduleConfig schedule;
  void fields(Fields& f) {
    f("l1", l1, at_least(0), "penalty per unit of code times the atom's norm");
    f("steps", steps, at_least(1), "optimiser steps");
    f("batch", batch, at_least(1), "samples per step");
    f("optimizer", optimizer, any(), "update rule and learning rate");
    f("schedule", schedule, any(), "how the learning rate changes over the steps");
  }
};

struct EncoderConfig {
  static constexpr const char* room = "encoders";
  std::variant<NonNegativeCodes, LinearCodes, ReluCodes, TopCodes, Top1Codes, PursuitCodes,
               TrainedCodes>
      kind;
  void fields(Fields& f) { f.kind(kind); }
};

// The default is the oracle: what can be had when the truth is known. Non-negative least squares is
// the maximum-likelihood code for non-negative features under Gaussian noise.
struct Fixed {
  static constexpr const char* name = "fixed";
  static constexpr const char* doc =
      "given atoms with a choice of encoder: oracle, random, neurons, own";
  static constexpr std::int64_t revision = 1;
  AtomsConfig atoms;
  EncoderConfig encoder;

  void fields(Fields& f) {
    f("atoms", atoms, any(), "where the atoms come from");
    f("encoder", encoder, any(), "how codes are found for the atoms");
  }
};

// Throws InputError for a file that does not fit, or a ring where no feature has two coordinates.
Fitted fit_fixed(const Fixed& config, const FitData& data, std::int64_t seed);

// Reads the files that a decomposer is made of and puts the SHA-256 of their content into the
// config, so that it enters keys. Throws InputError when a file is unreadable or its content is not
// what the config says.
void resolve_files(DecomposerConfig& config);

}  // namespace lab
