// True vectors and atoms in the leading principal components of the truth.
#include <algorithm>
#include <cmath>
#include <numbers>

#include "lab/report/drawing.h"
#include "lab/report/pictures.h"

namespace lab {
namespace {

constexpr std::size_t most_views = 12;
constexpr double pi = std::numbers::pi;
constexpr double size = 225;  // of a panel, both ways: a circle looks like a circle

enum Point : std::size_t { kPanel, kAtom, kNumber, kX, kY, kZ, kShare };
const char* const true_vector = "true vector";
const char* const atom = "atom";

json place_of(const PictureTable& points, std::size_t row) {
  return {rounded(points.at(row, kX)), rounded(points.at(row, kY)), rounded(points.at(row, kZ))};
}

json point_row(const PictureTable& points, std::size_t row) {
  const json place = place_of(points, row);
  return {{"what", points.at(row, kAtom) == 1 ? atom : true_vector},
          {"name", points.label(row)},
          {"x", place[0]},
          {"y", place[1]},
          {"z", place[2]},
          {"share", std::round(points.at(row, kShare) * 1000) / 1000}};
}

// Turns x, y, z about the vertical axis by `turn`, then towards the viewer by `tilt` (degrees): the
// fields named after `suffix` hold what is seen. Flat panels are seen from the front.
json projection(const std::string& suffix, bool flat) {
  const std::string x = "datum.x" + suffix, y = "datum.y" + suffix, z = "datum.z" + suffix;
  if (flat) {
    return json::array(
        {{{"calculate", x}, {"as", "px" + suffix}}, {{"calculate", y}, {"as", "py" + suffix}}});
  }
  const std::string a = "(turn*PI/180)", b = "(tilt*PI/180)";
  const std::string across = x + "*cos" + a + "+" + z + "*sin" + a;
  const std::string depth = "(" + z + "*cos" + a + "-" + x + "*sin" + a + ")";
  const std::string up = y + "*cos" + b + "-" + depth + "*sin" + b;
  return json::array(
      {{{"calculate", across}, {"as", "px" + suffix}}, {{"calculate", up}, {"as", "py" + suffix}}});
}

struct PanelRows {
  json points = json::array(), edges = json::array();
  double reach = 0;         // the largest norm
  std::size_t longest = 0;  // letters of the longest name
  // Leaves room for a name beside the outermost point: a letter takes a twentieth of half a panel.
  double bound() const {
    const double room = 0.05 * static_cast<double>(std::min<std::size_t>(longest, 10));
    return reach > 0 ? reach * std::max(1.45, 1 / (1 - room)) : 1;
  }
};

PanelRows rows_of(const PictureTable& points, const PictureTable& edges, std::size_t panel) {
  PanelRows rows;
  for (std::size_t i = 0; i < points.rows(); ++i) {
    if (points.at(i, kPanel) != static_cast<double>(panel)) continue;
    rows.reach =
        std::max(rows.reach, std::hypot(points.at(i, kX), points.at(i, kY), points.at(i, kZ)));
    if (points.at(i, kAtom) > 1) continue;
    rows.points.push_back(point_row(points, i));
  }
  for (std::size_t i = 0; i < edges.rows(); ++i) {
    if (edges.at(i, 0) != static_cast<double>(panel)) continue;
    const json from = place_of(points, static_cast<std::size_t>(edges.at(i, 1)));
    const json to = place_of(points, static_cast<std::size_t>(edges.at(i, 2)));
    rows.edges.push_back({{"what", edges.at(i, 3) != 0 ? atom : true_vector},
                          {"x", from[0]},
                          {"y", from[1]},
                          {"z", from[2]},
                          {"x2", to[0]},
                          {"y2", to[1]},
                          {"z2", to[2]}});
  }
  return rows;
}

// Marks the true vectors whose names are written: those that do not overlap in the first view. What
// the panel's name says already is left out ("cube 0" in the panel "cube" is "0").
void choose_names(PanelRows& rows, const PointsFigure& config, bool flat,
                  const std::string& panel) {
  const double a = flat ? 0 : config.turn * pi / 180, b = flat ? 0 : config.tilt * pi / 180;
  std::vector<std::pair<double, double>> taken;
  for (json& row : rows.points) {
    std::string label = row["name"];
    if (label.size() > panel.size() && label.starts_with(panel)) label = label.substr(panel.size());
    if (row["what"] == true_vector) rows.longest = std::max(rows.longest, label.size());
    row["label"] = std::move(label);
  }
  for (json& row : rows.points) {
    row["named"] = false;
    if (row["what"] != true_vector) continue;
    const std::string& label = row["label"].get_ref<const std::string&>();
    const double x = row["x"], y = row["y"], z = row["z"];
    const double across = x * std::cos(a) + z * std::sin(a);
    const double up = y * std::cos(b) - (z * std::cos(a) - x * std::sin(a)) * std::sin(b);
    const double wide = (0.06 + 0.03 * static_cast<double>(label.size())) * rows.bound();
    const double high = 0.1 * rows.bound();
    const bool free = std::none_of(taken.begin(), taken.end(), [&](const auto& other) {
      return std::abs(other.first - across) < wide && std::abs(other.second - up) < high;
    });
    if (!free) continue;
    row["named"] = true;
    taken.emplace_back(across, up);
  }
}

json joined(json first, const json& second) {
  for (const json& one : second) first.push_back(one);
  return first;
}

json view_of_panel(const PanelRows& rows, bool flat, const std::string& title) {
  const double bound = rows.bound();
  const auto axis = [&](const char* field, const char* name) -> json {
    const json shown = {{"title", name},          {"labels", false},   {"ticks", false},
                        {"grid", false},          {"titlePadding", 4}, {"titleFontSize", 10},
                        {"titleColor", "#777777"}};
    return {{"field", field},
            {"type", "quantitative"},
            {"scale", {{"domain", {-bound, bound}}, {"nice", false}, {"zero", false}}},
            {"axis", flat ? shown : json()}};
  };
  const json x = axis("px", "PC 1"), y = axis("py", "PC 2");
  const json color = {
      {"field", "what"},
      {"type", "nominal"},
      {"scale", {{"domain", {true_vector, atom}}, {"range", {okabe_ito[0], okabe_ito[3]}}}},
      {"legend", {{"title", nullptr}, {"symbolOpacity", 1}}}};
  const json shape = {
      {"field", "what"},
      {"type", "nominal"},
      {"scale", {{"domain", {true_vector, atom}}, {"range", {"circle", "diamond"}}}},
      {"legend", {{"title", nullptr}}}};
  json edge_color = color;
  edge_color["scale"]["range"] = {"#9DB9CC", okabe_ito[3]};
  edge_color["legend"] = nullptr;
  const json edges = {
      {"data", {{"values", rows.edges}}},
      {"transform", joined(projection("", flat), projection("2", flat))},
      {"mark", {{"type", "rule"}, {"strokeWidth", 1.2}}},
      {"encoding",
       {{"x", x},
        {"y", y},
        {"x2", {{"field", "px2"}}},
        {"y2", {{"field", "py2"}}},
        {"stroke",
         {{"condition", {{"test", "datum.what == 'atom'"}, {"value", okabe_ito[3]}}},
          {"value", "#9DB9CC"}}}}}};
  const json points = {
      {"data", {{"values", rows.points}}},
      {"transform", projection("", flat)},
      {"mark", {{"type", "point"}, {"filled", true}, {"size", 46}, {"opacity", 0.85}}},
      {"encoding",
       {{"x", x},
        {"y", y},
        {"color", color},
        {"shape", shape},
        {"tooltip", json::array({{{"field", "name"}, {"type", "nominal"}},
                                 {{"field", "what"}, {"type", "nominal"}},
                                 {{"field", "share"},
                                  {"title", "share in these axes"},
                                  {"type", "quantitative"}}})}}}};
  json layers = json::array({edges, points});
  const char* const sides[][3] = {{"left", "datum.px > 0.35*datum.r", "1"},
                                  {"right", "datum.px < -0.35*datum.r", "1"},
                                  {"center", "abs(datum.px) <= 0.35*datum.r", "1.7"}};
  const std::string gap = json(rounded(0.055 * bound)).dump();
  for (const auto& [align, test, times] : sides) {  // names stand outside, away from the centre
    json moved = joined(json::array({{{"filter", "datum.named"}}}), projection("", flat));
    const std::string further = std::string("*(1 + ") + gap + "*" + times + "/datum.r)";
    moved.push_back(
        {{"calculate", "max(1e-9, sqrt(datum.px*datum.px + datum.py*datum.py))"}, {"as", "r"}});
    moved.push_back({{"filter", test}});
    moved.push_back({{"calculate", "datum.px" + further}, {"as", "lx"}});
    moved.push_back({{"calculate", "datum.py" + further}, {"as", "ly"}});
    json lx = x, ly = y;
    lx["field"] = "lx";
    ly["field"] = "ly";
    layers.push_back(
        {{"data", {{"values", rows.points}}},
         {"transform", moved},
         {"mark", {{"type", "text"}, {"fontSize", 9}, {"align", align}, {"color", "#333333"}}},
         {"encoding",
          {{"x", lx}, {"y", ly}, {"text", {{"field", "label"}, {"type", "nominal"}}}}}});
  }
  json view = panel(size, size, json::array(), std::move(layers), title);
  view.erase("data");
  return view;
}

struct Chosen {
  std::vector<std::size_t> panels;  // numbers of the panels shown
  bool cut = false;
};

Chosen chosen_panels(const PictureTable& panels, const PointsFigure& config, std::size_t runs) {
  Chosen chosen;
  if (config.panels.empty()) {
    const std::size_t most = std::max<std::size_t>(1, most_views / runs);
    for (std::size_t i = 0; i < std::min(panels.rows(), most); ++i) chosen.panels.push_back(i);
    chosen.cut = panels.rows() > most;
    return chosen;
  }
  for (std::size_t p = 0; p < config.panels.size(); ++p) {
    const auto& names = panels.table.labels;
    const auto found = std::find(names.begin(), names.end(), config.panels[p]);
    if (found == names.end()) {
      throw ConfigError(
          "panels[" + std::to_string(p) + "]",
          "no panel is called \"" + config.panels[p] + "\"" + suggestion(config.panels[p], names));
    }
    chosen.panels.push_back(static_cast<std::size_t>(found - names.begin()));
  }
  return chosen;
}

}  // namespace

json draw(const PointsFigure& config, const FigureConfig& figure, const FigureSource& source) {
  const std::vector<Pictured> runs = pictured(figure, source);
  std::vector<json> views;
  bool turns = false, cut = false;
  std::size_t columns = 3;
  for (const Pictured& run : runs) {
    const std::string why = "the run has no true vectors to show";
    const PictureTable panels = run.table("panels", {"flat"}, why);
    const PictureTable points =
        run.table("points", {"panel", "atom", "number", "x", "y", "z", "share"}, why);
    const auto lines = run.picture.tables.find("edges");
    const PictureTable edges = lines == run.picture.tables.end() || lines->second.rows.empty()
                                   ? PictureTable{}
                                   : run.table("edges", {"panel", "from", "to", "match"}, why);
    const Chosen chosen = chosen_panels(panels, config, runs.size());
    cut = cut || chosen.cut;
    if (runs.size() > 1 && chosen.panels.size() > 1)
      columns = std::min<std::size_t>(chosen.panels.size(), 4);
    if (runs.size() == 1 && chosen.panels.size() == 4) columns = 2;
    for (const std::size_t number : chosen.panels) {
      const bool flat = panels.at(number, 0) != 0;
      turns = turns || !flat;
      const std::string title =
          run.title.empty() ? panels.label(number) : panels.label(number) + " · " + run.title;
      PanelRows rows = rows_of(points, edges, number);
      choose_names(rows, config, flat, panels.label(number));
      views.push_back(view_of_panel(rows, flat, title));
    }
  }
  if (views.size() > most_views) {
    throw ConfigError("panels", "at most " + std::to_string(most_views) + " are shown together");
  }
  const bool atoms =
      std::any_of(runs.begin(), runs.end(), [](const Pictured& run) { return run.has_atoms(); });
  std::vector<std::string> lines{
      atoms ? "Principal components of the true vectors; lines join neighbours, and atoms to the "
              "true vectors they are matched with. Atoms are as long as a true vector and shown "
              "where half of them lies."
            : "Principal components of the true vectors; lines join neighbours, or lead from the "
              "origin."};
  if (cut) lines.push_back("Further panels are left out; \"panels\" chooses.");
  columns = std::min(columns, views.size());
  json spec = figure_spec(panels(std::move(views), columns), title_of(figure), lines,
                          static_cast<double>(columns) * (size + 40) + 120);
  if (turns) {
    const auto slider = [](const char* name, double value, double low, double high) -> json {
      return {{"name", name},
              {"value", value},
              {"bind",
               {{"input", "range"},
                {"min", low},
                {"max", high},
                {"step", 1},
                {"name", std::string(name) + " "}}}};
    };
    spec["params"] = {slider("turn", config.turn, 0, 360), slider("tilt", config.tilt, -90, 90)};
  }
  return spec;
}

}  // namespace lab
