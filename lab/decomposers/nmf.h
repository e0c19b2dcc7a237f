// Non-negative matrix factorisation as a dictionary.
#pragma once

#include <cstdint>

#include "lab/core/fields.h"

namespace lab {

struct FitData;
struct Fitted;

// x ≈ codes · atoms with both not negative, by hierarchical alternating least squares (Cichocki & Phan 2009: each
// atom and each latent's codes in turn are the best there are for the others), from random atoms; atoms have norm 1.
// Codes of new samples are exact non-negative least squares. For activations that are not negative (behind a ReLU).
struct Nmf {
  static constexpr const char* name = "nmf";
  static constexpr const char* doc =
      "non-negative matrix factorisation by alternating least squares (HALS)";
  static constexpr std::int64_t revision = 1;
  std::int64_t latents = 64;
  std::int64_t samples = 8192;
  std::int64_t rounds = 200;

  void fields(Fields& f) {
    f("latents", latents, at_least(1), "latents of the dictionary, M");
    f("samples", samples, at_least(1), "fit samples");
    f("rounds", rounds, at_least(1), "rounds over all atoms and codes");
  }
};

// Throws Failure where an activation is negative, InputError for a transcoder.
Fitted fit_nmf(const Nmf& config, const FitData& data, std::int64_t seed);

}  // namespace lab
