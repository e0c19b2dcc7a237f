// The analysis `superposition_levels`: how features share dimensions as they become sparser.
//   a toy autoencoder trained at each of several densities → dimensionalities → lines and plateaus
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "experiments/keys.h"
#include "lab/sweep/stage.h"

namespace lab {

struct SuperpositionLevels {
  static constexpr const char* name = "superposition_levels";
  static constexpr const char* doc =
      "toy autoencoders at several densities: dimensions for each feature, and the fractions at "
      "which "
      "features gather (Elhage et al. 2022, Toy Models of Superposition)";
  static constexpr std::int64_t revision = 2;
  std::int64_t features = 200;
  std::int64_t levels = 20;
  double least_density = 0.05;
  ToyAutoencoder subject;
  double blur = 0;

  void fields(Fields& f) {
    f("features", features, between(1, 65'536),
      "number of features, uniform in (0, 1] when present");
    f("levels", levels, between(1, 1000), "number of densities");
    f("least_density", least_density, above(0),
      "probability of a feature at the last level; level k has least_density^(k/(levels−1))");
    f("subject", subject, any(), "the autoencoder, trained afresh at each level");
    f("blur", blur, at_least(0),
      "control: half-width of a uniform disturbance of each dimensionality before lines are "
      "sought");
    f.require(least_density <= 1, "least_density", "must be at most 1");
  }
};

// Every level is a stage `train` that other experiments share.
struct SuperpositionLevelsKey {
  static constexpr const char* stage = "superposition_levels";
  static constexpr std::int64_t revision = 3;
  std::vector<TrainKey> levels;
  std::vector<double> densities;
  double blur = 0;
  std::optional<std::int64_t> blur_seed;  // there when blur is above 0
  void fields(Fields& f) {
    f("levels", levels, required(), "the trained subjects, densest first");
    f("densities", densities, required(), "the probability of a feature at each");
    f("blur", blur, at_least(0), "half-width of the disturbance");
    f("blur_seed", blur_seed, at_least(0), "seed of the disturbance");
  }
};

// Scores: d_star_first, d_star_last (D* at the densest and at the sparsest level), plateau_levels (levels
// whose D* is within .03 of 1/2), line_1_2, line_3_4, line_2_3, line_2_5, line_3_8 (1 where the line test
// of scores/superposition.h finds a line in the dimensionalities of all levels with D* < .95 together),
// other_lines (how many of the last four), line_features (how many dimensionalities the line test looked
// at: those of all levels where none has D* < .95, as in an untrained network), povm_error_mean. Tables: "levels" (level, density,
// inverse_density, d_star, povm_error, train_loss), "dimensionalities" (level, inverse_density, norm,
// dimensionality; one row a feature and level, blurred if asked for).
StagePtr last_stage(const SuperpositionLevels& config, std::int64_t seed);

}  // namespace lab
