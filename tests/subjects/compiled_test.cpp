// Circuits compiled into networks: exact, readable, and the places of gates are where they are said to be.
#include "lab/subjects/compiled.h"

#include <ATen/ATen.h>
#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "lab/core/config.h"
#include "lab/core/error.h"
#include "lab/subjects/compile_circuit.h"
#include "lab/subjects/place.h"
#include "lab/worlds/interchange.h"

using namespace lab;

namespace {

std::unique_ptr<World> world_of(const std::string& circuit, std::int64_t seed = 1,
                                const std::string& encoding = "zero_one") {
  return make_world(
      read_config<WorldConfig>(parse_json(
          R"({"kind": "boolean", "encoding": ")" + encoding + R"(", "circuit": )" + circuit + "}",
          "test")),
      seed);
}

std::unique_ptr<Subject> compiled(const World& world, const std::string& options = "{}",
                                  std::int64_t seed = 1) {
  json config = parse_json(options, "test");
  config["kind"] = "compiled";
  return make_subject(read_config<SubjectConfig>(config), world, seed);
}

// The largest error of an output over all inputs.
double worst_error(const World& world, const Subject& subject) {
  double worst = 0;
  const std::int64_t all = *world.support(), most = 4096;
  for (std::int64_t first = 0; first < all; first += most) {
    const Batch batch = world.enumerate(first, std::min(most, all - first));
    worst = std::max(worst, (subject.run(batch) - batch.targets_BT).abs().max().item<double>());
  }
  return worst;
}

const std::string kFullAdder = R"({"kind": "given", "inputs": ["a", "b", "c"], "gates": [
    {"name": "sum", "op": "xor", "in": ["a", "b", "c"]}, {"name": "carry", "op": "maj", "in": ["a", "b", "c"]}],
    "outputs": [{"name": "s", "node": "sum"}, {"name": "c_out", "node": "carry"}]})";
const std::string kEveryOp = R"({"kind": "given", "inputs": ["a", "b", "c", "d", "e"], "gates": [
    {"name": "zero", "op": "zero", "in": []}, {"name": "one", "op": "one", "in": []},
    {"name": "not", "op": "not", "in": ["a"]}, {"name": "buf", "op": "buf", "in": ["not"]},
    {"name": "and", "op": "and", "in": ["buf", "b", "c"]}, {"name": "or", "op": "or", "in": ["and", "d", "zero"]},
    {"name": "xor", "op": "xor", "in": ["or", "e", "a", "one"]}, {"name": "nand", "op": "nand", "in": ["xor", "b"]},
    {"name": "nor", "op": "nor", "in": ["nand", "c", "d"]}, {"name": "xnor", "op": "xnor", "in": ["nor", "a"]},
    {"name": "maj", "op": "maj", "in": ["a", "not", "e", "d", "xnor"]},
    {"name": "maj3", "op": "maj", "in": ["nor", "and", "e"]},
    {"name": "mux", "op": "mux", "in": ["maj", "nand", "c"]},
    {"name": "threshold", "op": "threshold", "in": ["a", "b", "mux"], "bound": 2, "weights": [3, -1, 2]},
    {"name": "lut", "op": "lut", "in": ["a", "maj3", "threshold"], "table": "96"}],
    "outputs": [{"name": "y0", "node": "lut"}, {"name": "y1", "node": "mux"}, {"name": "y2", "node": "zero"},
                {"name": "y3", "node": "not"}, {"name": "y4", "node": "nor"}, {"name": "y5", "node": "maj"}]})";

}  // namespace

TEST_CASE("1,000 random circuits are computed exactly on all inputs") {
  int circuits = 0;
  for (std::int64_t seed = 0; seed < 1000; ++seed) {
    const std::string n = std::to_string(3 + seed % 10), gates = std::to_string(8 + seed % 53);
    const auto world =
        world_of(R"({"kind": "random", "inputs": )" + n + R"(, "gates": )" + gates + "}", seed,
                 seed % 2 == 0 ? "zero_one" : "plus_minus");
    REQUIRE(worst_error(*world, *compiled(*world)) < 1e-4);
    ++circuits;
  }
  CHECK(circuits == 1000);
}

