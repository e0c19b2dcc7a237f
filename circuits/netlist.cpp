#include "circuits/netlist.h"

#include <algorithm>
#include <unordered_map>

#include "circuits/builder.h"
#include "circuits/topological.h"

namespace circuits {
namespace {

// Where a name is defined: inputs first, then gates, counted through.
using Places = std::unordered_map<std::string, std::size_t>;

Places places_of(const Netlist& netlist) {
  Places places;
  places.reserve(netlist.inputs.size() + netlist.gates.size());
  const auto define = [&](const std::string& name, const std::string& what) {
    if (name.empty()) throw Error(what + " has no name");
    if (!places.emplace(name, places.size()).second) {
      throw Error("the name \"" + name + "\" is given to two nodes");
    }
  };
  for (std::size_t i = 0; i < netlist.inputs.size(); ++i) {
    define(netlist.inputs[i], "input " + std::to_string(i));
  }
  for (std::size_t i = 0; i < netlist.gates.size(); ++i) {
    define(netlist.gates[i].name, "gate " + std::to_string(i));
  }
  return places;
}

std::size_t place(const Places& places, const std::string& name, const std::string& user) {
  const auto found = places.find(name);
  if (found == places.end()) {
    throw Error(user + " refers to \"" + name + "\", which is neither an input nor a gate");
  }
  return found->second;
}

// The fan-ins of every gate, as places.
std::vector<std::vector<std::size_t>> resolve(const Netlist& netlist, const Places& places) {
  std::vector<std::vector<std::size_t>> fanins(netlist.gates.size());
  for (std::size_t i = 0; i < netlist.gates.size(); ++i) {
    const Netlist::Gate& gate = netlist.gates[i];
    for (const std::string& name : gate.fanins) {
      fanins[i].push_back(place(places, name, "gate \"" + gate.name + "\""));
    }
  }
  return fanins;
}

[[noreturn]] void refuse_cycle(const Netlist& netlist, const std::vector<std::size_t>& ring) {
  constexpr std::size_t kShown = 8;
  std::string text;
  for (std::size_t i = 0; i < std::min(kShown, ring.size()); ++i) {
    text += "\"" + netlist.gates[ring[i]].name + "\" needs ";
  }
  if (ring.size() > kShown) text += "… ";
  throw Error("the gates form a cycle: " + text + "\"" + netlist.gates[ring[0]].name + "\"");
}

// Indices of gates; a gate's own fan-ins that are inputs wrap around to numbers beyond all gates.
std::vector<std::size_t> order_of(const Netlist& netlist,
                                  const std::vector<std::vector<std::size_t>>& fanins) {
  const std::size_t inputs = netlist.inputs.size();
  std::vector<std::vector<std::size_t>> gates = fanins;
  for (auto& list : gates) {
    for (std::size_t& fanin : list) fanin -= inputs;
  }
  return topological_order(
      gates.size(), [&](std::size_t i) -> const auto& { return gates[i]; },
      [&](const std::vector<std::size_t>& ring) { refuse_cycle(netlist, ring); });
}

}  // namespace

Circuit link(const Netlist& netlist) {
  const Places places = places_of(netlist);
  const auto fanins = resolve(netlist, places);
  Builder builder;
  std::vector<Node> node_at(places.size());
  for (std::size_t i = 0; i < netlist.inputs.size(); ++i) {
    node_at[i] = builder.input(netlist.inputs[i]);
  }
  for (const std::size_t i : order_of(netlist, fanins)) {
    std::vector<Node> nodes(fanins[i].size());
    std::ranges::transform(fanins[i], nodes.begin(), [&](std::size_t p) { return node_at[p]; });
    const Netlist::Gate& gate = netlist.gates[i];
    node_at[netlist.inputs.size() + i] = builder.add(gate.gate, nodes, gate.name);
  }
  for (const Netlist::Port& port : netlist.outputs) {
    builder.output(node_at[place(places, port.node, "output \"" + port.name + "\"")], port.name);
  }
  return builder.build();
}

Netlist netlist_of(const Circuit& circuit) {
  Netlist netlist;
  for (Node v = 0; v < circuit.nodes(); ++v) {
    if (circuit.op(v) == Op::Input) {
      netlist.inputs.push_back(circuit.name(v));
      continue;
    }
    Netlist::Gate gate{circuit.name(v), circuit.gate(v), {}};
    for (const Node fanin : circuit.fanins(v)) gate.fanins.push_back(circuit.name(fanin));
    netlist.gates.push_back(std::move(gate));
  }
  for (const Output& output : circuit.outputs()) {
    netlist.outputs.push_back({output.name, circuit.name(output.node)});
  }
  return netlist;
}

}  // namespace circuits
