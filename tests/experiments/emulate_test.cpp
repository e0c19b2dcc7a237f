// The experiment emulate on a network whose places are known, and on networks in which there is little to find.
#include "experiments/emulate.h"

#include <ATen/ATen.h>
#include <doctest/doctest.h>

#include "experiments/experiment.h"
#include "experiments/memory.h"
#include "lab/core/config.h"
#include "lab/core/error.h"
#include "lab/tensors/tensors.h"

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

TEST_CASE(
    "every neuron of a compiled network is an input or a gate, and its truth table is that one's") {
  const Product made = Memory().make(compose(run_of({{"kind", "compiled"}})));
  const auto score = [&](const std::string& name) { return made.record.scores.at(name); };
  for (const char* one : {"neurons_described", "neurons_two_valued", "neurons_explained"}) {
    CAPTURE(one);
    CHECK(score(one).value == doctest::Approx(1));
  }
  CHECK(score("neurons_gate").value + score("neurons_input").value == doctest::Approx(1));
  const Table& neurons = made.record.tables.at("neurons");
  const at::Tensor bits = tensor(from_safetensors(made.tensors, "test"), "neuron_bits");
  CHECK((bits.sizes() == at::IntArrayRef{static_cast<std::int64_t>(neurons.rows.size()), 8}));
  std::int64_t seen = 0;
  for (std::size_t n = 0; n < neurons.rows.size(); ++n) {
    const bool complement = neurons.labels[n] == "not y";  // an OR is compiled as its complement
    if (neurons.labels[n] != "y" && !complement) continue;
    for (std::int64_t x = 0; x < 8; ++x) {  // input number x: bit i is input i
      const bool y = ((x & 1) != 0 && (x & 2) != 0) || (x & 4) != 0;
      CHECK(bits[static_cast<std::int64_t>(n)][x].item<bool>() == (y != complement));
    }
    ++seen;
  }
  CHECK(seen > 0);
  CHECK(made.record.tables.at("matrix").rows.size() > 0);
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

TEST_CASE("with more inputs than can be listed exactness is proved, or refuted by a sample") {
  const auto exact = [](const json& subject) {
    json run = run_of(subject);
    run["world"] = {
        {"kind", "boolean"},
        {"inputs", "uniform"},
        {"circuit", {{"kind", "layered"}, {"inputs", 26}, {"width", 4}, {"layers", 2}}}};
    run["search"] = {{"search_pairs", 64}, {"test_pairs", 64}};
    run["scores"] = {{"samples", 256}, {"nulls", 2}};
    return Memory().make(compose(run)).record.scores.at("exact");
  };
  CHECK(exact({{"kind", "compiled"}, {"rotation", "random"}}).value == 1);
  const Score wrong = exact({{"kind", "mlp"}, {"widths", {8}}, {"training", {{"steps", 1}}}});
  REQUIRE(wrong.present);
  CHECK(wrong.value == 0);
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
