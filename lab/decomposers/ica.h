// Independent components as a dictionary.
#pragma once

#include <cstdint>
#include <optional>

#include "lab/core/fields.h"

namespace lab {

struct FitData;
struct Fitted;

// FastICA (Hyvärinen 1999, "Fast and robust fixed-point algorithms for independent component analysis"), all
// components at once with symmetric decorrelation and the contrast log cosh, on samples whitened by their principal
// components: x − mean = s · atoms, where the sources s have variance 1. Components are in the order of falling
// variance that they explain, each with the sign that makes its entry of largest size positive; codes are the sources,
// signed and dense. Ends when no direction turns by more than `tolerance` in a step (1 − |cosine|), or after `steps`,
// which the record's score "converged" tells.
struct Ica {
  static constexpr const char* name = "ica";
  static constexpr const char* doc = "independent components by FastICA: signed codes";
  static constexpr std::int64_t revision = 1;
  std::optional<std::int64_t> components;
  std::int64_t samples = 16384;
  std::int64_t steps = 400;
  double tolerance = 1e-5;

  void fields(Fields& f) {
    f("components", components, at_least(1),
      "components (default: the dimensions in which the activations vary)");
    f("samples", samples, at_least(2), "fit samples");
    f("steps", steps, at_least(1), "most steps");
    f("tolerance", tolerance, above(0), "turn of a direction in a step that ends it");
  }
};

// Throws InputError when more components are asked for than the activations have dimensions, or for a transcoder.
Fitted fit_ica(const Ica& config, const FitData& data, std::int64_t seed);

}  // namespace lab
