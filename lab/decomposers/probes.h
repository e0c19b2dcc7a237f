// Probes as decomposers: a ceiling, since they are told the truth of every sample that they are fitted on.
#pragma once

#include <cstdint>

#include "lab/core/fields.h"

namespace lab {

struct FitData;
struct Fitted;

// Both read the input tap by one affine map, and both have as atoms and bias the least-squares decoder of
// their own codes (the activations of the output tap regressed on the codes), so that reconstruction is
// defined; an atom whose codes never vary is 0. They use no seed. What they get is the most that codes linear
// in the activations can say about the truth, not the most that any dictionary can.

// One latent a coordinate: what ridge regression says its value is. Codes are signed and dense, as the
// regression's are: cutting them at 0 would only hide half of what features take for others that lie near.
// Hence it stands beside the scores of values and directions, not those of firings. With more coordinates
// than dimensions codes depend on one another, and atoms are the decoder of least norm: where values have one
// variance and no correlation, the true vectors.
struct LinearProbe {
  static constexpr const char* name = "linear_probe";
  static constexpr const char* doc =
      "told the truth: every feature coordinate by ridge regression on the activations; signed "
      "codes";
  static constexpr std::int64_t revision = 1;
  std::int64_t samples = 8192;
  double ridge = 1e-6;

  void fields(Fields& f) {
    f("samples", samples, between(2, 10'000'000), "fit samples, with their values");
    f("ridge", ridge, at_least(0),
      "penalty of squared weights, in units of the activations' mean variance");
  }
};

// One latent a feature: ReLU of the log-odds that L2-regularised logistic regression gives to its presence,
// so that it fires where presence is more likely than not. How far it fires says how sure it is, not how
// large the value. A feature of several coordinates has one latent, which is present or not and has no place
// in its plane.
struct LogisticProbe {
  static constexpr const char* name = "logistic_probe";
  static constexpr const char* doc =
      "told the truth: every feature's presence by logistic regression; fires where it is likely";
  static constexpr std::int64_t revision = 1;
  std::int64_t samples = 8192;
  double l2 = 1e-4;

  void fields(Fields& f) {
    f("samples", samples, between(2, 10'000'000), "fit samples, with what is present in them");
    f("l2", l2, above(0),
      "penalty of half the squared weights, in units of the activations' mean variance");
  }
};

// Both hold all their samples at once: about 30·samples·(D + coordinates) bytes, float32 and the regression's
// float64. Both throw InputError when there are fewer samples than latents + 2, Failure when an activation is
// not finite.
Fitted fit_linear_probe(const LinearProbe& config, const FitData& data);
Fitted fit_logistic_probe(const LogisticProbe& config, const FitData& data);

}  // namespace lab
