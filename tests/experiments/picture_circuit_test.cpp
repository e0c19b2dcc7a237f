#include "experiments/picture_circuit.h"

#include <doctest/doctest.h>

#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "experiments/experiment.h"
#include "experiments/layered.h"
#include "lab/core/error.h"
#include "lab/core/json.h"

using namespace lab;

namespace {

const json boolean = {
    {"kind", "boolean"},
    {"circuit", {{"kind", "random"}, {"inputs", 6}, {"gates", 30}, {"outputs", 3}, {"depth", 5}}}};
const json run = {{"kind", "recover"},
                  {"world", boolean},
                  {"subject", {{"kind", "mlp"}, {"widths", {8}}, {"training", {{"steps", 5}}}}},
                  {"decomposer", "pca"},
                  {"scores", {{"samples", 64}}},
                  {"seed", 3}};

// No two of a level's nodes and lanes overlap.
void check_apart(const std::vector<std::size_t>& levels, const std::vector<LayeredWire>& wires,
                 const Layered& drawn) {
  std::map<std::size_t, std::vector<double>> nodes;
  std::map<std::size_t, std::set<double>> lanes;
  for (std::size_t i = 0; i < levels.size(); ++i) nodes[levels[i]].push_back(drawn.place[i]);
  for (std::size_t w = 0; w < wires.size(); ++w) {
    REQUIRE(drawn.bends[w].size() == levels[wires[w].to] - levels[wires[w].from] - 1);
    for (std::size_t i = 0; i < drawn.bends[w].size(); ++i) {
      lanes[levels[wires[w].from] + 1 + i].insert(drawn.bends[w][i]);
    }
  }
  for (const auto& [level, places] : nodes) {
    for (std::size_t i = 0; i < places.size(); ++i) {
      for (std::size_t j = 0; j < i; ++j) CHECK(std::abs(places[i] - places[j]) >= 1 - 1e-9);
      for (const double lane : lanes[level]) CHECK(std::abs(places[i] - lane) >= 0.7 - 1e-9);
    }
  }
}

}  // namespace

TEST_CASE("nodes stand apart, and wires that pass a level have lanes beside its nodes") {
  // A ladder whose every node is wired to all of the levels before it.
  std::vector<std::size_t> levels;
  std::vector<LayeredWire> wires;
  for (std::size_t level = 0; level < 6; ++level) {
    for (std::size_t i = 0; i < 4 + level; ++i) {
      for (std::size_t from = 0; from < levels.size(); ++from) {
        if (levels[from] < level && (from + i) % 3 == 0) {
          wires.push_back({from, levels.size(), from % 2 == 0});
        }
      }
      levels.push_back(level);
    }
  }
  const Layered drawn = layered(levels, wires);
  check_apart(levels, wires, drawn);
  for (std::size_t i = 1; i < 4; ++i) CHECK(drawn.place[i] > drawn.place[i - 1]);  // inputs' order
  double least = 1;
  for (const double place : drawn.place) least = std::min(least, place);
  CHECK(least >= 0);
  CHECK(layered(levels, wires).place == drawn.place);
}

TEST_CASE("a chain is drawn straight, and crossed pairs are uncrossed") {
  const Layered chain = layered({0, 1, 2}, {{0, 1, false}, {1, 2, false}});
  CHECK(chain.place[0] == doctest::Approx(chain.place[1]));
  CHECK(chain.place[1] == doctest::Approx(chain.place[2]));
  const Layered pair = layered({0, 0, 1, 1}, {{0, 3, false}, {1, 2, false}});
  CHECK(pair.place[0] < pair.place[1]);
  CHECK(pair.place[3] < pair.place[2]);
  CHECK(layered({}, {}).place.empty());
}

TEST_CASE("the picture of a circuit has its nodes, and a wire a fan-in; NOT gates invert wires") {
  Truth truth;
  const Record with = [&] {
    const auto train = train_key_in(json::parse(compose(run)->key));
    REQUIRE(train.has_value());
    truth = make_world(train->world, train->world.seed.value())->truth();
    return circuit_picture(*train);
  }();
  const circuits::Circuit& circuit = truth.circuit.value();
  std::size_t nodes = 0, wires = 0;
  for (circuits::Node node = 0; node < circuit.nodes(); ++node) {
    if (circuit.op(node) == circuits::Op::Not) continue;
    ++nodes;
    wires += circuit.fanins(node).size();
  }
  CHECK(with.tables.at("circuit").rows.size() == nodes);
  CHECK(with.tables.at("wires").rows.size() == wires);
  std::set<double> inverted, gates;
  for (const auto& row : with.tables.at("wires").rows) inverted.insert(row[2]);
  CHECK(inverted == std::set<double>{0, 1});
  for (const auto& row : with.tables.at("circuit").rows) {
    if (std::isfinite(row[5])) gates.insert(row[5]);
  }
  CHECK(gates.size() == 30);  // every gate has a row in the tables `gates`
  CHECK(with.tables.at("taps").labels ==
        std::vector<std::string>{"layer0.pre", "layer0.post", "output"});
}

TEST_CASE("the subject of a run's key is read back exactly, or not at all") {
  const json key = json::parse(compose(run)->key);
  const auto train = train_key_in(key);
  REQUIRE(train.has_value());
  CHECK(key_text(*train) == canonical(key["fit"]["train"]));
  json older = key;
  for (const char* part : {"fit", "examine"}) older[part]["train"]["world"]["revision"] = 0;
  CHECK(train_key_in(older).has_value() == false);
  json other = key;
  for (const char* part : {"fit", "examine"}) other[part]["train"]["world"]["kind"] = "bool";
  CHECK(train_key_in(other).has_value() == false);
  CHECK(train_key_in(json{{"stage", "derive"}}).has_value() == false);
}

TEST_CASE(
    "every experiment on a subject of a world has a picture, others say that they have none") {
  json rivals = run;
  rivals["kind"] = "rivals";
  rivals.erase("decomposer");
  rivals.erase("scores");
  const StagePtr picture = compose_picture(rivals);
  CHECK(picture->name == "circuit_picture");
  CHECK(picture->needs.empty());
  CHECK(compose_picture(run)->name == "picture");
  CHECK_THROWS_AS(compose_picture({{"kind", "derive"}}), InputError);
}
