#include "circuits/json.h"

#include <algorithm>
#include <initializer_list>
#include <nlohmann/json.hpp>

#include "circuits/netlist.h"

namespace circuits {
namespace {

using nlohmann::json;

// Checks that `value` is an object with exactly these members.
void expect_members(const json& value, const std::string& where,
                    std::initializer_list<const char*> members) {
  if (!value.is_object()) throw Error(where + ": expected an object, not " + value.type_name());
  for (const char* member : members) {
    if (!value.contains(member)) throw Error(where + ": \"" + member + "\" is missing");
  }
  for (const auto& [key, unused] : value.items()) {
    if (std::ranges::find(members, key) == members.end()) {
      throw Error(where + ": unknown member \"" + key + "\"");
    }
  }
}

std::string text(const json& value, const std::string& where) {
  if (!value.is_string()) throw Error(where + ": expected a text, not " + value.type_name());
  return value.get<std::string>();
}

// Calls read(item, where) for each item of the list `value`.
template <class Read>
void each(const json& value, const std::string& where, const Read& read) {
  if (!value.is_array()) throw Error(where + ": expected a list, not " + value.type_name());
  for (std::size_t i = 0; i < value.size(); ++i) {
    read(value[i], where + "[" + std::to_string(i) + "]");
  }
}

std::vector<std::string> texts(const json& value, const std::string& where) {
  std::vector<std::string> list;
  each(value, where,
       [&](const json& item, const std::string& at) { list.push_back(text(item, at)); });
  return list;
}

Netlist::Gate gate(const json& value, const std::string& where) {
  expect_members(value, where, {"name", "op", "in"});
  const std::string name = text(value["op"], where + ".op");
  const std::optional<Op> op = op_named(name);
  if (!op || *op == Op::Input) {
    throw Error(where + ".op: unknown op \"" + name + "\"; one of zero, one, not, and, or, xor");
  }
  return {text(value["name"], where + ".name"), *op, texts(value["in"], where + ".in")};
}

Netlist::Port port(const json& value, const std::string& where) {
  expect_members(value, where, {"name", "node"});
  return {text(value["name"], where + ".name"), text(value["node"], where + ".node")};
}

}  // namespace

json to_json(const Circuit& circuit) {
  const Netlist netlist = netlist_of(circuit);
  json gates = json::array();
  for (const Netlist::Gate& gate : netlist.gates) {
    gates.push_back({{"name", gate.name}, {"op", rule(gate.op).name}, {"in", gate.fanins}});
  }
  json outputs = json::array();
  for (const Netlist::Port& port : netlist.outputs) {
    outputs.push_back({{"name", port.name}, {"node", port.node}});
  }
  return {{"inputs", netlist.inputs}, {"gates", gates}, {"outputs", outputs}};
}

Circuit circuit_from_json(const json& value) {
  expect_members(value, "circuit", {"inputs", "gates", "outputs"});
  Netlist netlist;
  netlist.inputs = texts(value["inputs"], "inputs");
  each(value["gates"], "gates", [&](const json& item, const std::string& where) {
    netlist.gates.push_back(gate(item, where));
  });
  each(value["outputs"], "outputs", [&](const json& item, const std::string& where) {
    netlist.outputs.push_back(port(item, where));
  });
  return link(netlist);
}

}  // namespace circuits
