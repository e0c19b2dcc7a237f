// Circuit and matrix as text.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "lab/core/config.h"
#include "lab/report/circuit.h"
#include "lab/report/operations.h"

namespace lab {
namespace {

using Cells = std::vector<std::string>;
constexpr std::size_t widest_formula = 44;
constexpr std::size_t most_text_units = 12;
constexpr std::size_t most_text_gates = 40;  // of the matrix
constexpr std::size_t most_listed = 200;     // gates of the circuit

// A line a row, indented by two; `right`: columns from this one on end at their right edge.
std::string laid_out(const std::vector<Cells>& rows, std::size_t right) {
  std::vector<std::size_t> widths;
  for (const Cells& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i)
      widths[i] = std::max(widths[i], text_width(row[i]));
  }
  std::string text;
  for (const Cells& row : rows) {
    std::string line = " ";
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string space(widths[i] - text_width(row[i]), ' ');
      line.append(i > 0 ? "  " : " ").append(i >= right ? space + row[i] : row[i] + space);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

std::string finding_text(Way way, const std::optional<Finding>& finding,
                         const std::vector<std::string>& taps) {
  if (!finding.has_value()) return "";
  const std::string place = place_text(way, *finding, taps);
  return two_digits(finding->phi) + (place.empty() ? "" : " " + place);
}

std::string found_text(const std::optional<FoundGate>& gate, double threshold) {
  if (!gate.has_value() || !gate->tried()) return "–";
  const std::optional<Way> way = gate->found(threshold);
  return way.has_value() ? way_name(*way) : "not found";
}

// "of 8 gates 5 were found by a neuron, 1 by a direction, 0 by a latent, 2 not (|φ| below 0.90)"
std::string summary_of(const std::vector<std::optional<FoundGate>>& gates, double threshold) {
  std::size_t tried = 0, missed = 0;
  std::array<std::size_t, 3> by{};
  for (const auto& gate : gates) {
    if (!gate.has_value() || !gate->tried()) continue;
    ++tried;
    const std::optional<Way> way = gate->found(threshold);
    if (way.has_value()) ++by[static_cast<std::size_t>(*way)];
    missed += way.has_value() ? 0 : 1;
  }
  if (tried == 0) return "";
  std::string text = "  of " + std::to_string(tried) + " gates";
  for (const Way way : all_ways) {
    text += (way == Way::neuron ? " " : ", ") + std::to_string(by[static_cast<std::size_t>(way)]) +
            (way == Way::neuron ? " were found by a " : " by a ") + way_name(way);
  }
  return text + ", " + std::to_string(missed) + " not (|φ| below " + two_digits(threshold) + ")\n";
}

std::string text_of_units(const Record& run, const std::vector<std::string>& taps,
                          const std::string& units) {
  if (!has_units(run, units)) return "";
  MatrixChoice choice;
  choice.units = units;
  choice.most = most_text_units;
  const Matrix matrix = matrix_of(run, taps, choice);
  std::vector<Cells> rows{{"gate"}};
  for (const MatrixUnit& unit : matrix.units) {
    const std::string number = std::to_string(unit.unit);
    rows[0].push_back(matrix.several_taps ? std::to_string(unit.tap) + ":" + number : number);
  }
  for (std::size_t gate = 0; gate < std::min(matrix.gates.size(), most_text_gates); ++gate) {
    Cells& row = rows.emplace_back(Cells{shortened(matrix.gates[gate], 20)});
    for (const double value : matrix.values[gate]) {
      row.push_back(std::isfinite(value) ? std::to_string(std::lround(100 * value)) : "");
    }
  }
  std::string text = "|φ| of gates and " + units + "s, in hundredths: ";
  text += matrix.units.size() < matrix.all_units
              ? "the best " + std::to_string(matrix.units.size()) + " of " +
                    std::to_string(matrix.all_units)
              : "all " + std::to_string(matrix.all_units);
  const std::size_t only = matrix.units.front().tap;
  if (units == "neuron") {
    text += matrix.several_taps ? ", as tap:number" : " of " + tap_name(only, taps);
  }
  text += "\n" + laid_out(rows, 1);
  if (matrix.gates.size() > most_text_gates) {
    text += "  … and " + std::to_string(matrix.gates.size() - most_text_gates) + " more gates\n";
  }
  return text;
}

}  // namespace

std::string shortened(const std::string& text, std::size_t most) {
  if (text_width(text) <= most) return text;
  std::string result;
  std::size_t width = 0;
  for (const char c : text) {
    if ((static_cast<unsigned char>(c) & 0xC0) != 0x80 && ++width == most) break;
    result += c;
  }
  return result + "…";
}

std::string circuit_text(const CircuitView& circuit, const Record& run, double threshold) {
  const auto found = found_by_node(circuit, run);
  const bool any = std::any_of(found.begin(), found.end(),
                               [](const auto& gate) { return gate.has_value() && gate->tried(); });
  std::array<bool, 3> shown{};
  for (const auto& gate : found) {
    for (const Way way : all_ways) {
      shown[static_cast<std::size_t>(way)] |= gate.has_value() && gate->way(way).has_value();
    }
  }
  std::vector<std::size_t> order(circuit.nodes.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return circuit.nodes[a].level < circuit.nodes[b].level;
  });
  std::vector<Cells> rows{{"level", "gate", "computes", "output"}};
  if (any) rows[0].push_back("found by");
  for (const Way way : all_ways) {
    if (shown[static_cast<std::size_t>(way)]) rows[0].push_back(way_name(way));
  }
  std::size_t inputs = 0;
  for (const std::size_t i : order) {
    const CircuitNode& node = circuit.nodes[i];
    inputs += node.op == "input" ? 1 : 0;
    if (node.computes.empty()) continue;
    Cells row{std::to_string(node.level), shortened(node.name, 20),
              shortened(node.computes, widest_formula),
              node.output == 0  ? ""
              : node.output > 0 ? "yes"
                                : "inverted"};
    if (any) row.push_back(found_text(found[i], threshold));
    for (const Way way : all_ways) {
      if (!shown[static_cast<std::size_t>(way)]) continue;
      row.push_back(found[i].has_value() ? finding_text(way, found[i]->way(way), circuit.taps)
                                         : "");
    }
    rows.push_back(std::move(row));
  }
  const std::size_t gates = rows.size() - 1;
  rows.resize(std::min(rows.size(), most_listed + 1));
  return "circuit: " + std::to_string(inputs) + " inputs, " + std::to_string(gates) + " gates" +
         (any ? "; |φ| of the best unit of each kind, and where it is" : "") + "\n" +
         laid_out(rows, rows[0].size()) +
         (gates > most_listed ? "  … and " + std::to_string(gates - most_listed) + " more\n" : "") +
         summary_of(found, threshold);
}

std::string matrix_text(const Record& run, const std::vector<std::string>& taps) {
  return text_of_units(run, taps, "neuron") + text_of_units(run, taps, "latent");
}

}  // namespace lab
