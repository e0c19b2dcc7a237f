// The analysis `phase_diagram`: does training find the best of the toy model's phases?
#pragma once

#include <cstdint>
#include <vector>

#include "experiments/keys.h"
#include "lab/sweep/stage.h"

namespace lab {

// Autoencoders of two features and one hidden dimension (theory/superposition_phases.h) for every
// importance r of the second, extra feature and every density p; of each cell's models the one of least
// expected loss, computed from its weights and not from samples, is held against the derived optimum.
struct PhaseDiagram {
  static constexpr const char* name = "phase_diagram";
  static constexpr const char* doc =
      "toy autoencoders of two features and one hidden dimension over importance and density, "
      "beside "
      "the derived phases (Elhage et al. 2022, Superposition as a phase change)";
  static constexpr std::int64_t revision = 1;
  std::vector<double> importances{0.1, 1, 10};
  std::vector<double> densities{0.01, 0.1, 1};
  std::int64_t models = 10;
  double init_sd = 0.1;
  TrainingConfig training;
  double clear_margin = 0.03;

  void fields(Fields& f) {
    f("importances", importances, above(0).items(1), "importance of the extra feature, r");
    f("densities", densities, between(1e-6, 1).items(1), "probability p that a feature is present");
    f("models", models, between(1, 10'000), "models a cell; the best counts");
    f("init_sd", init_sd, above(0), "standard deviation of the initial weights");
    f("training", training, any(), "how each model is trained; the loss is mse");
    f.require(std::holds_alternative<MeanSquared>(training.loss.kind), "training.loss",
              "must be mse");
    f("clear_margin", clear_margin, at_least(0),
      "cells are judged whose runner-up costs at least this share more than the best phase");
  }
};

// Scores: agreement (share of the judged cells whose best model is in the derived phase; a model in no
// phase agrees with none), cells_judged (clear of boundaries by the margin, without r = 1, p > .6, where
// the features differ in nothing and the phases nearly degenerate), agreement_all, cells, worst_excess
// (greatest loss of a best model over the derived one, minus 1). Table "diagram", a row a cell:
// importance, density, phase (0 not represented, 1 dedicated, 2 antipodal; empty: none of them),
// derived_phase, loss, derived_loss, excess, margin, judged (0 or 1), w1, w2.
StagePtr last_stage(const PhaseDiagram& config, std::int64_t seed);

}  // namespace lab
