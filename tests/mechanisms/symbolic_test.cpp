// Networks run on symbols: proofs beyond enumeration, and never another verdict than enumeration's.
#include "lab/mechanisms/symbolic.h"

#include <ATen/ATen.h>
#include <doctest/doctest.h>

#include <string>

#include "lab/core/config.h"
#include "lab/core/error.h"
#include "lab/worlds/world.h"

using namespace lab;

namespace {

std::unique_ptr<World> world_of(const std::string& circuit, std::int64_t seed = 1,
                                const std::string& encoding = "zero_one") {
  return make_world(read_config<WorldConfig>(
                        parse_json(R"({"kind": "boolean", "inputs": "uniform", "encoding": ")" +
                                       encoding + R"(", "circuit": )" + circuit + "}",
                                   "test")),
                    seed);
}

std::unique_ptr<Subject> subject_of(const std::string& config, const World& world,
                                    std::int64_t seed = 1) {
  return make_subject(read_config<SubjectConfig>(parse_json(config, "test")), world, seed);
}

bool exact_by_enumeration(const Subject& subject, const World& world) {
  const Batch batch = world.enumerate(0, *world.support());
  return (subject.run(batch) > .5).eq(batch.targets_BT > .5).all().item<bool>();
}

std::string random_circuit(int inputs, int gates) {
  return R"({"kind": "random", "inputs": )" + std::to_string(inputs) + R"(, "gates": )" +
         std::to_string(gates) + R"(, "outputs": 3, "depth": 5})";
}

// Four layers of twelve gates of all kinds.
std::string layered_circuit(int inputs) {
  return R"({"kind": "layered", "width": 12, "layers": 4, "fan_in": 3, "maj_share": 0.2, "mux_share": 0.2, "inputs": )" +
         std::to_string(inputs) + "}";
}

}  // namespace

TEST_CASE("compiled networks of 40 inputs are proved exact, in any basis and encoding") {
  const auto proved = [](const std::string& circuit, const std::string& rotation,
                         const std::string& encoding) {
    CAPTURE(circuit);
    CAPTURE(rotation);
    CAPTURE(encoding);
    const auto world = world_of(circuit, 1, encoding);
    REQUIRE(world->inputs() > 24);
    const auto subject =
        subject_of(R"({"kind": "compiled", "rotation": ")" + rotation + "\"}", *world);
    const Score exact = prove_exact(*subject, *world);
    CAPTURE(exact.reason);
    REQUIRE(exact.present);
    CHECK(exact.value == 1);
  };
  for (const std::string& circuit :
       {layered_circuit(40), std::string(R"({"kind": "parity", "inputs": 40, "k": 40})")}) {
    for (const char* rotation : {"none", "orthogonal", "random"}) {
      for (const char* encoding : {"zero_one", "plus_minus"}) proved(circuit, rotation, encoding);
    }
  }
  // In a rotated basis the rounding of float32 weights grows with the many layers of its carries.
  proved(R"({"kind": "adder", "bits": 16})", "none", "zero_one");
}

TEST_CASE("what is said of damaged networks is what enumeration says") {
  int proved = 0, refuted = 0;
  for (std::int64_t seed = 1; seed <= 40; ++seed) {
    CAPTURE(seed);
    const auto world = world_of(random_circuit(8, 12), seed);
    const auto subject = subject_of(R"({"kind": "compiled", "rotation": "orthogonal"})", *world);
    Tensors weights = subject->weights();
    Words words = Draw("test/symbolic", seed).at(0);
    const std::string name = "layer" + std::to_string(words.below(2)) + ".bias";
    at::Tensor bias = weights.at(name).clone();
    const auto where =
        static_cast<std::int64_t>(words.below(static_cast<std::uint64_t>(bias.numel())));
    bias[where] += words.bernoulli(.5) ? 1. : -.25;
    weights[name] = bias;
    subject->set_weights(weights);
    const Score exact = prove_exact(*subject, *world);
    if (!exact.present) continue;
    CHECK(exact.value == (exact_by_enumeration(*subject, *world) ? 1 : 0));
    ++(exact.value == 1 ? proved : refuted);
  }
  CHECK(proved > 5);
  CHECK(refuted > 5);
}

