// The world of a boolean circuit: inputs are random bits, features are the values of its gates.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "lab/core/fields.h"
#include "lab/worlds/bits_config.h"
#include "lab/worlds/circuit_config.h"

namespace lab {

class World;

struct Boolean {
  static constexpr const char* name = "boolean";
  static constexpr const char* doc =
      "a boolean circuit; the features are its inputs and gates (or some), the targets its outputs";
  static constexpr std::int64_t revision = 1;
  CircuitConfig circuit;
  BitsConfig inputs;
  std::string encoding = "zero_one";
  std::vector<std::string> features;
  std::string targets = "bits";

  void fields(Fields& f) {
    f("circuit", circuit, any(), "the circuit that is true");
    f("inputs", inputs, any(), "distribution of the input bits");
    f("encoding", encoding, one_of({"zero_one", "plus_minus"}),
      "what a network reads for a bit: 0 and 1, or -1 and 1");
    f("features", features, any(),
      "names of the inputs and gates that are features; none: all but constants, copies and "
      "complements",
      Legacy{"[]"});
    f("targets", targets, one_of({"bits", "sum"}),
      "the outputs' bits, or one number, the sum of 1 - 2*bit over the outputs: a sum of parities "
      "is "
      "then a staircase function (Abbe et al. 2022), a single output a character of values 1 and "
      "-1",
      Legacy{"\"bits\""});
    const std::string refusal = problem(inputs, known_inputs(circuit));
    f.require(refusal.empty(), "inputs", refusal.c_str());
  }
};

// Features are the inputs and then the gates in topological order, one plain feature each, named as
// in the circuit (constants, NOT and BUF gates are none, being no variables of their own), or the
// nodes that `features` names, in its order. A feature is present when its value is 1. With targets
// "sum" there is one target, which is no bit (boolean_targets is false). The circuit is drawn from Draw("world/boolean/circuit", seed),
// sample b of a split from Draw("world/boolean/<split>", seed). Throws InputError when there is no
// such circuit.
std::unique_ptr<World> make_world(const Boolean& config, std::int64_t seed);

}  // namespace lab
