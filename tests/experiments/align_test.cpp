// The experiment align on a network whose places are known, and what it refuses.
#include "experiments/align.h"

#include <doctest/doctest.h>

#include "experiments/experiment.h"
#include "experiments/memory.h"
#include "lab/core/config.h"
#include "lab/core/error.h"

namespace lab {
namespace {

// y = (a and b) or c; the compiled network has g on a coordinate of its first linear tap.
json run_of(const std::string& gate) {
  json run = parse_json(R"({"kind": "align", "subject": "compiled", "tap": "layer0.out",
    "world": {"kind": "boolean", "inputs": "uniform", "circuit": {"kind": "given", "inputs": ["a", "b", "c"],
      "gates": [{"name": "g", "op": "and", "in": ["a", "b"]}, {"name": "y", "op": "or", "in": ["g", "c"]}],
      "outputs": [{"name": "y", "node": "y"}]}},
    "search": {"method": "neurons", "pairs": 128}, "test_pairs": 256, "nulls": 3})",
                        "test");
  run["gates"] = json::array({gate});
  return run;
}

TEST_CASE("align finds the coordinate of a compiled gate, and reports what it is compared with") {
  const Record record = Memory().make(compose(run_of("g"))).record;
  for (const char* one : {"iia_balanced", "iia_lowest", "sufficiency", "independence", "necessity",
                          "completeness", "emulation_accuracy"}) {
    CAPTURE(one);
    REQUIRE(record.scores.at(one).present);
    CHECK(record.scores.at(one).value == 1);
  }
  CHECK(record.scores.at("iia_nothing").value == .5);
  CHECK(record.scores.at("iia_random").value < 1);
  CHECK_FALSE(record.scores.at("iia_together").present);
  CHECK(record.tables.at("alignment").labels == std::vector<std::string>{"g"});
}

TEST_CASE("align refuses a gate that there is not") {
  CHECK_THROWS_WITH_AS(Memory().make(compose(run_of("gg"))),
                       "align: the circuit has no gate \"gg\"; did you mean \"g\"?", InputError);
}

}  // namespace
}  // namespace lab
