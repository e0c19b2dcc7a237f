#include "lab/worlds/world.h"

#include "circuits/evaluation/evaluate.h"
#include "lab/core/error.h"

namespace lab {

std::int64_t Truth::coordinates() const {
  std::int64_t sum = 0;
  for (const Feature& feature : features) sum += feature.width;
  return sum;
}

std::vector<circuits::TruthTable> Truth::tables() const {
  if (!circuit.has_value()) throw InputError("this world has no circuit, so no truth tables");
  try {
    const auto all = circuits::node_tables(*circuit);
    std::vector<circuits::TruthTable> list;
    for (const std::int64_t node : gate_of_feature) {
      list.push_back(all[static_cast<std::size_t>(node)]);
    }
    return list;
  } catch (const circuits::Error& error) {
    throw InputError(error.what());
  }
}

Batch World::enumerate(std::int64_t, std::int64_t) const {
  throw InputError("this world's inputs cannot be listed; sample them instead");
}

const circuits::Circuit& circuit_of_bits(const World& world, const std::string& who) {
  if (!world.encoding().has_value() || !world.boolean_targets()) {
    throw InputError(
        who +
        ": the world's inputs and targets must be the bits of a circuit; use the world "
        "`boolean` with targets `bits`");
  }
  return *world.truth().circuit;
}

std::unique_ptr<World> make_world(const WorldConfig& config, std::int64_t seed) {
  return std::visit([&](const auto& kind) { return make_world(kind, config.seed.value_or(seed)); },
                    config.kind);
}

void resolve_files(WorldConfig& config) {
  auto* boolean = std::get_if<Boolean>(&config.kind);
  if (boolean == nullptr || !std::holds_alternative<FileCircuit>(boolean->circuit.kind)) return;
  resolve_files(boolean->circuit);
  const std::string refusal = problem(boolean->inputs, known_inputs(boolean->circuit));
  if (!refusal.empty()) throw InputError("world.inputs: " + refusal);
}

}  // namespace lab
