// The world of a boolean circuit: inputs are random bits, features are the values of its gates.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "lab/core/fields.h"

namespace lab {

class World;

// Where the circuit comes from.

struct RandomCircuit {
  static constexpr const char* name = "random";
  static constexpr const char* doc =
      "random circuit without constant, duplicate, complementary or dead gates, every input "
      "relevant "
      "(distribution: circuits/samplers/dag.h)";
  static constexpr std::int64_t revision = 1;
  std::int64_t inputs = 8;
  std::int64_t gates = 16;
  std::int64_t outputs = 4;
  std::int64_t depth = 4;
  std::int64_t fan_in = 3;
  double xor_share = 0.25;
  double not_share = 0.5;

  void fields(Fields& f) {
    f("inputs", inputs, between(2, 20), "input bits");
    f("gates", gates, between(1, 4096), "AND, OR and XOR gates; NOT gates come on top");
    f("outputs", outputs, at_least(1), "outputs: the gates that no other uses, and random others");
    f("depth", depth, at_least(1), "gates on the longest path, exactly; NOT gates are free");
    f("fan_in", fan_in, between(2, 64),
      "largest number of fan-ins of a gate; at least 2 are drawn");
    f("xor_share", xor_share, between(0, 1),
      "probability that a gate is XOR; AND and OR share the rest");
    f("not_share", not_share, between(0, 1),
      "probability that a fan-in of an AND or OR is negated");
    f.require(outputs <= gates, "outputs", "must be at most gates");
    f.require(depth <= gates, "depth", "must be at most gates");
  }
};

struct ParityCircuit {
  static constexpr const char* name = "parity";
  static constexpr const char* doc =
      "parity of k of the inputs, chosen at random (sparse parity); one output";
  static constexpr std::int64_t revision = 1;
  std::int64_t inputs = 8;
  std::int64_t k = 3;
  std::int64_t fan_in = 2;

  void fields(Fields& f) {
    f("inputs", inputs, between(1, 65536), "input bits");
    f("k", k, at_least(1), "inputs whose parity it is; they stay the same for one seed");
    f("fan_in", fan_in, between(2, 65536),
      "fan-ins of an XOR gate: 2 gives a tree, k a single gate");
    f.require(k <= inputs, "k", "must be at most inputs");
  }
};

struct GivenGate {
  std::string name;
  std::string op;
  std::vector<std::string> in;

  void fields(Fields& f) {
    f("name", name, required(), "name of the gate, unique among inputs and gates");
    f("op", op, Check{.one_of = {"zero", "one", "not", "and", "or", "xor"}, .required = true},
      "what it computes");
    f("in", in, any(),
      "names of its fan-ins: none for zero and one, one for not, else two or more");
  }
};

struct GivenOutput {
  std::string name;
  std::string node;

  void fields(Fields& f) {
    f("name", name, required(), "name of the output, unique among outputs");
    f("node", node, required(), "name of the input or gate that it is");
  }
};

struct GivenCircuit {
  static constexpr const char* name = "given";
  static constexpr const char* doc =
      "the circuit that is written here, as circuits/formats/json.h writes it";
  static constexpr std::int64_t revision = 1;
  std::vector<std::string> inputs;
  std::vector<GivenGate> gates;
  std::vector<GivenOutput> outputs;

  void fields(Fields& f);  // also requires that these form a circuit
};

struct CircuitConfig {
  static constexpr const char* room = "circuits";
  std::variant<RandomCircuit, ParityCircuit, GivenCircuit> kind;
  void fields(Fields& f) { f.kind(kind); }
};

// How the input bits are drawn.

struct UniformBits {
  static constexpr const char* name = "uniform";
  static constexpr const char* doc = "independent fair bits";
  static constexpr std::int64_t revision = 1;
  void fields(Fields&) {}
};

struct BiasedBits {
  static constexpr const char* name = "biased";
  static constexpr const char* doc = "independent bits, each 1 with the same probability";
  static constexpr std::int64_t revision = 1;
  double p = 0.1;
  void fields(Fields& f) { f("p", p, between(0, 1), "probability that a bit is 1"); }
};

struct AllBits {
  static constexpr const char* name = "all";
  static constexpr const char* doc =
      "all 2^n inputs in order, over and over: bit i of sample b is bit i of b; at most 24 inputs";
  static constexpr std::int64_t revision = 1;
  void fields(Fields&) {}
};

struct BitsConfig {
  static constexpr const char* room = "bits";
  std::variant<UniformBits, BiasedBits, AllBits> kind;
  void fields(Fields& f) { f.kind(kind); }
};

struct Boolean {
  static constexpr const char* name = "boolean";
  static constexpr const char* doc =
      "a boolean circuit; the features are its inputs and gates (or some), the targets its outputs";
  static constexpr std::int64_t revision = 1;
  CircuitConfig circuit;
  BitsConfig inputs;
  std::string encoding = "zero_one";
  std::vector<std::string> features;

  std::int64_t input_count() const;  // of the circuit

  void fields(Fields& f) {
    f("circuit", circuit, any(), "the circuit that is true");
    f("inputs", inputs, any(), "distribution of the input bits");
    f("encoding", encoding, one_of({"zero_one", "plus_minus"}),
      "what a network reads for a bit: 0 and 1, or -1 and 1");
    f("features", features, any(),
      "names of the inputs and gates that are features; none: all but constants, copies and "
      "complements",
      Legacy{"[]"});
    f.require(!std::holds_alternative<AllBits>(inputs.kind) || input_count() <= 24, "inputs",
              "of kind all are for circuits of at most 24 inputs");
  }
};

// Features are the inputs and then the gates in topological order, one plain feature each, named as
// in the circuit (constants, NOT and BUF gates are none, being no variables of their own), or the
// nodes that `features` names, in its order. A feature is present when its value is 1. The circuit is drawn from Draw("world/boolean/circuit", seed),
// sample b of a split from Draw("world/boolean/<split>", seed). Throws InputError when there is no
// such circuit.
std::unique_ptr<World> make_world(const Boolean& config, std::int64_t seed);

}  // namespace lab