TEST_CASE("every kind of gate, every basis, both encodings") {
  for (const std::string& circuit : {kFullAdder, kEveryOp}) {
    for (const std::string encoding : {"zero_one", "plus_minus"}) {
      const auto world = world_of(circuit, 1, encoding);
      const at::Tensor plain = compiled(*world)->run(world->enumerate(0, *world->support()));
      for (const std::string options :
           {R"({"rotation": "none"})", R"({"rotation": "orthogonal"})", R"({"rotation": "random"})",
            R"({"placement": "orthonormal", "width": 40})",
            R"({"placement": "random", "width": 40})"}) {
        CAPTURE(options);
        const auto subject = compiled(*world, options);
        CHECK(worst_error(*world, *subject) < 1e-4);
        CHECK(
            at::allclose(subject->run(world->enumerate(0, *world->support())), plain, 1e-3, 1e-4));
      }
    }
  }
}

TEST_CASE("neurons are as few and as readable as promised: a full adder") {
  const auto world = world_of(kFullAdder);
  const CircuitPlan plan = plan_circuit(*world->truth().circuit);
  REQUIRE(plan.layers.size() == 2);
  std::vector<std::string> texts;
  for (const PlannedNeuron& neuron : plan.layers[0].neurons) texts.push_back(neuron.text);
  CHECK(std::ranges::count(texts, "carry: relu(a + b + c - 1)") == 1);
  CHECK(std::ranges::count(texts, "carry: relu(a + b + c - 2)") == 1);
  CHECK(texts.size() == 5);  // and two for the first xor, one that carries the third input on
  CHECK(plan.layers[1].neurons.size() == 3);
  const Record record = compiled(*world)->train(*world, {});
  CHECK(record.scores.at("neurons").value == 8);
  CHECK(record.tables.at("neurons").labels.size() == 8);
}

TEST_CASE("exchanging a gate at its place does to the network what it does to the circuit") {
  for (std::int64_t seed = 0; seed < 6; ++seed) {
    const auto world =
        seed == 0 ? world_of(kEveryOp)
                  : world_of(R"({"kind": "random", "inputs": 8, "gates": 20, "outputs": 3})", seed);
    const Pairs pairs = sample_pairs(*world, "test", 0, 256);
    for (const std::string options : {R"({"rotation": "none"})", R"({"rotation": "orthogonal"})",
                                      R"({"rotation": "random"})"}) {
      CAPTURE(options);
      const auto subject = compiled(*world, options);
      const std::vector<GatePlace> places = subject->gate_places();
      CHECK(places.size() > 5);
      for (const GatePlace& place : places) {
        // Copies and complements are the same value: they are exchanged with it.
        const circuits::Circuit& circuit = *world->truth().circuit;
        const CircuitPlan plan = plan_circuit(circuit);
        std::vector<circuits::Node> same;
        for (circuits::Node v = 0; v < circuit.nodes(); ++v) {
          if (plan.nodes[v].value == plan.nodes[place.gate].value) same.push_back(v);
        }
        const at::Tensor said =
            run_exchanged(*subject, pairs.base, pairs.source, {place_of(place)}) > .5;
        CAPTURE(circuit.name(place.gate));
        CHECK(at::equal(said, interchanged_outputs(circuit, pairs, same)));
      }
    }
  }
}

TEST_CASE("in too few dimensions exactness is lost, and noise is the sample's own") {
  const auto world = world_of(R"({"kind": "random", "inputs": 8, "gates": 20, "outputs": 3})");
  const auto crowded = compiled(*world, R"({"placement": "random", "width": 4})");
  CHECK(worst_error(*world, *crowded) > .1);
  CHECK(crowded->tap_width("embed") == 4);
  const auto noisy = compiled(*world, R"({"noise": 0.01})");
  const Batch two = world->sample("eval", 0, 2), second = world->sample("eval", 1, 1);
  CHECK(at::allclose(noisy->run(two)[1], noisy->run(second)[0]));
  CHECK_FALSE(at::equal(noisy->run(second), compiled(*world)->run(second)));
  CHECK(worst_error(*world, *noisy) < .5);
}

TEST_CASE("weights round-trip; what has no circuit is refused") {
  const auto world = world_of(kEveryOp);
  const auto subject = compiled(*world, R"({"rotation": "orthogonal"})"),
             other = compiled(*world, R"({"rotation": "orthogonal"})", 2);
  const Batch batch = world->enumerate(0, 32);
  other->set_weights(subject->weights());
  CHECK(at::equal(other->run(batch), subject->run(batch)));
  CHECK_THROWS_AS(other->set_weights({}), InputError);
  const auto sparse = make_world(read_config<WorldConfig>(parse_json(R"("sparse")", "test")), 1);
  CHECK_THROWS_AS(compiled(*sparse), InputError);
}
