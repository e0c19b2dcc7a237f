#include "circuits/samplers/copies.h"

#include <string>
#include <unordered_map>

#include "circuits/compose.h"
#include "circuits/netlist.h"

namespace circuits {
namespace {

constexpr std::size_t kMostNodes = std::size_t{1} << 24;

// The circuit that reads input order[i] where this one reads input i.
Circuit reordered(const Circuit& circuit, const std::vector<std::uint64_t>& order) {
  Netlist netlist = netlist_of(circuit);
  std::unordered_map<std::string, std::string> instead;
  for (std::size_t i = 0; i < order.size(); ++i) {
    instead[netlist.inputs[i]] = netlist.inputs[order[i]];
  }
  const auto replace = [&instead](std::string& name) {
    const auto found = instead.find(name);
    if (found != instead.end()) name = found->second;
  };
  for (Netlist::Gate& gate : netlist.gates) {
    for (std::string& fanin : gate.fanins) replace(fanin);
  }
  for (Netlist::Port& output : netlist.outputs) replace(output.node);
  return link(netlist);
}

}  // namespace

Parameters CopiesShape::parameters() {
  return {whole("copies", copies, 1, 65536, "circuits side by side"),
          flag("same", same, "one draw again and again, not a draw each"),
          flag("shared_inputs", shared_inputs, "all read the same inputs"),
          flag("permute", permute, "each reads its inputs in a random order")};
}

Sampled sample_copies(const CopiesShape& shape, const Sampler& sampler, const WordSource& words) {
  check_shape(shape);
  std::vector<Circuit> parts;
  Sampled drawn;
  std::int64_t attempts = 0;
  std::size_t nodes = 0;
  for (std::size_t i = 0; i < shape.copies; ++i) {
    if (i == 0 || !shape.same) {
      drawn = sampler(words);
      attempts += drawn.attempts;
    }
    const Circuit& circuit = drawn.circuit;
    nodes += circuit.nodes();
    require(nodes <= kMostNodes, CopiesShape::family, "the copies would have more than 2^24 nodes");
    const std::size_t n = circuit.inputs();
    parts.push_back(shape.permute ? reordered(circuit, choose(n, n, words)) : circuit);
  }
  return {shape.shared_inputs ? on_same_inputs(parts) : side_by_side(parts), attempts};
}

}  // namespace circuits
