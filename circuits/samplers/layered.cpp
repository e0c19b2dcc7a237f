#include "circuits/samplers/layered.h"

#include <algorithm>
#include <string>
#include <utility>

#include "circuits/builder.h"
#include "circuits/samplers/literals.h"
#include "circuits/views.h"

namespace circuits {
namespace {

constexpr std::size_t kMostObserved = 20;
constexpr std::size_t kMostGates = std::size_t{1} << 22;
constexpr std::size_t kMostFanins = std::size_t{1} << 26;
constexpr int kAttempts = 10'000;

void check(const LayeredShape& shape) {
  check_shape(shape);
  const auto require = [](bool holds, const std::string& what) {
    circuits::require(holds, LayeredShape::family, what);
  };
  check_mix(shape.mix, shape.fan_in, LayeredShape::family);
  require(shape.width * shape.layers <= kMostGates,
          "there may be at most " + std::to_string(kMostGates) + " gates");
  require(shape.width * shape.layers * shape.fan_in <= kMostFanins,
          "width · layers · fan_in must be at most " + std::to_string(kMostFanins));
  require(shape.locality != 1, "locality must be 0 (none) or at least 2");
  std::size_t reach = shape.layers == 1 ? shape.inputs : std::min(shape.inputs, shape.width);
  if (shape.locality > 0) reach = std::min(reach, shape.locality);
  const std::size_t needed = shape.mix.maj_share + shape.mix.mux_share > 0 ? 3 : 2;
  require(reach >= needed, "every gate must reach at least " + std::to_string(needed) +
                               " nodes: allow more inputs, width or locality");
  require(!shape.observable || shape.inputs <= kMostObserved,
          "observable is decided for at most " + std::to_string(kMostObserved) + " inputs");
}

std::vector<Node> reachable(const LayeredShape& shape, std::size_t gate,
                            const std::vector<Node>& below) {
  const std::size_t size = below.size();
  if (shape.locality == 0 || shape.locality >= size) return below;
  const std::size_t first = gate * size / shape.width + size - (shape.locality - 1) / 2;
  std::vector<Node> nodes;
  for (std::size_t i = 0; i < shape.locality; ++i) nodes.push_back(below[(first + i) % size]);
  return nodes;
}

GateKind draw_some_kind(const LayeredShape& shape, std::size_t reach, const WordSource& words) {
  for (;;) {
    const auto kind = draw_kind(shape.xor_share, shape.mix, std::min(shape.fan_in, reach), words);
    if (kind) return *kind;
  }
}

// k different nodes, each sequence equally likely.
std::vector<Node> draw_fanins(std::size_t k, const std::vector<Node>& nodes,
                              const WordSource& words) {
  std::vector<Node> fanins;
  if (nodes.size() <= 64 || k * 4 > nodes.size()) {
    for (const std::uint64_t i : choose(k, nodes.size(), words)) fanins.push_back(nodes[i]);
    return fanins;
  }
  while (fanins.size() < k) {
    const Node node = nodes[below(nodes.size(), words)];
    if (std::ranges::find(fanins, node) == fanins.end()) fanins.push_back(node);
  }
  return fanins;
}

// Whether flipping any node changes an output. What nobody uses is found first, since that costs
// little.
bool all_observable(const Circuit& circuit) {
  std::vector<std::size_t> uses = fan_outs(circuit);
  for (const Output& output : circuit.outputs()) ++uses[output.node];
  return std::ranges::count(uses, std::size_t{0}) == 0 &&
         std::ranges::count(observable(circuit), false) == 0;
}

Circuit draw_circuit(const LayeredShape& shape, const WordSource& words) {
  Builder builder;
  Literals literal(builder);
  std::vector<Node> layer;
  for (std::size_t i = 0; i < shape.inputs; ++i) layer.push_back(builder.input());
  for (std::size_t l = 0; l < shape.layers; ++l) {
    std::vector<Node> next;
    for (std::size_t gate = 0; gate < shape.width; ++gate) {
      const bool all = shape.locality == 0 || shape.locality >= layer.size();
      const std::vector<Node> window = all ? std::vector<Node>{} : reachable(shape, gate, layer);
      const std::vector<Node>& nodes = all ? layer : window;
      const GateKind kind = draw_some_kind(shape, nodes.size(), words);
      std::vector<Node> fanins = draw_fanins(kind.fanins, nodes, words);
      for (Node& fanin : fanins) {
        if (kind.negatable) fanin = literal(fanin, chance(shape.not_share, words));
      }
      next.push_back(builder.add(kind.gate, fanins));
    }
    layer = std::move(next);
  }
  for (const Node node : layer) builder.output(node);
  return builder.build();
}

}  // namespace

Parameters LayeredShape::parameters() {
  Parameters all{
      whole("inputs", inputs, 2, 65536, "input bits"),
      whole("width", width, 1, 65536, "gates of a layer; outputs"),
      whole("layers", layers, 1, 65536, "layers of gates"),
      whole("fan_in", fan_in, 2, 65536, "largest number of fan-ins of a gate"),
      whole("locality", locality, 0, 65536,
            "nodes that a gate can reach, around its place; 0: all"),
      share("xor_share", xor_share, "probability that a gate is XOR"),
      share("not_share", not_share, "probability that a fan-in is negated; not those of XOR, LUT")};
  const Parameters others = mix.parameters();
  all.insert(all.end(), others.begin(), others.end());
  all.push_back(
      flag("observable", observable, "reject circuits with irrelevant inputs or dead gates"));
  return all;
}

Sampled sample_layered(const LayeredShape& shape, const WordSource& words) {
  check(shape);
  for (std::int64_t attempt = 1; attempt <= kAttempts; ++attempt) {
    Circuit circuit = draw_circuit(shape, words);
    if (!shape.observable || all_observable(circuit)) {
      return {std::move(circuit), attempt};
    }
  }
  throw Error(std::string(LayeredShape::family) + ": " + std::to_string(kAttempts) +
              " attempts in vain; allow more width or fan-in, or fewer inputs or layers");
}

}  // namespace circuits
