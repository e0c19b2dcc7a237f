#include "lab/report/colors.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "lab/report/drawing.h"
#include "lab/report/operations.h"

namespace lab {

const std::vector<std::string> okabe_ito{"#0072B2", "#E69F00", "#009E73", "#D55E00",
                                         "#CC79A7", "#56B4E9", "#000000"};

namespace {

const std::vector<std::string> mark_shapes{"circle",  "square",        "triangle-up",
                                           "diamond", "triangle-down", "cross"};
const std::vector<json> mark_dashes{json::array({1, 0}), json::array({6, 3}), json::array({2, 2}),
                                    json::array({8, 3, 2, 3})};

}  // namespace

void Colors::add(const std::string& name, const std::string& color, const json& dash) {
  shapes.push_back(mark_shapes[names.size() % mark_shapes.size()]);
  names.push_back(name);
  colors.push_back(color);
  dashes.push_back(dash);
}

std::string viridis(double share) {
  static constexpr std::array<std::array<int, 3>, 9> anchors{{{68, 1, 84},
                                                              {72, 40, 120},
                                                              {62, 74, 137},
                                                              {49, 104, 142},
                                                              {38, 130, 142},
                                                              {31, 158, 137},
                                                              {74, 193, 109},
                                                              {160, 218, 57},
                                                              {253, 231, 37}}};
  const double at = std::clamp(share, 0.0, 1.0) * (anchors.size() - 1);
  const std::size_t left = std::min(static_cast<std::size_t>(at), anchors.size() - 2);
  std::array<int, 3> mixed{};
  for (std::size_t i = 0; i < 3; ++i) {
    const double part = at - static_cast<double>(left);
    mixed[i] =
        static_cast<int>(std::lround((1 - part) * anchors[left][i] + part * anchors[left + 1][i]));
  }
  char text[16];
  std::snprintf(text, sizeof text, "#%02x%02x%02x", mixed[0], mixed[1], mixed[2]);
  return text;
}

Colors colors_of(const ScoreTable& whole, const std::string& column) {
  Colors result;
  const bool has_arms =
      std::find(whole.columns.begin(), whole.columns.end(), "arm") != whole.columns.end();
  if (column.empty() && !has_arms) return result;
  result.column = column.empty() ? "arm" : column;
  const std::size_t index = column_index(whole, result.column, "color");
  const bool numbers = is_numeric(whole, index);
  const std::vector<std::string> values = values_of(whole, index);
  std::size_t used = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (values[i] == "oracle") {
      result.add(values[i], "#555555", json::array({5, 3}));
    } else if (values[i] == "random") {
      result.add(values[i], "#8C8C8C", json::array({1.5, 2.5}));
    } else if (numbers && values.size() > 2) {
      const double last = static_cast<double>(values.size() - 1);
      result.add(values[i], viridis(0.92 * static_cast<double>(i) / last), mark_dashes[0]);
    } else {
      result.add(values[i], okabe_ito[used % okabe_ito.size()],
                 mark_dashes[used / okabe_ito.size() % mark_dashes.size()]);
      ++used;
    }
  }
  return result;
}

json color_channels(const Colors& colors, const std::vector<std::string>& shown, bool dash,
                    bool shape) {
  if (colors.names.empty()) return {{"color", {{"value", okabe_ito[0]}}}};
  std::vector<std::string> listed;
  for (const std::string& name : colors.names) {
    if (std::find(shown.begin(), shown.end(), name) != shown.end()) listed.push_back(name);
  }
  // A legend without entries is one that Vega cannot lay out.
  if (listed.empty()) return {{"color", {{"value", okabe_ito[0]}}}};
  json legend = {{"title", colors.column}, {"values", listed}, {"symbolOpacity", 1}};
  if (dash) legend["symbolType"] = "stroke";
  const auto channel = [&](const json& range) -> json {
    return {{"field", "arm"},
            {"type", "nominal"},
            {"scale", {{"domain", colors.names}, {"range", range}}},
            {"legend", legend}};
  };
  json channels = {{"color", channel(colors.colors)}};
  if (dash) channels["strokeDash"] = channel(colors.dashes);
  if (shape) channels["shape"] = channel(colors.shapes);
  return channels;
}

}  // namespace lab
