#include "circuits/formats/json.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "circuits/any_circuit.h"
#include "circuits/builder.h"
#include "circuits/samplers/dag.h"
#include "circuits/words.h"

using namespace circuits;
using nlohmann::json;

TEST_CASE("a circuit survives JSON text") {
  const WordSource words = splitmix(12);
  for (int i = 0; i < 20; ++i) {
    const Circuit c = sample_dag({}, words).circuit;
    CHECK(circuit_from_json(json::parse(to_json(c).dump())) == c);
  }
  CHECK(circuit_from_json(to_json(Circuit())) == Circuit());
  Builder b;
  b.input("a b [c] \"é\"");
  b.output(b.add(Op::One, {}, "always"), "both");
  b.output(0, "wire");
  CHECK(circuit_from_json(json::parse(to_json(b.build()).dump())) == b.build());
}

TEST_CASE("every op survives JSON text, with its parameters") {
  const WordSource words = splitmix(31);
  std::set<Op> seen;
  for (int round = 0; round < 200; ++round) {
    const Circuit c = any_circuit(below(8, words), below(20, words), words);
    for (Node v = 0; v < c.nodes(); ++v) seen.insert(c.op(v));
    CHECK(circuit_from_json(json::parse(to_json(c).dump())) == c);
  }
  CHECK(seen.size() == 15);
  Builder b;  // what any_circuit leaves out: parameters at their limits
  for (int i = 0; i < 6; ++i) b.input();
  const std::int64_t most = Gate::kLargestSum;
  b.output(b.add(Gate::threshold(-most, {most - 1, -1}), {0, 1}));
  b.output(b.add(Gate::threshold(most), {0}));
  b.output(b.add(Gate::lut(~std::uint64_t{0}), {0, 1, 2, 3, 4, 5}));
  b.output(b.add(Gate::lut(std::uint64_t{1} << 63), {5, 4, 3, 2, 1, 0}));
  b.output(b.add(Gate::lut(0), {0}));
  CHECK(circuit_from_json(json::parse(to_json(b.build()).dump())) == b.build());
}

TEST_CASE("long chains and wide gates survive JSON text") {
  Builder b;
  Node last = b.input();
  for (int i = 0; i < 30000; ++i) last = b.add(i % 2 == 0 ? Op::Not : Op::Buf, {last});
  b.output(b.add(Op::Xor, std::vector<Node>(30000, last)));
  const Circuit c = b.build();
  json value = to_json(c);
  CHECK(circuit_from_json(json::parse(value.dump())) == c);
  std::reverse(value["gates"].begin(), value["gates"].end());  // each gate before what it needs
  CHECK(circuit_from_json(value).nodes() == c.nodes());
}

TEST_CASE("the form is the documented one") {
  const json form = json::parse(R"({"inputs": ["a", "b"],
      "gates": [{"name": "both", "op": "and", "in": ["a", "b"]}],
      "outputs": [{"name": "y", "node": "both"}]})");
  const Circuit c = circuit_from_json(form);
  CHECK(c.op(2) == Op::And);
  CHECK(c.name(2) == "both");
  CHECK(to_json(c) == form);
}

TEST_CASE("malformed circuits are refused with the place and the reason") {
  const auto reason = [](const char* inputs, const char* gates, const char* outputs) {
    const std::string text = std::string("{\"inputs\": ") + inputs + ", \"gates\": " + gates +
                             ", \"outputs\": " + outputs + "}";
    try {
      circuit_from_json(json::parse(text));
    } catch (const Error& error) {
      return std::string(error.what());
    }
    return std::string("accepted");
  };
  const auto gate = [&](const char* text) { return reason("[\"a\"]", text, "[]"); };
  CHECK(reason("[]", "[]", "[]") == "accepted");
  CHECK(reason("3", "[]", "[]") == "inputs: expected a list, not number");
  CHECK(reason("[1]", "[]", "[]") == "inputs[0]: expected a text, not number");
  CHECK(reason("[\"a\", \"a\"]", "[]", "[]") == "the name \"a\" is given to two nodes");
  CHECK(reason("[\"\"]", "[]", "[]") == "input 0 has no name");
  CHECK(reason("[]", "{}", "[]") == "gates: expected a list, not object");
  CHECK(gate("[[]]") == "gates[0]: expected an object, not array");
  CHECK(gate(R"([{"name": "g", "op": "not"}])") == "gates[0]: \"in\" is missing");
  CHECK(gate(R"([{"name": "g", "op": "not", "in": ["a"], "x": 1}])") ==
        "gates[0]: unknown member \"x\"");
  CHECK(gate(R"([{"name": 1, "op": "not", "in": ["a"]}])") ==
        "gates[0].name: expected a text, not number");
  CHECK(gate(R"([{"name": "g", "op": "nandy", "in": ["a", "a"]}])") ==
        "gates[0].op: unknown op \"nandy\"; one of zero, one, not, and, or, xor, nand, nor, xnor, "
        "buf, maj, mux, threshold, lut");
  CHECK(gate(R"([{"name": "g", "op": "input", "in": []}])").starts_with("gates[0].op: unknown op"));
  CHECK(gate(R"([{"name": "g", "op": "not", "in": [null]}])") ==
        "gates[0].in[0]: expected a text, not null");
  CHECK(gate(R"([{"name": "g", "op": "not", "in": ["b"]}])") ==
        "gate \"g\" refers to \"b\", which is neither an input nor a gate");
  CHECK(gate(R"([{"name": "g", "op": "and", "in": ["a"]}])") ==
        "and \"g\" takes at least 2 fan-ins and was given 1");
  CHECK(gate(R"([{"name": "g", "op": "not", "in": ["g"]}])") ==
        "the gates form a cycle: \"g\" needs \"g\"");
  CHECK(reason("[\"a\"]", "[]", R"([{"name": "y", "node": "z"}])") ==
        "output \"y\" refers to \"z\", which is neither an input nor a gate");
  CHECK(reason("[\"a\"]", "[]", R"([{"name": "y"}])") == "outputs[0]: \"node\" is missing");
  CHECK(gate(R"([{"name": "g", "op": "a\nd", "in": ["a"]}])") ==
        "gates[0].op: \"a?d\" has a control character");
  CHECK(gate(R"([{"name": "g\u007f", "op": "and", "in": ["a"]}])") ==
        "gates[0].name: \"g?\" has a control character");
  CHECK(gate(R"([{"name": "g", "op": "not", "in": ["a\tb"]}])") ==
        "gates[0].in[0]: \"a?b\" has a control character");
  CHECK(gate(R"([{"name": "g", "op": "not", "in": ["a"], "x\ny": 1}])") ==
        "gates[0]: unknown member \"x?y\"");
  CHECK_THROWS_AS(circuit_from_json(json::parse("[]")), Error);
  CHECK_THROWS_AS(circuit_from_json(json::parse("{\"inputs\": [], \"gates\": []}")), Error);
  CHECK_THROWS_AS(circuit_from_json(json()), Error);
}
