// The world of independent sparse features.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "lab/core/fields.h"
#include "lab/worlds/magnitude.h"

namespace lab {

class World;

// How the probability falls from feature 0, the most frequent, to feature F−1.

struct EqualProbabilities {
  static constexpr const char* name = "equal";
  static constexpr const char* doc = "the same probability for all features";
  static constexpr std::int64_t revision = 1;
  double p = 0.05;
  void fields(Fields& f) { f("p", p, between(0, 1), "probability that a feature is present"); }
};

struct ZipfProbabilities {
  static constexpr const char* name = "zipf";
  static constexpr const char* doc = "p_i = max(least, most · (i+1)^−exponent), i = 0 … F−1";
  static constexpr std::int64_t revision = 1;
  double exponent = 0.5;
  double most = 0.4;
  double least = 5e-4;
  void fields(Fields& f) {
    f("exponent", exponent, at_least(0), "exponent of the decay with the rank");
    f("most", most, between(0, 1), "probability of the first feature");
    f("least", least, between(0, 1), "no feature is rarer than this");
    f.require(least <= most, "least", "must be at most most");
  }
};

struct LinearProbabilities {
  static constexpr const char* name = "linear";
  static constexpr const char* doc = "equal steps from the first probability to the last";
  static constexpr std::int64_t revision = 1;
  double most = 0.1;
  double least = 0.01;
  void fields(Fields& f) {
    f("most", most, between(0, 1), "probability of the first feature");
    f("least", least, between(0, 1), "probability of the last feature");
    f.require(least <= most, "least", "must be at most most");
  }
};

struct GeometricProbabilities {
  static constexpr const char* name = "geometric";
  static constexpr const char* doc = "equal ratios from the first probability to the last";
  static constexpr std::int64_t revision = 1;
  double most = 0.1;
  double least = 0.001;
  void fields(Fields& f) {
    f("most", most, between(0, 1), "probability of the first feature");
    f("least", least, above(0), "probability of the last feature");
    f.require(least <= most, "least", "must be at most most");
  }
};

// Not independent: every set of k features is as probable as any other, and each feature has probability k/F.
struct ExactlyPresent {
  static constexpr const char* name = "exactly";
  static constexpr const char* doc = "exactly k features are present in each sample, any k";
  static constexpr std::int64_t revision = 1;
  std::int64_t k = 3;
  void fields(Fields& f) { f("k", k, at_least(0), "number of features present in each sample"); }
};

struct Probabilities {
  static constexpr const char* room = "probabilities";
  std::variant<EqualProbabilities, ZipfProbabilities, LinearProbabilities, GeometricProbabilities,
               ExactlyPresent>
      kind;
  void fields(Fields& f) { f.kind(kind); }
};

// The probabilities of `features` features, not rising.
std::vector<double> probabilities_of(const Probabilities& law, std::int64_t features);

struct Sparse {
  static constexpr const char* name = "sparse";
  static constexpr const char* doc =
      "independent features, each present with its own probability, or exactly k of them (Elhage "
      "et "
      "al. 2022, Toy Models of Superposition)";
  static constexpr std::int64_t revision = 2;
  std::int64_t features = 64;
  Probabilities probability;
  Magnitude magnitude;
  std::string targets = "values";
  std::int64_t mixing_width = 0;

  void fields(Fields& f) {
    f("features", features, between(1, 16'777'216), "number of features F");
    f("probability", probability, any(), "probability that each feature is present");
    f("magnitude", magnitude, any(), "law of the value of a feature that is present");
    f("targets", targets, one_of({"values", "relu", "plus_relu"}),
      "what is to be computed of the values x: x itself, ReLU(x), or x + ReLU(x)",
      Legacy{"\"values\""});
    f("mixing_width", mixing_width, at_least(0),
      "dimensions D of a residual stream whose interference is added to the targets; 0: none",
      Legacy{"0"});
    f.require(mixing_width == 0 || features <= 4096, "mixing_width",
              "must be 0 for more than 4096 features");
    const auto* exactly = std::get_if<ExactlyPresent>(&probability.kind);
    f.require(exactly == nullptr || exactly->k <= features, "probability",
              "must have k at most features");
  }
};

// Features f0, f1, …; inputs are their values x, targets a function of each (computation in superposition: da
// Silva & Heimersheim, arXiv 2607.04800; y = x + ReLU(x): Braun et al. 2025, arXiv 2501.14926). With a
// mixing_width D, (I − E Eᵀ)x is added to the targets, where the rows of E [F, D] are random unit vectors,
// E ~ Draw("world/sparse/mixing", seed): what an MLP has to say beside its function when it stands in a
// residual stream that features are written to and read from by E (Bhagat et al., arXiv 2606.14673); its
// entries off the diagonal have standard deviation 1/√D, and it is 0 on it. E[L0] is the sum of the probabilities.
// Rare features cost what is present of them, not F: sampling skips from one present feature to the next.
// Bands of features whose most frequent one is above 1/16 are drawn with a random word each.
std::unique_ptr<World> make_world(const Sparse& config, std::int64_t seed);

}  // namespace lab
