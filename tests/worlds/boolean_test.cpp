#include "lab/worlds/boolean.h"

#include <ATen/Functions.h>
#include <doctest/doctest.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "circuits/evaluation/evaluate.h"
#include "lab/core/config.h"
#include "lab/worlds/world.h"

using namespace lab;

namespace {

std::unique_ptr<World> world_of(const char* text, std::int64_t seed = 1) {
  return make_world(read_config<Boolean>(json::parse(text)), seed);
}

std::string refusal(const char* text) {
  try {
    world_of(text);
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

constexpr const char* kRandom =
    R"({"circuit": {"kind": "random", "inputs": 7, "gates": 20}, "inputs": "uniform"})";
constexpr const char* kGiven = R"({"circuit": {"kind": "given", "inputs": ["a", "b"],
    "gates": [{"name": "nor", "op": "not", "in": ["or"]}, {"name": "or", "op": "or", "in": ["a", "b"]}],
    "outputs": [{"name": "y", "node": "nor"}, {"name": "z", "node": "a"}]}, "inputs": "all",
    "encoding": "plus_minus"})";

// Checks every number of a batch against the circuit, one sample at a time.
void check_against_circuit(const World& world, const Batch& batch) {
  const circuits::Circuit& circuit = *world.truth().circuit;
  const auto values = batch.values_BC.accessor<float, 2>();
  const auto inputs = batch.inputs_BN.accessor<float, 2>();
  const auto present = batch.present_BF.accessor<bool, 2>();
  const auto targets = batch.targets_BT.accessor<float, 2>();
  for (std::int64_t b = 0; b < values.size(0); ++b) {
    std::vector<bool> bits;
    for (std::int64_t i = 0; i < world.inputs(); ++i) bits.push_back(inputs[b][i] > 0);
    const std::vector<bool> nodes = circuits::evaluate_nodes(circuit, circuits::Bools{}, bits);
    for (std::size_t f = 0; f < world.truth().features.size(); ++f) {
      const bool truth = nodes[static_cast<std::size_t>(world.truth().gate_of_feature[f])];
      const auto column = static_cast<std::int64_t>(f);
      REQUIRE(values[b][column] == (truth ? 1.0F : 0.0F));
      REQUIRE(present[b][column] == truth);
    }
    for (std::int64_t t = 0; t < world.targets(); ++t) {
      const bool truth = nodes[circuit.outputs()[static_cast<std::size_t>(t)].node];
      REQUIRE(targets[b][t] == (truth ? 1.0F : 0.0F));
    }
  }
}

}  // namespace

TEST_CASE("boolean: features are inputs and gates, values those of the circuit") {
  const auto world = world_of(kRandom);
  const Truth& truth = world->truth();
  REQUIRE(truth.circuit.has_value());
  CHECK(world->inputs() == 7);
  CHECK(world->targets() == 4);
  CHECK(world->boolean_targets());
  CHECK(truth.features.size() == 27);
  CHECK(truth.coordinates() == 27);
  for (std::size_t f = 0; f < truth.features.size(); ++f) {
    CHECK(truth.features[f].first == static_cast<std::int64_t>(f));
    CHECK(truth.features[f].width == 1);
    const auto node = static_cast<circuits::Node>(truth.gate_of_feature[f]);
    CHECK(truth.features[f].name == truth.circuit->name(node));
    CHECK(truth.circuit->op(node) != circuits::Op::Not);
  }
  const Batch batch = world->sample("train", 0, 300);
  CHECK(batch.inputs_BN.sizes() == at::IntArrayRef{300, 7});
  CHECK(at::equal(batch.inputs_BN, batch.values_BC.narrow(1, 0, 7)));
  CHECK(batch.split == "train");
  check_against_circuit(*world, batch);
}

