// The law of a feature's value, given that the feature is present.
#pragma once

#include <cstdint>
#include <variant>

#include "lab/core/fields.h"
#include "lab/core/rng.h"

namespace lab {

struct ConstantMagnitude {
  static constexpr const char* name = "constant";
  static constexpr const char* doc = "always the same value";
  static constexpr std::int64_t revision = 1;
  double value = 1;
  void fields(Fields& f) {
    f("value", value, any(), "the value; not 0");
    f.require(value != 0, "value", "must not be 0");
  }
};

struct UniformMagnitude {
  static constexpr const char* name = "uniform";
  static constexpr const char* doc = "uniform over (low, high]";
  static constexpr std::int64_t revision = 1;
  double low = 0;
  double high = 1;
  void fields(Fields& f) {
    f("low", low, any(), "lower bound, not reached");
    f("high", high, any(), "upper bound; above low");
    f.require(low < high, "high", "must be above low");
  }
};

struct NormalMagnitude {
  static constexpr const char* name = "normal";
  static constexpr const char* doc = "normal with this mean and standard deviation";
  static constexpr std::int64_t revision = 1;
  double mean = 1;
  double sd = 0.05;
  bool folded = false;
  void fields(Fields& f) {
    f("mean", mean, any(), "mean, before folding");
    f("sd", sd, above(0), "standard deviation, before folding");
    f("folded", folded, any(), "take the absolute value");
  }
};

struct ExponentialMagnitude {
  static constexpr const char* name = "exponential";
  static constexpr const char* doc = "exponential with this mean";
  static constexpr std::int64_t revision = 1;
  double mean = 1;
  void fields(Fields& f) { f("mean", mean, above(0), "mean"); }
};

struct Magnitude {
  static constexpr const char* room = "magnitudes";
  std::variant<ConstantMagnitude, UniformMagnitude, NormalMagnitude, ExponentialMagnitude> kind;
  void fields(Fields& f) { f.kind(kind); }
};

// One value; 0 only with probability 0.
double draw_magnitude(const Magnitude& law, Words& words);

}  // namespace lab
