// Networks with gates planted at known neurons: they are there, and nowhere else.
#include "lab/subjects/planted.h"

#include <ATen/ATen.h>
#include <doctest/doctest.h>

#include "lab/core/config.h"
#include "lab/core/error.h"
#include "lab/mechanisms/iia.h"

using namespace lab;

namespace {

std::unique_ptr<World> small_world() {
  return make_world(
      read_config<WorldConfig>(parse_json(
          R"({"kind": "boolean", "encoding": "plus_minus", "circuit": {"kind": "given",
    "inputs": ["a", "b", "c", "d", "e", "f"], "gates": [{"name": "g", "op": "and", "in": ["a", "b"]},
    {"name": "h", "op": "xor", "in": ["c", "d"]}, {"name": "i", "op": "or", "in": ["g", "h"]},
    {"name": "j", "op": "and", "in": ["e", "f"]}, {"name": "y", "op": "xor", "in": ["i", "j"]}],
    "outputs": [{"name": "y", "node": "y"}]}})",
          "test")),
      1);
}

std::unique_ptr<Subject> subject_of(const std::string& text, const World& world) {
  return make_subject(read_config<SubjectConfig>(parse_json(text, "test")), world, 1);
}

}  // namespace

TEST_CASE("gates live where they were planted, and not elsewhere") {
  const auto world = small_world();
  const auto subject = subject_of(
      R"({"kind": "planted", "carriers": 16, "network": {"widths": [48, 48, 48], "training": {"steps": 2500,
          "batch": 128, "loss": "bce", "optimizer": {"kind": "adam", "lr": 0.005}, "schedule": "cosine"}}})",
      *world);
  subject->train(*world, {});
  const Batch all = world->enumerate(0, 64);
  CHECK(at::equal(subject->run(all) > 0, all.targets_BT > .5));
  const std::vector<GatePlace> places = subject->gate_places();
  REQUIRE(places.size() == 4);  // g, h, i, j: the output is not planted
  for (const GatePlace& place : places) {
    CAPTURE(world->truth().circuit->name(place.gate));
    const Interchange fresh = stratified_interchange(*world, {place.gate}, "fresh", 1024);
    const Scores scores =
        iia_scores(*subject, nullptr, fresh, {place_of(place)}, 10, Draw("test/random", 1));
    CHECK(scores.at("iia_balanced").value >= .99);
    CHECK(scores.at("iia_random").value < .75);
    for (const GatePlace& other : places) {
      if (other.gate == place.gate || other.tap != place.tap) continue;
      const Score elsewhere = interchange_accuracy(*subject, fresh, {place_of(other)}).balanced;
      CHECK(elsewhere.value <= scores.at("iia_random").value + .1);
    }
  }
}

TEST_CASE("what cannot be planted is refused") {
  const auto world = small_world();
  const auto refused = [&](const std::string& text) {
    CHECK_THROWS_AS(subject_of(text, *world), InputError);
  };
  refused(R"({"kind": "planted", "network": {"widths": [8, 8]}})");  // g, h and j need 12 neurons
  refused(R"({"kind": "planted", "gates": [{"gate": "k", "neurons": [0]}]})");
  refused(R"({"kind": "planted", "gates": [{"gate": "g", "layer": 2, "neurons": [0]}]})");
  refused(R"({"kind": "planted", "gates": [{"gate": "g", "neurons": [64]}]})");
  refused(
      R"({"kind": "planted", "gates": [{"gate": "g", "neurons": [0]}, {"gate": "h", "neurons": [0]}]})");
}

TEST_CASE("gates are planted where a list says") {
  const auto world = small_world();
  const auto subject = subject_of(
      R"({"kind": "planted", "gates": [{"gate": "i", "layer": 1, "neurons": [5, 7]}]})", *world);
  REQUIRE(subject->gate_places().size() == 1);
  const GatePlace place = subject->gate_places()[0];
  CHECK(place.tap == "layer1.post");
  CHECK(place.read_KD.size(0) == 2);
  CHECK(place.read_KD[1][7].item<float>() == 1);
}
