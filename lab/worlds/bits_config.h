// How the input bits of a boolean world are drawn (circuits/samplers/inputs.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "circuits/samplers/inputs.h"
#include "lab/core/fields.h"

namespace lab {

struct UniformBits {
  static constexpr const char* name = "uniform";
  static constexpr const char* doc = "independent fair bits";
  static constexpr std::int64_t revision = 1;
  void fields(Fields&) {}
};

struct BiasedBits {
  static constexpr const char* name = "biased";
  static constexpr const char* doc = "independent bits, each 1 with the same probability";
  static constexpr std::int64_t revision = 1;
  double p = 0.1;
  void fields(Fields& f) { f("p", p, between(0, 1), "probability that a bit is 1"); }
};

struct AllBits {
  static constexpr const char* name = "all";
  static constexpr const char* doc =
      "all 2^n inputs in order, over and over: bit i of sample b is bit i of b; at most 24 inputs";
  static constexpr std::int64_t revision = 1;
  void fields(Fields&) {}
};

struct ProductBits {
  static constexpr const char* name = "product";
  static constexpr const char* doc = "independent bits, each with a probability of its own";
  static constexpr std::int64_t revision = 1;
  std::vector<double> p;
  void fields(Fields& f) {
    Check range = between(0, 1);
    range.required = true;
    f("p", p, range.items(1), "probability that bit i is 1, for every bit");
  }
};

struct ExactlyBits {
  static constexpr const char* name = "exactly";
  static constexpr const char* doc = "uniform over the inputs with exactly k ones";
  static constexpr std::int64_t revision = 1;
  std::int64_t k = 2;
  void fields(Fields& f) { f("k", k, at_least(0), "ones of every input"); }
};

struct AtMostBits {
  static constexpr const char* name = "at_most";
  static constexpr const char* doc =
      "uniform over the inputs with at most k ones; most have k or nearly k";
  static constexpr std::int64_t revision = 1;
  std::int64_t k = 2;
  void fields(Fields& f) { f("k", k, at_least(0), "most ones of an input"); }
};

struct PopcountBits {
  static constexpr const char* name = "popcount";
  static constexpr const char* doc =
      "the number of ones is uniform over 0 to n, or to most, then their places are";
  static constexpr std::int64_t revision = 1;
  std::optional<std::int64_t> most;
  void fields(Fields& f) {
    f("most", most, at_least(0), "most ones of an input; none: all may be 1", Legacy{"null"});
  }
};

struct OneHotBits {
  static constexpr const char* name = "one_hot";
  static constexpr const char* doc =
      "of the first bits exactly one is 1, bit i (from 1) in proportion to i^-exponent; the others "
      "are "
      "independent: the tasks of multitask (Michaud et al. 2023)";
  static constexpr std::int64_t revision = 1;
  std::int64_t tasks = 6;
  double exponent = 1.4;
  double p = 0.5;
  void fields(Fields& f) {
    f("tasks", tasks, between(1, 1 << 20), "bits of which one is 1");
    f("exponent", exponent, between(0, 100),
      "how much rarer each next one is; 0: equally frequent");
    f("p", p, between(0, 1), "probability that one of the other bits is 1");
  }
};

struct ListedBits {
  static constexpr const char* name = "table";
  static constexpr const char* doc =
      "the inputs that are listed here, in proportion to their weights";
  static constexpr std::int64_t revision = 1;
  std::vector<std::string> inputs;
  std::vector<double> weights;
  void fields(Fields& f) {
    f("inputs", inputs, required().items(1), "texts of 0 and 1; character i is bit i");
    f("weights", weights, at_least(0), "one an input; none: all alike");
    f.require(weights.empty() || weights.size() == inputs.size(), "weights",
              "must be as many as inputs, or none");
  }
};

struct BitsConfig {
  static constexpr const char* room = "bits";
  std::variant<UniformBits, BiasedBits, AllBits, ProductBits, ExactlyBits, AtMostBits, PopcountBits,
               OneHotBits, ListedBits>
      kind;
  void fields(Fields& f) { f.kind(kind); }
};

// The distribution over inputs of n bits that is drawn sample by sample; nothing for `all`. Throws
// circuits::Error when it does not fit n.
std::optional<circuits::InputDistribution> distribution_of(const BitsConfig& config, std::size_t n);

// Why the config does not fit a circuit of n inputs, or the empty text; nothing is wrong with an
// unknown n.
std::string problem(const BitsConfig& config, std::optional<std::int64_t> n);

}  // namespace lab