TEST_CASE(
    "absolute values and leaky ReLUs are followed; a distance to the threshold is what it is") {
  const auto world = world_of(
      R"({"kind": "given", "inputs": ["a", "b"], "gates": [{"name": "y", "op": "xor", "in": ["a", "b"]}],
          "outputs": [{"name": "y", "node": "y"}]})");
  const auto abs = subject_of(
      R"({"kind": "mlp", "widths": [1], "activation": "abs", "training": {"loss": "mse"}})",
      *world);
  abs->set_weights({{"layer0.weight", at::tensor({1.F, -1.F}).view({1, 2})},
                    {"layer0.bias", at::zeros({1})},
                    {"output.weight", at::full({1, 1}, .75F)},
                    {"output.bias", at::zeros({1})}});
  CHECK(prove_exact(*abs, *world).value == 1);
  const Symbolic found = run_symbols(*abs->piecewise_linear(), *world->truth().circuit, {0, 1}, .5);
  CHECK(found.margin == doctest::Approx(.25));
  // a + b − 2·leaky(a + b − 1): below 0 the kink passes a hundredth.
  const auto leaky = subject_of(
      R"({"kind": "mlp", "widths": [2], "activation": "leaky_relu", "training": {"loss": "mse"}})",
      *world);
  leaky->set_weights({{"layer0.weight", at::ones({2, 2})},
                      {"layer0.bias", at::tensor({0.F, -1.F})},
                      {"output.weight", at::tensor({1.F, -2.F}).view({1, 2})},
                      {"output.bias", at::zeros({1})}});
  CHECK(prove_exact(*leaky, *world).value == 1);
  CHECK(run_symbols(*leaky->piecewise_linear(), *world->truth().circuit, {0, 1}, .5).margin ==
        doctest::Approx(.48));
}

TEST_CASE("damaged networks of 40 inputs are never proved where samples are wrong") {
  int refuted = 0;
  for (std::int64_t seed = 1; seed <= 8; ++seed) {
    CAPTURE(seed);
    const auto world =
        world_of(layered_circuit(40), seed, seed % 2 == 0 ? "zero_one" : "plus_minus");
    const auto subject = subject_of(R"({"kind": "compiled"})", *world);
    Tensors weights = subject->weights();
    at::Tensor bias = weights.at("layer1.bias").clone();
    bias[seed] += 1;
    weights["layer1.bias"] = bias;
    subject->set_weights(weights);
    const Batch batch = world->sample("eval", 0, 4096);
    const bool right = (subject->run(batch) > .5).eq(batch.targets_BT > .5).all().item<bool>();
    const Score exact = prove_exact(*subject, *world);
    if (!exact.present) continue;
    if (!right) CHECK(exact.value == 0);
    refuted += exact.value == 0;
  }
  CHECK(refuted > 0);
}

TEST_CASE("rare bits do not hide how bits are said, and numbers that are none are refused") {
  // All samples are ones: what a network reads for 0 is known from the config alone.
  const auto world = make_world(
      read_config<WorldConfig>(parse_json(R"({"kind": "boolean", "encoding": "plus_minus",
        "inputs": {"kind": "exactly", "k": 30}, "circuit": {"kind": "parity", "inputs": 30, "k": 30}})",
                                          "test")),
      1);
  const auto subject = subject_of(R"({"kind": "compiled"})", *world);
  const Batch zeros{at::full({1, 30}, -1.F), {}, {}, {}, "test", 0};
  CHECK(subject->run(zeros).item<double>() < .5);  // the parity of no ones
  CHECK(prove_exact(*subject, *world).value == 1);
  Tensors weights = subject->weights();
  weights["layer0.bias"] = weights.at("layer0.bias") * NAN;
  subject->set_weights(weights);
  CHECK_THROWS_AS(prove_exact(*subject, *world), Failure);
}

TEST_CASE("what cannot be followed is said to be unknown, and why") {
  const auto world = world_of(layered_circuit(30));
  const auto dense = subject_of(R"({"kind": "mlp", "widths": [8]})", *world);
  const Score none = prove_exact(*dense, *world);
  CHECK_FALSE(none.present);
  CHECK(
      none.reason ==
      "there are too many inputs to list, and no proof was found: unit 0 of layer0 hears more than "
      "14 bits at once");
  const auto smooth = subject_of(R"({"kind": "mlp", "widths": [8], "activation": "gelu"})", *world);
  CHECK_FALSE(prove_exact(*smooth, *world).present);
  const auto noisy = subject_of(R"({"kind": "compiled", "noise": 0.1})", *world);
  CHECK_FALSE(prove_exact(*noisy, *world).present);
  const auto other = world_of(layered_circuit(29));
  CHECK_THROWS_AS(run_symbols(*dense->piecewise_linear(), *other->truth().circuit, {0, 1}, .5),
                  InputError);
}