TEST_CASE("boolean: a sample depends on seed, split and number alone") {
  const auto world = world_of(kRandom);
  const Batch whole = world->sample("train", 0, 200);
  for (const std::int64_t first : {1, 63, 64, 130}) {
    const Batch part = world->sample("train", first, 70);
    CHECK(part.first == first);
    CHECK(at::equal(part.values_BC, whole.values_BC.narrow(0, first, 70)));
    CHECK(at::equal(part.present_BF, whole.present_BF.narrow(0, first, 70)));
    CHECK(at::equal(part.targets_BT, whole.targets_BT.narrow(0, first, 70)));
  }
  CHECK(world->sample("train", 5, 0).values_BC.sizes() == at::IntArrayRef{0, 27});
  CHECK(!at::equal(world->sample("eval", 0, 200).inputs_BN, whole.inputs_BN));
  const auto again = world_of(kRandom);
  CHECK(*again->truth().circuit == *world->truth().circuit);
  CHECK(at::equal(again->sample("train", 0, 200).inputs_BN, whole.inputs_BN));
  const auto other = world_of(kRandom, 2);
  CHECK(!(*other->truth().circuit == *world->truth().circuit));
}

TEST_CASE("boolean: bits have their bias") {
  // 100,000 samples of 10 bits: the number of ones is within 5 standard deviations of its mean except
  // once in 1.7 million.
  for (const double p : {0.5, 0.1, 0.02}) {
    json config = {{"circuit", {{"kind", "parity"}, {"inputs", 10}}},
                   {"inputs", {{"kind", "biased"}, {"p", p}}}};
    if (p == 0.5) config["inputs"] = "uniform";
    const auto world = world_of(config.dump().c_str());
    const double ones = world->sample("fit", 0, 100'000).inputs_BN.sum().item<double>();
    CHECK(std::abs(ones - 1e6 * p) < 5 * std::sqrt(1e6 * p * (1 - p)));
  }
}

TEST_CASE("boolean: all inputs are listed, in order and over and over") {
  const auto world = world_of(
      R"({"circuit": {"kind": "parity", "inputs": 5, "k": 5, "fan_in": 5}, "inputs": "all"})");
  CHECK(world->support() == 32);
  const Batch all = world->enumerate(0, 32);
  for (std::int64_t b = 0; b < 32; ++b) {
    std::int64_t parity = 0;
    for (std::int64_t i = 0; i < 5; ++i) {
      CHECK(all.inputs_BN[b][i].item<float>() == static_cast<float>(b >> i & 1));
      parity ^= b >> i & 1;
    }
    CHECK(all.targets_BT[b][0].item<float>() == static_cast<float>(parity));
  }
  check_against_circuit(*world, all);
  CHECK(at::equal(world->enumerate(7, 9).values_BC, all.values_BC.narrow(0, 7, 9)));
  const Batch cycled = world->sample("eval", 20, 40);
  CHECK(at::equal(cycled.values_BC.narrow(0, 0, 12), all.values_BC.narrow(0, 20, 12)));
  CHECK(at::equal(cycled.values_BC.narrow(0, 12, 28), all.values_BC.narrow(0, 0, 28)));
  CHECK_THROWS_AS(world->enumerate(30, 3), InputError);
  CHECK_THROWS_AS(world->enumerate(-1, 3), InputError);
  const auto wide = world_of(R"({"circuit": {"kind": "parity", "inputs": 70}})");
  CHECK(!wide->support().has_value());
  CHECK_THROWS_AS(wide->enumerate(0, 1), InputError);
  check_against_circuit(*wide, wide->sample("fit", 0, 100));
}

TEST_CASE("boolean: a given circuit, with inputs of -1 and 1") {
  const auto world = world_of(kGiven);
  REQUIRE(world->truth().features.size() == 3);  // the NOT is no feature
  CHECK(world->truth().features[2].name == "or");
  const Batch all = world->enumerate(0, 4);
  const auto rows = [](std::vector<float> numbers, std::int64_t columns) {
    return at::tensor(numbers).reshape({4, columns});
  };
  CHECK(at::equal(all.inputs_BN, rows({-1, -1, 1, -1, -1, 1, 1, 1}, 2)));
  CHECK(at::equal(all.values_BC, rows({0, 0, 0, 1, 0, 1, 0, 1, 1, 1, 1, 1}, 3)));
  CHECK(at::equal(all.targets_BT, rows({1, 0, 0, 1, 0, 0, 0, 1}, 2)));
}

TEST_CASE("boolean: what is no circuit is refused where it stands") {
  CHECK(has(refusal(R"({"circuit": {"kind": "given", "inputs": ["a"],
                        "outputs": [{"name": "y", "node": "b"}]}})"),
            "circuit.gates"));
  CHECK(has(refusal(R"({"circuit": {"kind": "given", "inputs": ["a"],
                        "gates": [{"name": "n", "op": "not", "in": ["n"]}],
                        "outputs": [{"name": "y", "node": "n"}]}})"),
            "\"n\" needs \"n\""));
  CHECK(has(refusal(R"({"circuit": {"kind": "given"}})"), "circuit.inputs"));
  CHECK(has(refusal(R"({"circuit": {"kind": "parity", "k": 9}})"), "circuit.k"));
  CHECK(has(refusal(R"({"circuit": {"kind": "random", "gates": 3}})"), "at most gates"));
  CHECK(
      has(refusal(R"({"circuit": {"kind": "parity", "inputs": 25}, "inputs": "all"})"), "inputs"));
  CHECK(has(refusal(R"({"circuit": {"kind": "random", "outputs": 1, "depth": 4, "fan_in": 2}})"),
            "circuit.kind"));
}

