// A boolean circuit by level.
#include <algorithm>
#include <cmath>
#include <map>

#include "lab/report/drawing.h"
#include "lab/report/pictures.h"
#include "lab/report/score_words.h"

namespace lab {
namespace {

enum Node : std::size_t { kNode, kLevel, kPlace, kOp, kOutput, kGate };
constexpr const char* op_names[] = {"input", "0",   "1",    "not",       "and",
                                    "or",    "xor", "nand", "nor",       "xnor",
                                    "buf",   "maj", "mux",  "threshold", "lut"};

// The score of each row of the run's table `gates`; empty where it has none.
std::vector<std::optional<double>> gate_scores(const Pictured& run, const std::string& score,
                                               const FigureSource& source) {
  std::vector<std::optional<double>> values;
  if (score.empty()) return values;
  const RunResult result = read_run(source.store, source.table.rows[run.row].id);
  const auto gates = result.record.tables.find("gates");
  if (gates == result.record.tables.end()) return values;
  const Table& table = gates->second;
  const auto column = std::find(table.columns.begin(), table.columns.end(), score);
  if (column == table.columns.end()) {
    throw ConfigError("score", "no column of the table \"gates\" is called \"" + score + "\"" +
                                   suggestion(score, table.columns));
  }
  const auto index = static_cast<std::size_t>(column - table.columns.begin());
  for (const auto& row : table.rows) {
    values.push_back(std::isfinite(row[index]) ? std::optional<double>(row[index]) : std::nullopt);
  }
  return values;
}

struct Drawing {
  json nodes = json::array(), wires = json::array();
  double width = 0, height = 0;
  bool scored = false;
};

Drawing drawing_of(const Pictured& run, const std::string& score, const FigureSource& source) {
  const PictureTable circuit =
      run.table("circuit", {"node", "level", "place", "op", "output", "gate"},
                "the run's world has no circuit, or one of more nodes than can be drawn");
  const auto values = gate_scores(run, score, source);
  std::map<double, double> in_level;  // nodes of each level
  for (std::size_t i = 0; i < circuit.rows(); ++i) ++in_level[circuit.at(i, kLevel)];
  double most = 1, last = 0;
  for (const auto& [level, count] : in_level) {
    most = std::max(most, count);
    last = std::max(last, level);
  }
  Drawing drawing;
  drawing.width = 60 + 105 * last;
  drawing.height = 40 + std::clamp(46 * most, 120.0, 900.0);
  std::map<double, std::pair<double, double>> at;
  for (std::size_t i = 0; i < circuit.rows(); ++i) {
    const double level = circuit.at(i, kLevel);
    const double y = (circuit.at(i, kPlace) + 0.5) / in_level[level];
    at[circuit.at(i, kNode)] = {level, y};
    const auto op = static_cast<std::size_t>(circuit.at(i, kOp));
    json node = {{"x", level}, {"y", y}, {"name", circuit.label(i)}, {"op", op_names[op]}};
    node["output"] = circuit.at(i, kOutput) == 0  ? ""
                     : circuit.at(i, kOutput) > 0 ? "output"
                                                  : "output, inverted";
    const double gate = circuit.at(i, kGate);
    if (std::isfinite(gate) && static_cast<std::size_t>(gate) < values.size()) {
      const auto& value = values[static_cast<std::size_t>(gate)];
      if (value.has_value()) node["score"] = rounded(*value);
      drawing.scored = drawing.scored || value.has_value();
    }
    drawing.nodes.push_back(std::move(node));
  }
  const PictureTable wires = [&]() -> PictureTable {
    const auto found = run.picture.tables.find("wires");
    if (found == run.picture.tables.end() || found->second.rows.empty()) return {};
    return run.table("wires", {"from", "to", "inverted"}, "");
  }();
  for (std::size_t i = 0; i < wires.rows(); ++i) {
    const auto from = at[wires.at(i, 0)], to = at[wires.at(i, 1)];
    drawing.wires.push_back({{"x", from.first},
                             {"y", from.second},
                             {"x2", to.first},
                             {"y2", to.second},
                             {"wire", wires.at(i, 2) != 0 ? "inverted" : "plain"}});
  }
  return drawing;
}

json view_of_graph(const Drawing& d, const std::string& score, const std::string& title) {
  const auto hidden = [](const char* field, double low, double high) -> json {
    return {{"field", field},
            {"type", "quantitative"},
            {"axis", nullptr},
            {"scale", {{"domain", {low, high}}, {"nice", false}, {"zero", false}}}};
  };
  const double levels = (d.width - 60) / 105;
  const json x = hidden("x", -0.3, levels + 0.3), y = hidden("y", 1.0, 0.0);
  const json wires = {{"data", {{"values", d.wires}}},
                      {"mark", {{"type", "rule"}, {"color", "#8A8A8A"}, {"strokeWidth", 1.1}}},
                      {"encoding",
                       {{"x", x},
                        {"y", y},
                        {"x2", {{"field", "x2"}}},
                        {"y2", {{"field", "y2"}}},
                        {"strokeDash",
                         {{"field", "wire"},
                          {"type", "nominal"},
                          {"scale",
                           {{"domain", {"plain", "inverted"}},
                            {"range", json::array({json::array({1, 0}), json::array({4, 3})})}}},
                          {"legend", {{"title", "wire"}, {"symbolType", "stroke"}}}}}}}};
  const json fill = {{"field", "score"},
                     {"type", "quantitative"},
                     {"scale", {{"scheme", "viridis"}, {"domain", {0, 1}}, {"clamp", true}}},
                     {"legend", {{"title", score}, {"gradientLength", 120}}}};
  const json tooltip = json::array(
      {{{"field", "name"}, {"type", "nominal"}},
       {{"field", "op"}, {"type", "nominal"}},
       {{"field", "output"}, {"type", "nominal"}},
       {{"field", "score"}, {"title", score.empty() ? "score" : score}, {"type", "quantitative"}}});
  const json stroke = {{"condition", {{"test", "datum.output != ''"}, {"value", "#000000"}}},
                       {"value", "#888888"}};
  const json thick = {{"condition", {{"test", "datum.output != ''"}, {"value", 2.4}}},
                      {"value", 1}};
  json plain = {{"data", {{"values", d.nodes}}},
                {"mark", {{"type", "point"}, {"size", 420}, {"opacity", 1}, {"filled", true}}},
                {"encoding",
                 {{"x", x},
                  {"y", y},
                  {"fill", fill},
                  {"stroke", stroke},
                  {"strokeWidth", thick},
                  {"shape",
                   {{"field", "op"},
                    {"type", "nominal"},
                    {"scale",
                     {{"domain", {"input", "and", "or", "xor", "0", "1"}},
                      {"range", {"square", "circle", "circle", "circle", "diamond", "diamond"}}}},
                    {"legend", nullptr}}},
                  {"tooltip", tooltip}}}};
  // A mark without a score would take the colour of 0: it has a layer of its own.
  json scored = plain;
  scored["transform"] = json::array({{{"filter", "isValid(datum.score)"}}});
  plain["transform"] = json::array({{{"filter", "!isValid(datum.score)"}}});
  plain["encoding"]["fill"] = {{"value", "#E6E6E6"}};
  const auto text = [&](const char* field, double dy, double size, const json& color) -> json {
    return {{"data", {{"values", d.nodes}}},
            {"mark", {{"type", "text"}, {"fontSize", size}, {"dy", dy}}},
            {"encoding",
             {{"x", x},
              {"y", y},
              {"text", {{"field", field}, {"type", "nominal"}}},
              {"color", color}}}};
  };
  const json ink = {
      {"condition", {{"test", "isValid(datum.score) && datum.score < 0.6"}, {"value", "white"}}},
      {"value", "#111111"}};
  json inside = text("op", 0, 8.5, ink);
  inside["transform"] = json::array({{{"filter", "datum.op != 'input'"}}});
  json layers = json::array({wires, plain});
  if (d.scored) layers.push_back(scored);
  layers.push_back(inside);
  layers.push_back(text("name", 17, 9, {{"value", "#333333"}}));
  json view = panel(d.width, d.height, json::array(), std::move(layers), title);
  view.erase("data");
  view["view"] = {{"stroke", nullptr}};
  return view;
}

}  // namespace

json draw(const GraphFigure& graph, const FigureConfig& figure, const FigureSource& source) {
  std::vector<json> views;
  double width = 0;
  bool scored = false;
  for (const Pictured& run : pictured(figure, source)) {
    const Drawing drawing = drawing_of(run, graph.score, source);
    views.push_back(view_of_graph(drawing, graph.score, run.title));
    width = std::max(width, drawing.width);
    scored = scored || drawing.scored;
  }
  const std::size_t columns =
      width > 500 ? 1 : std::min<std::size_t>(views.size(), width > 320 ? 2 : 3);
  std::vector<std::string> lines;
  if (!graph.score.empty() && scored) {
    const std::string words = score_words(graph.score);
    if (!words.empty()) lines.push_back(graph.score + ": " + words + "; grey: no value");
  }
  if (!graph.score.empty() && !scored) lines.push_back("The runs have no scores of gates.");
  lines.push_back(
      "Inputs are squares at the left; a bold outline marks an output (or its complement).");
  return figure_spec(panels(std::move(views), columns), title_of(figure), lines,
                     static_cast<double>(columns) * (width + 30) + 100);
}

}  // namespace lab
