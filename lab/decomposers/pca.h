// Principal components as a dictionary.
#pragma once

#include <cstdint>
#include <optional>

#include "lab/core/fields.h"

namespace lab {

struct FitData;
struct Fitted;

// Atoms are the principal components in the order of falling variance, each with the sign that
// makes its entry of largest size (the first such) positive; codes are signed projections of x −
// mean. Uses no seed.
struct Pca {
  static constexpr const char* name = "pca";
  static constexpr const char* doc = "principal components: orthonormal atoms, signed codes";
  static constexpr std::int64_t revision = 1;
  std::optional<std::int64_t> components;
  std::int64_t samples = 8192;

  void fields(Fields& f) {
    f("components", components, at_least(1), "components kept (default: the activation width)");
    f("samples", samples, at_least(2), "fit samples from which mean and components are computed");
  }
};

// Throws InputError when more components are asked for than the site is wide, or for a transcoder.
Fitted fit_pca(const Pca& config, const FitData& data);

}  // namespace lab
