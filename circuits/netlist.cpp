#include "circuits/netlist.h"

#include <algorithm>
#include <unordered_map>

#include "circuits/builder.h"

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

// Gates on the way of a depth-first search, each with its next fan-in.
struct Step {
  std::size_t gate;
  std::size_t next = 0;
};

[[noreturn]] void refuse_cycle(const Netlist& netlist, const std::vector<Step>& way,
                               std::size_t again) {
  constexpr std::size_t kShown = 8;
  std::size_t start = 0;
  while (way[start].gate != again) ++start;
  std::string text;
  for (std::size_t i = start; i < way.size() && i < start + kShown; ++i) {
    text += "\"" + netlist.gates[way[i].gate].name + "\" needs ";
  }
  if (way.size() > start + kShown) text += "… ";
  throw Error("the gates form a cycle: " + text + "\"" + netlist.gates[again].name + "\"");
}

// Depth-first postorder, by an explicit stack since chains may be a million gates long.
std::vector<std::size_t> topological_order(const Netlist& netlist,
                                           const std::vector<std::vector<std::size_t>>& fanins) {
  enum class State : char { New, Open, Done };
  const std::size_t inputs = netlist.inputs.size();
  std::vector<State> state(fanins.size(), State::New);
  std::vector<std::size_t> order;
  std::vector<Step> way;
  for (std::size_t root = 0; root < fanins.size(); ++root) {
    if (state[root] != State::New) continue;
    way.push_back({root});
    state[root] = State::Open;
    while (!way.empty()) {
      Step& step = way.back();
      if (step.next == fanins[step.gate].size()) {
        state[step.gate] = State::Done;
        order.push_back(step.gate);
        way.pop_back();
        continue;
      }
      const std::size_t fanin = fanins[step.gate][step.next++];
      if (fanin < inputs) continue;
      const std::size_t gate = fanin - inputs;
      if (state[gate] == State::Open) refuse_cycle(netlist, way, gate);
      if (state[gate] == State::Done) continue;
      state[gate] = State::Open;
      way.push_back({gate});
    }
  }
  return order;
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
  for (const std::size_t i : topological_order(netlist, fanins)) {
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
