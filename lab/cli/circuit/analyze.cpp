#include <algorithm>
#include <charconv>
#include <cmath>
#include <iostream>
#include <nlohmann/json.hpp>

#include "circuits/evaluation/evaluate.h"
#include "circuits/formats/files.h"
#include "circuits/functions/analysis.h"
#include "circuits/functions/gates.h"
#include "circuits/views.h"
#include "lab/cli/aligned.h"
#include "lab/cli/circuit/verbs.h"
#include "lab/cli/options.h"
#include "lab/core/error.h"

namespace lab {
namespace {

using circuits::Circuit;
using nlohmann::json;

constexpr std::size_t kWidestCell = 56;
constexpr std::size_t kMostCorrelated = 256;  // gates whose pairs are listed
constexpr double kMostSteps = 1e12;           // word operations, some minutes

struct NamedTable {
  std::string name;
  circuits::TruthTable table;
};

// "8:6996…": the number of inputs and the table in hex.
NamedTable table_of(const std::string& text) {
  int inputs = 0;
  const char* end = text.data() + text.size();
  const auto [colon, status] = std::from_chars(text.data(), end, inputs);
  if (status != std::errc() || colon == end || *colon != ':') {
    throw InputError("--table: expected N:HEX, as in 3:96 for the parity of three inputs");
  }
  return {"f", circuits::TruthTable::from_hex(inputs, std::string(colon + 1, end))};
}

std::vector<NamedTable> tables_of(const Circuit& circuit, const std::vector<std::string>& wanted) {
  std::vector<std::size_t> chosen = output_numbers(circuit, wanted);
  for (std::size_t i = 0; wanted.empty() && i < circuit.outputs().size(); ++i) chosen.push_back(i);
  const auto tables = circuits::output_tables(circuit);
  std::vector<NamedTable> list;
  for (const std::size_t i : chosen) list.push_back({circuit.outputs()[i].name, tables[i]});
  return list;
}

std::string cell(const json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_boolean()) return value.get<bool>() ? "yes" : "no";
  if (!value.is_array()) return value.dump();
  std::string text;
  for (const json& item : value) text += (text.empty() ? "" : " ") + cell(item);
  return text;
}

std::string short_cell(const json& value) {
  const std::string text = cell(value);
  return text.size() <= kWidestCell ? text : text.substr(0, kWidestCell - 1) + "…";
}

// One row a property, one column an analysis; nested objects are flattened.
void print_analyses(const json& analyses) {
  std::vector<std::vector<std::string>> rows{{"output"}};
  for (const json& analysis : analyses) rows[0].push_back(cell(analysis.at("output")));
  std::vector<std::string> left_out;
  std::vector<std::string> fields;
  for (const json& analysis : analyses) {
    for (const auto& [name, value] : analysis.items()) {
      const bool listed = std::find(fields.begin(), fields.end(), name) != fields.end();
      if (name != "output" && name != "left_out" && !listed) fields.push_back(name);
    }
  }
  for (const std::string& field : fields) {
    rows.push_back({field});
    for (const json& analysis : analyses) {
      rows.back().push_back(analysis.contains(field) ? short_cell(analysis[field]) : "");
    }
  }
  std::cout << aligned(rows);
  for (const json& analysis : analyses) {
    if (!analysis.contains("left_out")) continue;
    for (const auto& [name, reason] : analysis["left_out"].items()) {
      std::cout << "  " << cell(analysis.at("output")) << ": no " << name << ": " << cell(reason)
                << "\n";
    }
  }
}

json share(std::uint64_t count, std::uint64_t all) {
  return static_cast<double>(count) / static_cast<double>(all);
}

// Flipping every node means evaluating up to nodes² gates on all 2^n inputs.
void check_cost(const Circuit& circuit) {
  const double nodes = static_cast<double>(circuit.nodes());
  const double steps = nodes * nodes * std::pow(2.0, static_cast<double>(circuit.inputs())) / 64;
  if (steps > kMostSteps) {
    throw InputError("--gates: " + std::to_string(circuit.nodes()) + " nodes and " +
                     std::to_string(circuit.inputs()) +
                     " inputs are too many to flip each gate on every input");
  }
}

// Every input and gate: how often it is 1, how often it matters to an output.
json gates_of(const Circuit& circuit) {
  const auto patterns = circuits::Patterns::all(circuit.inputs());
  const auto ones = circuits::count_ones(circuit, patterns);
  const auto observed = circuits::count_observed(circuit, patterns);
  const auto levels = circuits::levels(circuit);
  json list = json::array();
  for (circuits::Node v = 0; v < circuit.nodes(); ++v) {
    list.push_back({{"name", circuit.name(v)},
                    {"op", circuits::rule(circuit.op(v)).name},
                    {"level", levels[v]},
                    {"controllability", share(ones[v], patterns.count())},
                    {"observability", share(observed[v], patterns.count())}});
  }
  return list;
}

// Correlations of all pairs of nodes; null where one of them is constant.
json correlations_of(const Circuit& circuit) {
  std::vector<circuits::Node> nodes;
  for (circuits::Node v = 0; v < circuit.nodes(); ++v) nodes.push_back(v);
  const auto tables =
      circuits::joint_tables(circuit, nodes, circuits::Patterns::all(circuit.inputs()));
  json rows = json::array();
  for (std::size_t a = 0; a < nodes.size(); ++a) {
    json row = json::array();
    for (std::size_t b = 0; b < nodes.size(); ++b) {
      const double value = circuits::phi(tables[a * nodes.size() + b]);
      row.push_back(std::isfinite(value) ? json(value) : json());
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

void print_gates(const json& gates) {
  std::vector<std::vector<std::string>> rows{
      {"gate", "op", "level", "controllability", "observability"}};
  for (const json& gate : gates) {
    rows.push_back({cell(gate["name"]), cell(gate["op"]), cell(gate["level"]),
                    cell(gate["controllability"]), cell(gate["observability"])});
  }
  std::cout << aligned(rows);
}

}  // namespace

int circuit_analyze(const Arguments& arguments) {
  options::options_description described("options");
  described.add_options()("file", options::value<std::string>(), "the circuit's file")(
      "table", options::value<std::string>(),
      "a truth table instead, as N:HEX: bit k is the value on the input whose bit i is (k >> i) & "
      "1")("output", options::value<std::vector<std::string>>()->default_value({}, "all"),
           "only this output; may be repeated")("gates", options::bool_switch(),
                                                "every input and gate instead of the outputs")(
      "json", options::bool_switch(),
      "everything, as JSON; with --gates the correlations of all pairs, too (up to 256 nodes)");
  const auto map = parse_options(arguments, "circuit analyze FILE | --table N:HEX [options]",
                                 described, {"file"});
  if (map.count("help") > 0) return kOk;
  if (map.count("file") + map.count("table") != 1) {
    throw InputError("give a circuit's file, or --table N:HEX");
  }
  const bool as_json = map["json"].as<bool>();
  const auto wanted = map["output"].as<std::vector<std::string>>();
  if (!wanted.empty() && (map.count("table") > 0 || map["gates"].as<bool>())) {
    throw InputError("--output: chooses among the outputs of a file, without --gates");
  }

  if (map["gates"].as<bool>()) {
    if (map.count("table") > 0) throw InputError("--gates: a truth table has none");
    const Circuit circuit = circuits::read_circuit(map["file"].as<std::string>());
    check_cost(circuit);
    json result{{"gates", gates_of(circuit)}};
    if (!as_json) {
      print_gates(result["gates"]);
      return kOk;
    }
    if (circuit.nodes() <= kMostCorrelated) result["correlations"] = correlations_of(circuit);
    std::cout << result.dump(1) << "\n";
    return kOk;
  }

  const auto tables =
      map.count("table") > 0
          ? std::vector<NamedTable>{table_of(map["table"].as<std::string>())}
          : tables_of(circuits::read_circuit(map["file"].as<std::string>()), wanted);
  json analyses = json::array();
  for (const NamedTable& named : tables) {
    json analysis = circuits::to_json(circuits::analyze(named.table));
    analysis["output"] = named.name;
    analyses.push_back(std::move(analysis));
  }
  if (as_json) {
    std::cout << analyses.dump(1) << "\n";
  } else {
    print_analyses(analyses);
  }
  return kOk;
}

}  // namespace lab
