#include "circuits/formats/json.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "circuits/formats/lines.h"
#include "circuits/functions/truth_table.h"
#include "circuits/netlist.h"

namespace circuits {
namespace {

using nlohmann::json;

using Members = std::vector<const char*>;

// Checks that `value` is an object with all of `members`, and no others but those of `optional`.
void expect_members(const json& value, const std::string& where, const Members& members,
                    const Members& optional = {}) {
  if (!value.is_object()) throw Error(where + ": expected an object, not " + value.type_name());
  for (const char* member : members) {
    if (!value.contains(member)) throw Error(where + ": \"" + member + "\" is missing");
  }
  for (const auto& [key, unused] : value.items()) {
    const auto is_key = [&key = key](const char* member) { return key == member; };
    if (std::ranges::none_of(members, is_key) && std::ranges::none_of(optional, is_key)) {
      throw Error(where + ": unknown member " + circuits::quoted(key));
    }
  }
}

// A name, an op or digits. What has control characters is none of these, and would tear the message
// that quotes it.
std::string text(const json& value, const std::string& where) {
  if (!value.is_string()) throw Error(where + ": expected a text, not " + value.type_name());
  const auto& found = value.get_ref<const std::string&>();
  const auto is_control = [](unsigned char byte) { return byte < 0x20 || byte == 0x7f; };
  if (std::ranges::any_of(found, is_control)) {
    throw Error(where + ": " + circuits::quoted(found) + " has a control character");
  }
  return found;
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

std::int64_t whole_number(const json& value, const std::string& where) {
  if (!value.is_number_integer() ||
      (value.is_number_unsigned() && value.get<std::uint64_t>() > INT64_MAX)) {
    throw Error(where + ": expected a whole number");
  }
  return value.get<std::int64_t>();
}

// The op with its parameters; `value` has the members of a gate.
Gate meaning(const json& value, std::size_t fanins, const std::string& where) {
  const std::string name = text(value["op"], where + ".op");
  const std::optional<Op> op = op_named(name);
  if (!op || *op == Op::Input) {
    throw Error(where + ".op: unknown op \"" + name + "\"; one of " + gate_op_names());
  }
  if (*op == Op::Threshold) {
    expect_members(value, where, {"name", "op", "in", "bound"}, {"weights"});
    std::vector<std::int64_t> weights;
    if (value.contains("weights")) {
      each(value["weights"], where + ".weights", [&](const json& item, const std::string& at) {
        weights.push_back(whole_number(item, at));
      });
    }
    return Gate::threshold(whole_number(value["bound"], where + ".bound"), weights);
  }
  if (*op == Op::Lut) {
    expect_members(value, where, {"name", "op", "in", "table"});
    const int inputs = static_cast<int>(std::min(fanins, Gate::kMostLutInputs));
    try {
      return Gate::lut(
          TruthTable::from_hex(inputs, text(value["table"], where + ".table")).words()[0]);
    } catch (const Error& error) {
      throw Error(where + ".table: " + error.what());
    }
  }
  expect_members(value, where, {"name", "op", "in"});
  return *op;
}

Netlist::Gate gate(const json& value, const std::string& where) {
  expect_members(value, where, {"name", "op", "in"}, {"bound", "weights", "table"});
  const std::string name = text(value["name"], where + ".name");
  const std::vector<std::string> fanins = texts(value["in"], where + ".in");
  return {name, meaning(value, fanins.size(), where), fanins};
}

Netlist::Port port(const json& value, const std::string& where) {
  expect_members(value, where, {"name", "node"});
  return {text(value["name"], where + ".name"), text(value["node"], where + ".node")};
}

json gate_json(const Netlist::Gate& gate) {
  const auto& [op, parameters] = gate.gate;
  json value{{"name", gate.name}, {"op", rule(op).name}, {"in", gate.fanins}};
  if (op == Op::Threshold) {
    value["bound"] = parameters[0];
    if (parameters.size() > 1) {
      value["weights"] = std::vector<std::int64_t>(parameters.begin() + 1, parameters.end());
    }
  }
  if (op == Op::Lut) {
    const auto bits = static_cast<std::uint64_t>(parameters[0]);
    value["table"] = TruthTable::from_bits(static_cast<int>(gate.fanins.size()), bits).hex();
  }
  return value;
}

}  // namespace

json to_json(const Circuit& circuit) {
  const Netlist netlist = netlist_of(circuit);
  json gates = json::array();
  for (const Netlist::Gate& gate : netlist.gates) {
    gates.push_back(gate_json(gate));
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