TEST_CASE("boolean: every family makes a world with its defaults, and several side by side") {
  for (const circuits::Family& family : circuits::families()) {
    if (family.name == "copies") continue;  // a field of every circuit
    CAPTURE(family.name);
    const auto world = world_of(("{\"circuit\": \"" + family.name + "\"}").c_str());
    check_against_circuit(*world, world->sample("eval", 0, 70));
    const auto pair =
        world_of(("{\"circuit\": {\"kind\": \"" + family.name + "\", \"copies\": {\"copies\": 2}}}")
                     .c_str());
    CHECK(pair->inputs() == 2 * world->inputs());
    CHECK(pair->targets() == 2 * world->targets());
  }
}

TEST_CASE("boolean: inputs keep what their distribution promises") {
  const auto ones = [](const char* inputs) {
    const auto world = world_of(
        (std::string(R"({"circuit": {"kind": "popcount", "inputs": 8}, "inputs": )") + inputs + "}")
            .c_str());
    check_against_circuit(*world, world->sample("eval", 0, 130));
    const at::Tensor drawn = world->sample("eval", 0, 130).inputs_BN;
    // Sample b does not depend on how many are drawn at once.
    CHECK(at::equal(drawn.narrow(0, 70, 30), world->sample("eval", 70, 30).inputs_BN));
    return drawn;
  };
  CHECK(ones(R"({"kind": "exactly", "k": 3})").sum(1).eq(3).all().item<bool>());
  CHECK(ones(R"({"kind": "at_most", "k": 2})").sum(1).le(2).all().item<bool>());
  CHECK(ones(R"({"kind": "one_hot", "tasks": 5})").narrow(1, 0, 5).sum(1).eq(1).all().item<bool>());
  const at::Tensor product = ones(R"({"kind": "product", "p": [0, 1, 0.5, 0, 1, 0.5, 0, 1]})");
  CHECK(product.select(1, 0).sum().item<float>() == 0);
  CHECK(product.select(1, 1).sum().item<float>() == 130);
  const at::Tensor listed =
      ones(R"({"kind": "table", "inputs": ["10000000", "01100000"], "weights": [1, 0]})");
  CHECK(listed.sum().item<float>() == 130);
  CHECK(listed.select(1, 0).sum().item<float>() == 130);
  // Popcount-uniform: the share of samples with 0 or 8 ones is 2/9; of 130, 29 ± 5.
  const at::Tensor popcount = ones(R"("popcount")").sum(1);
  const auto extremes = (popcount.eq(0) + popcount.eq(8)).sum().item<std::int64_t>();
  CHECK(extremes > 8);  // beyond four standard deviations either way: 6e-5
  CHECK(extremes < 50);
  CHECK(has(
      refusal(
          R"({"circuit": {"kind": "popcount", "inputs": 8}, "inputs": {"kind": "exactly", "k": 9}})"),
      "inputs"));
}

