#include "lab/report/graph_drawing.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "lab/report/circuit.h"
#include "lab/report/drawing.h"

namespace lab {
namespace {

constexpr double letter = 5.2;  // width of a letter of a box, in pixels
constexpr double box_height = 18;
constexpr double least_gap = 48, most_gap = 120;  // between the boxes of two levels
constexpr std::size_t most_captioned = 16;  // gates in a level that have captions of their own
constexpr std::size_t longest_name = 14;

struct Measures {
  double box = 0;    // width of a box
  double pitch = 0;  // from level to level
  double unit = 0;   // height of one place
  double x(std::size_t level) const { return pitch / 2 + pitch * static_cast<double>(level); }
  double y(double place) const { return 16 + unit * place; }
};

std::string box_text(const CircuitNode& node) {
  const std::string name = shortened(node.name, longest_name);
  return node.op == "input" ? name : name + " " + node.op;
}

Measures measures_of(const CircuitView& circuit, bool found, bool captioned,
                     std::size_t longest_caption) {
  std::size_t longest = 0;
  double lowest = 0;
  for (const CircuitNode& node : circuit.nodes) {
    longest = std::max(longest, text_width(box_text(node)));
    lowest = std::max(lowest, node.place);
  }
  Measures m;
  m.box = std::clamp(letter * static_cast<double>(longest) + 12, 44.0, 130.0);
  const double caption = captioned ? 4.6 * static_cast<double>(longest_caption) : 0;
  m.unit = captioned ? 46 : found ? 35 : 28;
  const double gap = std::clamp(m.unit * lowest / 10, least_gap, most_gap);  // against steep wires
  m.pitch = std::max(m.box + gap, caption + 14);
  return m;
}

json box_of(const CircuitNode& node, const Measures& m) {
  const double x = m.x(node.level), y = m.y(node.place);
  json box = {{"x", rounded(x)},
              {"x1", rounded(x - m.box / 2)},
              {"x2", rounded(x + m.box / 2)},
              {"y", rounded(y)},
              {"y1", rounded(y - box_height / 2)},
              {"y2", rounded(y + box_height / 2)},
              {"name", node.name},
              {"text", box_text(node)},
              {"computes", node.computes.empty() ? node.op : node.computes},
              {"ink", "#111111"}};
  box["output"] = node.output == 0 ? "no" : node.output > 0 ? "yes" : "its complement is";
  return box;
}

json path_of(const CircuitWire& wire, std::size_t number, const CircuitView& circuit,
             const Measures& m) {
  const CircuitNode &from = circuit.nodes[wire.from], &to = circuit.nodes[wire.to];
  std::vector<std::pair<double, double>> points{{m.x(from.level) + m.box / 2, m.y(from.place)}};
  for (const CircuitBend& bend : wire.bends) {
    points.emplace_back(m.x(bend.level) - m.box / 2, m.y(bend.place));
    points.emplace_back(m.x(bend.level) + m.box / 2, m.y(bend.place));
  }
  points.emplace_back(m.x(to.level) - m.box / 2, m.y(to.place));
  json rows = json::array();
  for (std::size_t i = 0; i < points.size(); ++i) {
    rows.push_back({{"number", number},
                    {"i", i},
                    {"x", rounded(points[i].first)},
                    {"y", rounded(points[i].second)},
                    {"wire", wire.inverted ? "inverted" : "plain"}});
  }
  return rows;
}

// Colour, strength, captions and bars of a gate that was looked for.
void show_finding(json& box, json& bars, const std::optional<FoundGate>& gate, double threshold,
                  const std::vector<std::string>& taps, const Measures& m) {
  box["way"] = not_tried;
  for (const char* field : {"rate", "neuron", "direction", "latent"}) box[field] = "–";
  if (!gate.has_value() || !gate->tried()) return;
  const std::optional<Way> way = gate->found(threshold);
  box["way"] = way.has_value() ? way_name(*way) : not_found;
  box["phi"] = rounded(gate->best());
  if (gate->base_rate.has_value()) box["rate"] = two_digits(*gate->base_rate);
  if (way.has_value()) {
    const Finding& best = *gate->way(*way);
    box["phi"] = rounded(best.phi);
    const std::string place = place_text(*way, best, taps);
    box["caption"] = two_digits(best.phi) + (place.empty() ? "" : " " + place);
    const double strength = (best.phi - threshold) / std::max(1 - threshold, 1e-9);
    if (*way != Way::direction && strength > 0.6) box["ink"] = "#FFFFFF";
  } else {
    box["caption"] = two_digits(gate->best());
  }
  const double wide = m.box / 3;
  for (const Way one : all_ways) {
    const std::optional<Finding>& finding = gate->way(one);
    if (!finding.has_value()) continue;
    const std::string place = place_text(one, *finding, taps);
    box[way_name(one)] = two_digits(finding->phi) + (place.empty() ? "" : ", " + place);
    const double left = box["x1"].get<double>() + wide * static_cast<double>(one);
    bars.push_back({{"way", way_name(one)},
                    {"x1", rounded(left + 1)},
                    {"x2", rounded(left + 1 + (wide - 2) * std::clamp(finding->phi, 0.0, 1.0))},
                    {"full", rounded(left + wide - 1)},
                    {"y1", rounded(box["y2"].get<double>() + 2.5)},
                    {"y2", rounded(box["y2"].get<double>() + 6.5)},
                    {"name", box["name"]},
                    {"place", box[way_name(one)]}});
  }
}

std::optional<std::size_t> row_number(double row, std::size_t rows) {
  if (!std::isfinite(row) || row >= static_cast<double>(rows)) return std::nullopt;
  return static_cast<std::size_t>(row);
}

std::optional<std::size_t> row_named(const std::string& name,
                                     const std::vector<std::string>& labels) {
  const auto found = std::find(labels.begin(), labels.end(), name);
  if (found == labels.end()) return std::nullopt;
  return static_cast<std::size_t>(found - labels.begin());
}

// The score of each node: that of the row of its name, or of its row of `gates` where rows have no names.
std::vector<std::optional<double>> node_scores(const CircuitView& circuit, const Record& run,
                                               const GraphFigure& graph) {
  std::vector<std::optional<double>> values(circuit.nodes.size());
  const auto found = run.tables.find(graph.table);
  if (graph.score.empty() || found == run.tables.end()) return values;
  const Table& table = found->second;
  const auto column = std::find(table.columns.begin(), table.columns.end(), graph.score);
  if (column == table.columns.end()) {
    throw ConfigError("score", "no column of the table \"" + graph.table + "\" is called \"" +
                                   graph.score + "\"" + suggestion(graph.score, table.columns));
  }
  const auto index = static_cast<std::size_t>(column - table.columns.begin());
  for (std::size_t i = 0; i < circuit.nodes.size(); ++i) {
    const auto row = table.labels.empty() ? row_number(circuit.nodes[i].gate_row, table.rows.size())
                                          : row_named(circuit.nodes[i].name, table.labels);
    if (!row.has_value() || !std::isfinite(table.rows[*row][index])) continue;
    values[i] = table.rows[*row][index];
  }
  return values;
}

void show_score(json& box, const std::optional<double>& value) {
  box["told"] = value.has_value() ? short_number(*value) : "–";
  if (!value.has_value()) return;
  box["score"] = rounded(*value);
  if (*value < 0.6) box["ink"] = "#FFFFFF";
}

// Whether captions fit: few gates in every level.
bool is_small(const CircuitView& circuit) {
  std::map<std::size_t, std::size_t> in_level;
  for (const CircuitNode& node : circuit.nodes) ++in_level[node.level];
  return std::all_of(in_level.begin(), in_level.end(),
                     [](const auto& level) { return level.second <= most_captioned; });
}

}  // namespace

GraphDrawing graph_drawing(const Pictured& pictured, const GraphFigure& graph, bool alone,
                           const FigureSource& source) {
  const CircuitView circuit = circuit_of(pictured.picture);
  const Record run = read_run(source.store, source.table.rows[pictured.row].id).record;
  const auto found = found_by_node(circuit, run);
  const auto values =
      graph.found ? std::vector<std::optional<double>>{} : node_scores(circuit, run, graph);
  std::size_t longest = 0;
  for (const std::string& tap : circuit.taps) {
    longest = std::max(longest, text_width(tap) + std::string("0.00  999").size());
  }
  GraphDrawing drawing;
  drawing.captioned = graph.found && alone && is_small(circuit);
  const Measures m = measures_of(circuit, graph.found, drawing.captioned, longest);
  double last = 0, lowest = 0;
  for (std::size_t i = 0; i < circuit.nodes.size(); ++i) {
    const CircuitNode& node = circuit.nodes[i];
    last = std::max(last, m.x(node.level));
    lowest = std::max(lowest, m.y(node.place));
    json box = box_of(node, m);
    if (graph.found) {
      show_finding(box, drawing.bars, found[i], graph.threshold, circuit.taps, m);
      drawing.scored = drawing.scored || (found[i].has_value() && found[i]->tried());
    } else {
      show_score(box, values[i]);
      drawing.scored = drawing.scored || box.contains("score");
    }
    drawing.boxes.push_back(std::move(box));
  }
  for (std::size_t w = 0; w < circuit.wires.size(); ++w) {
    for (json& point : path_of(circuit.wires[w], w, circuit, m)) {
      lowest = std::max(lowest, point["y"].get<double>());
      drawing.wires.push_back(std::move(point));
    }
  }
  drawing.width = last + m.pitch / 2;
  drawing.height = lowest + m.unit - 8;
  return drawing;
}

}  // namespace lab
