// A boolean circuit by level: gates as boxes, wires in lanes of their own.
#include <algorithm>

#include "lab/report/drawing.h"
#include "lab/report/graph_drawing.h"
#include "lab/report/score_words.h"

namespace lab {
namespace {

// Layers of one drawing; all lie on the same pixels.
class Layers {
 public:
  Layers(const GraphDrawing& drawing, std::size_t number) : d_(drawing), number_(number) {}

  json wires() const {
    return {{"name", named("wires")},
            {"data", {{"values", d_.wires}}},
            {"mark",
             {{"type", "line"},
              {"interpolate", "monotone"},
              {"color", "#8A8A8A"},
              {"strokeWidth", 1.1},
              {"tooltip", nullptr}}},
            {"encoding",
             {{"x", x("x")},
              {"y", y("y")},
              {"detail", {{"field", "number"}, {"type", "nominal"}}},
              {"order", {{"field", "i"}, {"type", "quantitative"}}},
              {"strokeDash",
               {{"field", "wire"},
                {"type", "nominal"},
                {"scale",
                 {{"domain", {"plain", "inverted"}},
                  {"range", json::array({json::array({1, 0}), json::array({4, 3})})}}},
                {"legend", {{"title", "wire"}, {"symbolType", "stroke"}}}}}}}};
  }

  // Boxes in one colour channel; only those that pass `filter`, when there is one.
  json boxes(const char* name, const json& color, const json& tooltip, const char* filter) const {
    const json output = {{"test", "datum.output != 'no'"}};
    json stroke = output, thick = output;
    stroke["value"] = "#000000";
    thick["value"] = 2.2;
    json layer = {{"name", named(name)},
                  {"data", {{"values", d_.boxes}}},
                  {"mark", {{"type", "rect"}, {"cornerRadius", 4}}},
                  {"encoding",
                   {{"x", x("x1")},
                    {"x2", {{"field", "x2"}}},
                    {"y", y("y1")},
                    {"y2", {{"field", "y2"}}},
                    {"color", color},
                    {"stroke", {{"condition", stroke}, {"value", "#888888"}}},
                    {"strokeWidth", {{"condition", thick}, {"value", 1}}},
                    {"tooltip", tooltip}}}};
    if (filter != nullptr) layer["transform"] = json::array({{{"filter", filter}}});
    return layer;
  }

  // Texts lie on boxes: they say the same on hovering.
  json text(const char* name, const char* field, double down, double size, const json& color,
            const json& tooltip) const {
    json layer = {{"name", named(name)},
                  {"data", {{"values", d_.boxes}}},
                  {"mark", {{"type", "text"}, {"fontSize", size}, {"dy", down}}},
                  {"encoding",
                   {{"x", x("x")},
                    {"y", y("y")},
                    {"text", {{"field", field}, {"type", "nominal"}}},
                    {"color", color},
                    {"tooltip", tooltip}}}};
    layer["transform"] =
        json::array({{{"filter", std::string("isValid(datum.").append(field).append(")")}}});
    return layer;
  }

  // The bars below gates: their whole length, or the part that |φ| fills.
  json bars(const char* name, const char* right, const json& color) const {
    return {{"name", named(name)},
            {"data", {{"values", d_.bars}}},
            {"mark", {{"type", "rect"}}},
            {"encoding",
             {{"x", x("x1")},
              {"x2", {{"field", right}}},
              {"y", y("y1")},
              {"y2", {{"field", "y2"}}},
              {"color", color},
              {"tooltip",
               json::array({{{"field", "name"}, {"title", "gate"}, {"type", "nominal"}},
                            {{"field", "way"}, {"title", "by"}, {"type", "nominal"}},
                            {{"field", "place"}, {"title", "|φ|"}, {"type", "nominal"}}})}}}};
  }

 private:
  json x(const char* field) const { return hidden(field, 0, d_.width); }
  json y(const char* field) const { return hidden(field, d_.height, 0); }
  static json hidden(const char* field, double low, double high) {
    return {{"field", field},
            {"type", "quantitative"},
            {"axis", nullptr},
            {"scale", {{"domain", {low, high}}, {"nice", false}, {"zero", false}}}};
  }

  // Names of marks are unique in a specification.
  std::string named(const std::string& what) const { return what + "_" + std::to_string(number_); }

