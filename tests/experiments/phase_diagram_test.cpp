#include "experiments/phase_diagram.h"

#include <ATen/Parallel.h>
#include <doctest/doctest.h>

#include <cmath>

#include "experiments/experiment.h"
#include "experiments/memory.h"
#include "lab/core/config.h"

namespace lab {
namespace {

const json training{{"steps", 1500},
                    {"batch", 128},
                    {"optimizer", {{"kind", "adam"}, {"lr", 0.01}}},
                    {"schedule", "cosine"}};

double value(const Record& record, const char* score) {
  CAPTURE(score);
  REQUIRE(record.scores.at(score).present);
  return record.scores.at(score).value;
}

TEST_CASE("phase diagram: far from boundaries training finds the derived phases") {
  at::set_num_threads(1);
  const json run{{"kind", "phase_diagram"}, {"importances", {0.1, 1, 10}},
                 {"densities", {0.1, 0.7}}, {"models", 3},
                 {"training", training},    {"seed", 3}};
  const StagePtr stage = compose(run);
  CHECK(stage->needs.size() == 3 * 2 * 3);
  const Record record = Memory().make(stage).record;
  CHECK(value(record, "cells") == 6);
  CHECK(value(record, "cells_judged") == 5);  // r = 1, p = .7 is left out
  CHECK(value(record, "agreement") == 1);
  CHECK(value(record, "worst_excess") < 0.05);
  CHECK(value(record, "worst_excess") > -1e-6);  // nothing is below the derived optimum
  const Table& diagram = record.tables.at("diagram");
  REQUIRE(diagram.rows.size() == 6);
  const auto phase = [&](std::size_t row) { return diagram.rows[row].at(2); };
  CHECK(phase(1) == 0);  // r = .1, p = .7: not represented
  CHECK(phase(2) == 2);  // r = 1, p = .1: antipodal
  CHECK(phase(5) == 1);  // r = 10, p = .7: dedicated
}

TEST_CASE("phase diagram: untrained models are in no phase, and agree with none") {
  json run{{"kind", "phase_diagram"}, {"models", 2}, {"training", {{"steps", 0}}}};
  const Record record = Memory().make(compose(run)).record;
  CHECK(value(record, "agreement") == 0);
  CHECK(std::isnan(record.tables.at("diagram").rows[0][2]));
  run["training"]["loss"] = "hinge";
  CHECK_THROWS_AS(compose(run), ConfigError);
}

TEST_CASE("k-gons: training lands on a critical loss, and never below the least") {
  at::set_num_threads(1);
  json run{{"kind", "kgons"}, {"training", training}, {"seed", 1}};
  run["training"]["steps"] = 4000;
  const Record record = Memory().make(compose(run)).record;
  CHECK(value(record, "expected_loss") > 0.04818);
  CHECK(value(record, "critical_distance") < 0.02);
  CHECK(value(record, "corners") >= 4);
  CHECK(record.tables.at("features").rows.size() == 6);
  run["training"]["steps"] = 0;
  const Record start = Memory().make(compose(run)).record;
  CHECK(value(start, "expected_loss") > 2 * value(record, "expected_loss"));
}

}  // namespace
}  // namespace lab
