// The experiment emulate on a network whose places are known, and on networks in which there is little to find.
#include "experiments/emulate.h"

#include <doctest/doctest.h>

#include "experiments/experiment.h"
#include "experiments/memory.h"
#include "lab/core/config.h"
#include "lab/core/error.h"

namespace lab {
namespace {

// y = (a and b) or c, emulated by a subject.
json run_of(const json& subject) {
  json run = parse_json(R"({"kind": "emulate",
    "world": {"kind": "boolean", "inputs": "uniform", "circuit": {"kind": "given", "inputs": ["a", "b", "c"],
      "gates": [{"name": "g", "op": "and", "in": ["a", "b"]}, {"name": "y", "op": "or", "in": ["g", "c"]}],
      "outputs": [{"name": "y", "node": "y"}]}},
    "search": {"search_pairs": 256, "test_pairs": 256}, "scores": {"nulls": 3}})",
                        "test");
  run["subject"] = subject;
  return run;
}

TEST_CASE("emulate finds every gate and edge of a compiled network in a rotated basis") {
  const Record record =
      Memory().make(compose(run_of({{"kind", "compiled"}, {"rotation", "orthogonal"}}))).record;
  for (const char* one : {"exact", "iia_balanced", "gates_held", "edge_precision",
                          "extracted_equivalent", "extracted_size_ratio", "extracted_fidelity"}) {
    CAPTURE(one);
    REQUIRE(record.scores.at(one).present);
    CHECK(record.scores.at(one).value == doctest::Approx(1));
  }
  CHECK(record.scores.at("iia_nothing").value == .5);
  CHECK(record.scores.at("iia_gates").value == 2);
}

TEST_CASE("a network that says the same without its neurons has no faithfulness curve") {
  const Record record = Memory()
                            .make(compose(run_of({{"kind", "mlp"},
                                                  {"widths", {1}},
                                                  {"init_scale", 1e-30},
                                                  {"training", {{"steps", 0}}}})))
                            .record;
  for (const char* name : {"cpr", "cmd", "cpr_random", "cpr_random_sd", "cmd_random",
                           "cmd_random_sd", "cpr_oracle", "cmd_oracle"}) {
    CAPTURE(name);
    CHECK_FALSE(record.scores.at(name).present);
  }
  CHECK(record.scores.at("exact").present);
}

TEST_CASE("emulate refuses a subject without a tap before its output") {
  CHECK_THROWS_WITH_AS(
      Memory().make(compose(
          run_of({{"kind", "mlp"}, {"widths", json::array()}, {"training", {{"steps", 1}}}}))),
      "emulate: the subject has no tap before its output, so there is nowhere to look for gates; "
      "give it a hidden layer",
      InputError);
}

}  // namespace
}  // namespace lab