TEST_CASE("boolean: features by name, with their truth tables") {
  const auto world = world_of(R"({"circuit": {"kind": "given", "inputs": ["a", "b"],
      "gates": [{"name": "t", "op": "threshold", "in": ["a", "b"], "bound": 1, "weights": [1, -1]},
                {"name": "l", "op": "lut", "in": ["a", "t"], "table": "6"}],
      "outputs": [{"name": "y", "node": "l"}]}, "features": ["l", "a"]})");
  REQUIRE(world->truth().features.size() == 2);
  CHECK(world->truth().features[0].name == "l");
  CHECK(world->inputs() == 2);
  check_against_circuit(*world, world->enumerate(0, 4));
  const auto tables = world->truth().tables();
  CHECK(tables[0].hex() == "8");  // t is a and not b, so l = a xor t is a and b
  CHECK(tables[1].hex() == "a");
  CHECK(has(refusal(R"({"circuit": "adder", "features": ["none"]})"), "no input or gate"));
  CHECK(has(refusal(R"({"circuit": "adder", "features": ["a0", "a0"]})"), "twice"));
}

TEST_CASE("boolean: a circuit from a file is named by its content") {
  const auto path = std::filesystem::temp_directory_path() /
                    ("boolean_test." + std::to_string(getpid()) + ".aag");
  std::ofstream(path) << "aag 3 2 0 1 1\n2\n4\n6\n6 2 4\n";
  WorldConfig config = read_config<WorldConfig>(
      {{"kind", "boolean"}, {"circuit", {{"kind", "file"}, {"path", path.string()}}}});
  resolve_files(config);
  const auto& file = std::get<FileCircuit>(std::get<Boolean>(config.kind).circuit.kind);
  CHECK(file.sha256.size() == 64);
  check_against_circuit(*make_world(config, 1), make_world(config, 1)->enumerate(0, 4));
  std::ofstream(path) << "aag 3 2 0 1 1\n2\n4\n7\n6 2 4\n";
  CHECK_THROWS_WITH_AS(make_world(config, 1), doctest::Contains("SHA-256"), InputError);
  std::filesystem::remove(path);
  CHECK_THROWS_AS(resolve_files(config), InputError);
}

TEST_CASE("boolean: samples for a task are the same samples without their features") {
  for (const char* text : {kRandom, kGiven}) {
    const auto world = world_of(text);
    const Batch all = world->sample("train", 5, 100), task = world->sample_task("train", 5, 100);
    CHECK(at::equal(all.inputs_BN, task.inputs_BN));
    CHECK(at::equal(all.targets_BT, task.targets_BT));
    CHECK_FALSE(task.values_BC.defined());
    CHECK(task.first == 5);
  }
}

TEST_CASE("boolean: the sum of characters is a staircase function") {
  const auto world = world_of(R"({"circuit": {"kind": "staircase", "inputs": 4, "leaps": [1, 1, 1]},
                                  "encoding": "plus_minus", "targets": "sum"})");
  CHECK(world->targets() == 1);
  CHECK_FALSE(world->boolean_targets());
  const Batch all = world->enumerate(0, 16);
  // x_a + x_a x_b + x_a x_b x_c over ±1 for three of the inputs: inputs are −1 for a 0 bit, so that the
  // character 1 − 2·bit is minus the input.
  const at::Tensor x = -all.inputs_BN;
  int matches = 0;
  for (const auto& [a, b, c] : std::vector<std::array<int, 3>>{
           {0, 1, 2}, {0, 1, 3}, {0, 2, 1}, {0, 2, 3}, {0, 3, 1}, {0, 3, 2}, {1, 0, 2}, {1, 0, 3},
           {1, 2, 0}, {1, 2, 3}, {1, 3, 0}, {1, 3, 2}, {2, 0, 1}, {2, 0, 3}, {2, 1, 0}, {2, 1, 3},
           {2, 3, 0}, {2, 3, 1}, {3, 0, 1}, {3, 0, 2}, {3, 1, 0}, {3, 1, 2}, {3, 2, 0}, {3, 2, 1}}) {
    const at::Tensor xa = x.select(1, a), xb = x.select(1, b), xc = x.select(1, c);
    matches += at::equal(all.targets_BT.select(1, 0), xa + xa * xb + xa * xb * xc);
  }
  CHECK(matches == 1);
}
