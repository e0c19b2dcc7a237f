// The atoms of another decomposer, with codes found anew.
#pragma once

#include <cstdint>

#include "lab/core/boxed.h"
#include "lab/core/fields.h"
#include "lab/decomposers/encoders.h"

namespace lab {

struct DecomposerConfig;
struct Dictionary;
struct FitData;
struct Fitted;

// Inference-time optimisation: what did the atoms learn, and what does the encoder lose? Atoms, decoder bias
// and the normalisation of samples are the other dictionary's; codes come from `encoder`, whatever the
// other's were. The inner decomposer is the same stage as where it stands alone, and takes the run's seed
// unless it has one of its own.
struct Refit {
  static constexpr const char* name = "refit";
  static constexpr const char* doc =
      "another decomposer's atoms with codes found by an encoder: an SAE with inference-time "
      "optimisation (O'Neill "
      "et al. 2024, arXiv 2411.13117)";
  static constexpr std::int64_t revision = 1;
  Boxed<DecomposerConfig> decomposer;
  EncoderConfig encoder;

  void fields(Fields& f);
};

// The learned dictionary with the encoder in place of its own. `seed`, of an encoder with a random start, is that of
// the inner decomposer, or 0 where that uses none. Throws InputError for a transcoder, Failure when the learned dictionary has a skip connection, or when
// an encoder is to be trained for normalised samples.
Fitted refit(const Refit& config, const Dictionary& learned, const FitData& data,
             std::int64_t seed);

// The same, the inner decomposer being fitted first.
Fitted fit_refit(const Refit& config, const FitData& data, std::int64_t seed);

}  // namespace lab
