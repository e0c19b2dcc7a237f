// What a circuit says when a gate has another input's value.
#include "lab/worlds/interchange.h"

#include <ATen/ATen.h>
#include <doctest/doctest.h>

#include "worlds/worlds.h"

using namespace lab;
using namespace lab::tests;

namespace {

constexpr const char* kWorld =
    R"({"kind": "boolean", "circuit": {"kind": "random", "inputs": 6, "gates": 15, "outputs": 3}, "inputs": "uniform", "encoding": "plus_minus"})";

}  // namespace

TEST_CASE("pairs are samples 2b and 2b+1") {
  const auto world = world_of(kWorld);
  const Batch all = world->sample("swap", 0, 20);
  const Pairs pairs = sample_pairs(*world, "swap", 3, 7);
  CHECK(at::equal(pairs.base.inputs_BN[0], all.inputs_BN[6]));
  CHECK(at::equal(pairs.source.inputs_BN[0], all.inputs_BN[7]));
  CHECK(at::equal(pairs.base.targets_BT[6], all.targets_BT[18]));
  CHECK(pairs.base.inputs_BN.size(0) == 7);
}

TEST_CASE(
    "a node's own value changes nothing; all inputs of the source make the source's outputs") {
  const auto world = world_of(kWorld);
  const circuits::Circuit& circuit = *world->truth().circuit;
  const Pairs pairs = sample_pairs(*world, "swap", 0, 64);
  const at::Tensor own = node_values(circuit, pairs.base.inputs_BN);
  CHECK(at::equal(outputs_when(circuit, pairs.base.inputs_BN, {}, at::empty({64, 0}, at::kBool)),
                  pairs.base.targets_BT > .5));
  for (circuits::Node v = 0; v < circuit.nodes(); ++v) {
    CHECK(at::equal(outputs_when(circuit, pairs.base.inputs_BN, {v}, own.narrow(1, v, 1)),
                    pairs.base.targets_BT > .5));
  }
  CHECK(at::equal(interchanged_outputs(circuit, pairs, {0, 1, 2, 3, 4, 5}),
                  pairs.source.targets_BT > .5));
  for (std::size_t t = 0; t < circuit.outputs().size(); ++t) {
    const at::Tensor outputs = interchanged_outputs(circuit, pairs, {circuit.outputs()[t].node});
    CHECK(at::equal(outputs.select(1, static_cast<std::int64_t>(t)),
                    pairs.source.targets_BT.select(1, static_cast<std::int64_t>(t)) > .5));
  }
}

TEST_CASE("a forced gate decides what follows from it: (a and b) or c") {
  const auto world = world_of(R"({"kind": "boolean", "inputs": "all", "circuit": {"kind": "given",
    "inputs": ["a", "b", "c"], "gates": [{"name": "g", "op": "and", "in": ["a", "b"]},
    {"name": "h", "op": "or", "in": ["g", "c"]}], "outputs": [{"name": "y", "node": "h"}]}})");
  const Batch all = world->enumerate(0, 8);
  const at::Tensor forced =
      outputs_when(*world->truth().circuit, all.inputs_BN, {3}, at::ones({8, 1}, at::kBool));
  CHECK(forced.all().item<bool>());
  const at::Tensor off =
      outputs_when(*world->truth().circuit, all.inputs_BN, {3}, at::zeros({8, 1}, at::kBool));
  CHECK(at::equal(off.select(1, 0), all.inputs_BN.select(1, 2) > .5));
  CHECK_THROWS_AS(outputs_when(*world->truth().circuit, all.inputs_BN, {3}, forced.narrow(0, 0, 4)),
                  InputError);
  CHECK_THROWS_AS(node_values(*world->truth().circuit, all.inputs_BN.narrow(1, 0, 2)), InputError);
}