  const GraphDrawing& d_;
  std::size_t number_;  // of the panel
};

json told(const char* field, const char* title) {
  return {{"field", field}, {"title", title}, {"type", "nominal"}};
}

// Hue: the way; a box that was found has its strength from |φ|.
json found_layers(const GraphDrawing& drawing, std::size_t number, double threshold) {
  const Layers layers(drawing, number);
  const json ways = {
      {"field", "way"},
      {"type", "nominal"},
      {"scale",
       {{"domain",
         {way_name(Way::neuron), way_name(Way::direction), way_name(Way::latent), not_found,
          not_tried}},
        {"range", {okabe_ito[0], okabe_ito[1], okabe_ito[2], "#FFFFFF", "#DDDDDD"}}}},
      {"legend",
       {{"title", "found by"},
        {"symbolType", "square"},
        {"symbolOpacity", 1},
        {"symbolSize", 130},
        {"symbolStrokeColor", "#888888"},
        {"symbolStrokeWidth", 1}}}};
  const json tooltip =
      json::array({told("name", "gate"), told("computes", "computes"), told("output", "output"),
                   told("rate", "share of ones"), told("way", "found by"), told("neuron", "neuron"),
                   told("direction", "direction"), told("latent", "latent")});
  json found =
      layers.boxes("found", ways, tooltip, "isValid(datum.phi) && datum.way != 'not found'");
  found["encoding"]["opacity"] = {
      {"field", "phi"},
      {"type", "quantitative"},
      {"scale", {{"domain", {threshold, 1}}, {"range", {0.3, 1}}, {"clamp", true}}},
      {"legend",
       {{"title", "|φ|"},
        {"symbolType", "square"},
        {"symbolFillColor", "#444444"},
        {"symbolStrokeColor", "#888888"},
        {"symbolStrokeWidth", 1},
        {"symbolSize", 130},
        {"format", ".2f"},
        {"values", {threshold, (1 + threshold) / 2, 1}}}}};
  json result = json::array(
      {layers.wires(), layers.boxes("gates", {{"value", "#FFFFFF"}}, tooltip, nullptr),
       layers.boxes("others", ways, tooltip, "!isValid(datum.phi) || datum.way == 'not found'"),
       found, layers.bars("tracks", "full", {{"value", "#DDDDDD"}}),
       layers.bars("bars", "x2", ways)});
  const json ink = {{"field", "ink"}, {"type", "nominal"}, {"scale", nullptr}};
  result.push_back(layers.text("names", "text", 0.5, 9.5, ink, tooltip));
  if (drawing.captioned) {
    result.push_back(layers.text("captions", "caption", 23, 8.5, {{"value", "#444444"}}, tooltip));
  }
  return result;
}

json score_layers(const GraphDrawing& drawing, std::size_t number, const std::string& score) {
  const Layers layers(drawing, number);
  const json fill = {{"field", "score"},
                     {"type", "quantitative"},
                     {"scale", {{"scheme", "viridis"}, {"domain", {0, 1}}, {"clamp", true}}},
                     {"legend", {{"title", score}, {"gradientLength", 120}}}};
  const json tooltip =
      json::array({told("name", "gate"), told("computes", "computes"), told("output", "output"),
                   told("told", score.empty() ? "score" : score.c_str())});
  // A box without a score would take the colour of 0: it has a layer of its own.
  json result = json::array(
      {layers.wires(), layers.boxes("gates", {{"value", "#E6E6E6"}}, tooltip, nullptr)});
  if (drawing.scored) {
    result.push_back(layers.boxes("scored", fill, tooltip, "isValid(datum.score)"));
  }
  const json ink = {{"field", "ink"}, {"type", "nominal"}, {"scale", nullptr}};
  result.push_back(layers.text("names", "text", 0.5, 9.5, ink, tooltip));
  return result;
}

json view_of(const GraphDrawing& drawing, std::size_t number, const GraphFigure& graph,
             const std::string& title) {
  json view = panel(drawing.width, drawing.height, json::array(),
                    graph.found ? found_layers(drawing, number, graph.threshold)
                                : score_layers(drawing, number, graph.score),
                    title);
  view.erase("data");
  view["view"] = {{"stroke", nullptr}};
  return view;
}

std::vector<std::string> explained(const GraphFigure& graph, bool scored, bool captioned) {
  std::vector<std::string> lines;
  if (graph.found) {
    lines.push_back(
        "Colour: the way of the largest |φ|, the correlation of the best unit's detector "
        "with the gate, where that is at least " +
        two_digits(graph.threshold) +
        "; a neuron before a latent before a direction where they are as good.");
    lines.push_back(std::string("Bars below a gate: |φ| of its best neuron, direction and latent, "
                                "from 0 to 1.")
                        .append(captioned ? " Below: |φ| and the place of the best one." : ""));
  } else if (!graph.score.empty() && scored) {
    const std::string words = score_words(graph.score);
    if (!words.empty()) lines.push_back(graph.score + ": " + words + "; grey: no value");
  }
  if ((graph.found || !graph.score.empty()) && !scored) {
    lines.push_back("The runs have no scores of gates.");
  }
  lines.push_back("Inputs are at the left; a bold outline marks an output (or its complement).");
  return lines;
}

}  // namespace

json draw(const GraphFigure& graph, const FigureConfig& figure, const FigureSource& source) {
  std::vector<json> views;
  double width = 0;
  bool scored = false, captioned = false;
  const std::vector<Pictured> runs = pictured(figure, source);
  for (const Pictured& run : runs) {
    const GraphDrawing drawing = graph_drawing(run, graph, runs.size() == 1, source);
    views.push_back(view_of(drawing, views.size(), graph, run.title));
    width = std::max(width, drawing.width);
    scored = scored || drawing.scored;
    captioned = captioned || drawing.captioned;
  }
  const std::size_t columns = panels_across(width, views.size());
  json body = panels(std::move(views), columns);
  if (runs.size() > 1) body["resolve"]["scale"]["opacity"] = "shared";
  return figure_spec(std::move(body), title_of(figure), explained(graph, scored, captioned),
                     static_cast<double>(std::min(columns, runs.size())) * (width + 30) + 100);
}

}  // namespace lab
