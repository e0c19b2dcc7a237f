#include "lab/report/circuit.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "lab/core/config.h"

namespace lab {
namespace {

// In the order of circuits::Op, which the picture's numbers are.
constexpr std::array<const char*, 15> op_names{"input", "0",   "1",    "not",       "and",
                                               "or",    "xor", "nand", "nor",       "xnor",
                                               "buf",   "maj", "mux",  "threshold", "lut"};

// A table of the picture with its columns in the order of `columns`; no rows when it is absent.
std::vector<std::vector<double>> rows_of(const Record& picture, const std::string& name,
                                         const std::vector<std::string>& columns) {
  const auto found = picture.tables.find(name);
  if (found == picture.tables.end()) return {};
  const Table& table = found->second;
  std::vector<std::size_t> order;
  for (const std::string& column : columns) {
    const auto place = std::find(table.columns.begin(), table.columns.end(), column);
    if (place == table.columns.end()) {
      throw Failure("the picture's table \"" + name + "\" has no column \"" + column + "\"");
    }
    order.push_back(static_cast<std::size_t>(place - table.columns.begin()));
  }
  std::vector<std::vector<double>> rows;
  for (const std::vector<double>& row : table.rows) {
    std::vector<double>& cells = rows.emplace_back();
    for (const std::size_t column : order) cells.push_back(row[column]);
  }
  return rows;
}

void add_formulas(CircuitView& view) {
  for (const CircuitWire& wire : view.wires) {
    CircuitNode& gate = view.nodes[wire.to];
    gate.computes += (gate.computes.empty() ? gate.op + "(" : ", ") +
                     (wire.inverted ? "not " : "") + view.nodes[wire.from].name;
  }
  for (CircuitNode& node : view.nodes) {
    if (!node.computes.empty()) node.computes += ")";
  }
}

}  // namespace

CircuitView circuit_of(const Record& picture) {
  CircuitView view;
  std::map<double, std::size_t> number;
  const auto nodes =
      rows_of(picture, "circuit", {"node", "level", "place", "op", "output", "gate"});
  if (nodes.empty()) {
    throw ConfigError("where",
                      "the run's world has no circuit, or one of more nodes than can be drawn");
  }
  const std::vector<std::string>& names = picture.tables.at("circuit").labels;
  for (const auto& row : nodes) {
    number[row[0]] = view.nodes.size();
    const auto op = std::min(static_cast<std::size_t>(row[3]), op_names.size() - 1);
    view.nodes.push_back({names.at(view.nodes.size()), op_names[op], "",
                          static_cast<std::size_t>(row[1]), row[2], static_cast<int>(row[4]),
                          row[0], row[5]});
  }
  for (const auto& row : rows_of(picture, "wires", {"from", "to", "inverted"})) {
    view.wires.push_back({number.at(row[0]), number.at(row[1]), row[2] != 0, {}});
  }
  for (const auto& row : rows_of(picture, "bends", {"wire", "level", "place"})) {
    view.wires.at(static_cast<std::size_t>(row[0]))
        .bends.push_back({static_cast<std::size_t>(row[1]), row[2]});
  }
  add_formulas(view);
  view.taps = tap_names(picture);
  return view;
}

std::vector<std::string> tap_names(const Record& picture) {
  const auto taps = picture.tables.find("taps");
  return taps == picture.tables.end() ? std::vector<std::string>{} : taps->second.labels;
}

std::vector<std::optional<FoundGate>> found_by_node(const CircuitView& circuit, const Record& run) {
  const std::vector<FoundGate> gates = found_gates(run);
  const bool numbered = std::any_of(gates.begin(), gates.end(),
                                    [](const FoundGate& gate) { return gate.node.has_value(); });
  std::vector<std::optional<FoundGate>> result;
  for (const CircuitNode& node : circuit.nodes) {
    std::optional<FoundGate>& found = result.emplace_back();
    for (std::size_t row = 0; row < gates.size(); ++row) {
      const bool same =
          numbered ? gates[row].node == node.node : node.gate_row == static_cast<double>(row);
      if (same) found = gates[row];
    }
  }
  return result;
}

}  // namespace lab
