// Calibration: on compiled networks, where the truth about places is known, every score is at its oracle.
#include <ATen/ATen.h>
#include <doctest/doctest.h>

#include <algorithm>

#include "lab/core/config.h"
#include "lab/mechanisms/faithfulness.h"
#include "lab/mechanisms/wiring.h"

using namespace lab;

namespace {

std::unique_ptr<World> random_world(std::int64_t seed) {
  return make_world(read_config<WorldConfig>(parse_json(R"({"kind": "boolean", "inputs": "uniform",
        "circuit": {"kind": "random", "inputs": 6, "gates": 10, "outputs": 2}})",
                                                        "test")),
                    seed);
}

std::unique_ptr<Subject> compiled(const World& world, const std::string& rotation) {
  return make_subject(read_config<SubjectConfig>(parse_json(
                          R"({"kind": "compiled", "rotation": ")" + rotation + R"("})", "test")),
                      world, 1);
}

std::vector<FoundGate> true_places(const Subject& subject) {
  std::vector<FoundGate> found;
  for (const GatePlace& place : subject.gate_places()) {
    found.push_back({place.gate, place_of(place)});
  }
  return found;
}

}  // namespace

TEST_CASE("compiled: the places of gates score 1, random ones do not") {
  const at::NoGradGuard no_gradients;
  for (const std::string rotation : {"none", "orthogonal", "random"}) {
    for (std::int64_t seed = 1; seed <= 4; ++seed) {
      CAPTURE(rotation);
      CAPTURE(seed);
      const auto world = random_world(seed);
      const auto subject = compiled(*world, rotation);
      double random = 0, tested = 0;
      for (const FoundGate& gate : true_places(*subject)) {
        const Interchange of = stratified_interchange(*world, {gate.gate}, "test", 200, 4096);
        const Scores scores =
            iia_scores(*subject, nullptr, of, {gate.place}, 5, Draw("test/nulls", seed));
        if (!scores.at("iia_balanced").present) continue;
        ++tested;
        CHECK(scores.at("iia_balanced").value == 1);
        CHECK(scores.at("iia_nothing").value == .5);
        if (scores.at("iia_random").present) random += scores.at("iia_random").value;
      }
      REQUIRE(tested > 5);
      CHECK(random / tested < .9);
    }
  }
}

TEST_CASE("compiled: effects between places are the circuit's edges") {
  for (std::int64_t seed = 1; seed <= 4; ++seed) {
    CAPTURE(seed);
    const auto world = random_world(seed);
    const auto subject = compiled(*world, "orthogonal");
    const Scores scores =
        wiring_scores(*subject, *world->truth().circuit, sample_pairs(*world, "test", 0, 500),
                      true_places(*subject), 20, Draw("test/labels", seed))
            .scores;
    CHECK(scores.at("edge_precision").value == 1);
    CHECK(scores.at("edge_auroc").value > .95);
    // What is missed: edges that change little, and those that redundancy leaves without any effect.
    CHECK(scores.at("edge_recall").value > .7);
    CHECK(scores.at("edge_recall").value > scores.at("edge_recall_null").value + .3);
  }
}

TEST_CASE("compiled: few units keep what the network says, and the true ones are among the best") {
  const auto world = random_world(2);
  const auto subject = compiled(*world, "none");
  std::vector<std::string> taps;
  for (const GatePlace& place : subject->gate_places()) {
    if (std::ranges::find(taps, place.tap) == taps.end()) taps.push_back(place.tap);
  }
  const Scores scores =
      faithfulness_scores(*subject, world->sample("search", 0, 300), world->sample("test", 0, 300),
                          taps, Ablation::Resample, 10, Draw("test/faithfulness", 1))
          .scores;
  CHECK(scores.at("cpr").value > scores.at("cpr_random").value);
  CHECK(scores.at("cmd").value < scores.at("cmd_random").value);
  CHECK(scores.at("cpr_oracle").present);
}
