#include "lab/report/drawing.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdio>
#include <map>
#include <set>

namespace lab {

double rounded(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.6g", value);
  return std::strtod(text, nullptr);
}

std::string shown_cell(const json& value) {
  if (value.is_null()) return "–";
  if (!value.is_number_float()) return cell_text(value);
  char text[32];
  std::snprintf(text, sizeof text, "%.6g", value.get<double>());
  return text;
}

std::vector<std::string> values_of(const ScoreTable& table, std::size_t column) {
  std::vector<json> seen;
  std::set<std::string> known;
  for (const ScoreTable::Row& row : table.rows) {
    if (known.insert(shown_cell(row.point[column])).second) seen.push_back(row.point[column]);
  }
  if (is_numeric(table, column)) {  // what has no number comes last
    std::stable_sort(seen.begin(), seen.end(), [](const json& a, const json& b) {
      return a.is_number() && (!b.is_number() || a.get<double>() < b.get<double>());
    });
  }
  std::vector<std::string> names;
  for (const json& value : seen) names.push_back(shown_cell(value));
  return names;
}

bool is_numeric(const ScoreTable& table, std::size_t column) {
  bool any = false;
  for (const ScoreTable::Row& row : table.rows) {
    const json& value = row.point[column];
    if (!value.is_number() && !value.is_null()) return false;
    any = any || value.is_number();
  }
  return any;
}

std::optional<std::size_t> optional_column(const ScoreTable& table, const std::string& name,
                                           const std::string& path) {
  if (name.empty()) return std::nullopt;
  return column_index(table, name, path);
}

std::vector<std::string> all_names(const ScoreTable& table) {
  std::vector<std::string> names = table.columns;
  names.insert(names.end(), table.scores.begin(), table.scores.end());
  return names;
}

ScoreTable with_column(ScoreTable table, const std::string& name, const std::string& path) {
  const auto is = [&](const std::vector<std::string>& names) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  if (is(table.columns)) return table;
  if (!is(table.scores)) {
    throw ConfigError(
        path, "no column or score is called \"" + name + "\"" + suggestion(name, all_names(table)));
  }
  const std::size_t score = score_index(table, name, path);
  table.columns.insert(table.columns.begin(), name);
  for (ScoreTable::Row& row : table.rows) {
    const Score& cell = row.scores[score];
    row.point.insert(row.point.begin(), cell.present ? json(cell.value) : json());
  }
  return table;
}

std::vector<std::string> with_value(std::vector<std::string> names, const std::string& name) {
  if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  return names;
}

std::vector<std::size_t> other_columns(const ScoreTable& table,
                                       const std::vector<std::size_t>& but) {
  std::vector<std::size_t> others;
  for (std::size_t k = 0; k < table.columns.size(); ++k) {
    const bool left_out = std::find(but.begin(), but.end(), k) != but.end() ||
                          table.columns[k] == "seed" || table.columns[k] == "label";
    if (!left_out && values_of(table, k).size() > 1) others.push_back(k);
  }
  return others;
}

std::string cells_text(const ScoreTable::Row& row, const ScoreTable& table,
                       const std::vector<std::size_t>& columns) {
  std::string text;
  for (const std::size_t k : columns) {
    if (row.point[k].is_null()) continue;
    text.append(text.empty() ? "" : ", ").append(table.columns[k]).append(" ");
    text += shown_cell(row.point[k]);
  }
  return text;
}

std::string names_text(const ScoreTable& table, const std::vector<std::size_t>& columns) {
  std::string text;
  for (const std::size_t k : columns) {
    text.append(text.empty() ? "" : ", ").append(table.columns[k]);
  }
  return text;
}

std::string capital(std::string text) {
  if (!text.empty()) text[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(text[0])));
  return text;
}

ScoreTable chosen_rows(const FigureConfig& figure, const std::string& table,
                       const FigureSource& source) {
  ScoreTable rows = selected(source.table, figure.selection);
  if (!table.empty()) {
    if (!figure.selection.at.empty()) {
      throw ConfigError("at", "has no meaning with \"table\": rows between runs have no tables");
    }
    rows = rows_of_tables(rows, source.store, table);
  }
  if (rows.rows.empty()) throw ConfigError("where", "no run is chosen");
  return rows;
}

void nothing_to_draw(const ScoreTable& rows, std::size_t score, const std::string& path) {
  std::map<std::string, std::size_t> reasons;
  for (const ScoreTable::Row& row : rows.rows) {
    std::string reason = row.scores[score].reason;
    if (row.status == Status::missing) reason = "the run is not made yet";
    if (row.status == Status::failed) reason = "the run failed: " + row.failure.message;
    if (reason.empty()) reason = "it was not measured, or has no place on the axes";
    ++reasons[reason];
  }
  const auto most =
      std::max_element(reasons.begin(), reasons.end(),
                       [](const auto& a, const auto& b) { return a.second < b.second; });
  throw ConfigError(path, "no chosen run has \"" + rows.scores[score] +
                              "\" to draw: " + (most == reasons.end() ? "" : most->first));
}

std::optional<Summary> summary_on(std::vector<double> values, bool log) {
  if (log) {
    std::erase_if(values, [](double value) { return value <= 0; });
    for (double& value : values) value = std::log(value);
  }
  if (values.empty()) return std::nullopt;
  const Summary summary = summary_of(values);
  if (!log) return summary;
  return Summary{summary.n, std::exp(summary.mean), std::exp(summary.low), std::exp(summary.high)};
}

std::vector<double> present_values(const ScoreTable& table, const std::vector<std::size_t>& rows,
                                   std::size_t score) {
  std::vector<double> values;
  for (const std::size_t row : rows) {
    const Score& cell = table.rows[row].scores[score];
    if (cell.present) values.push_back(cell.value);
  }
  return values;
}

std::string mean_on(bool log) {
  return log ? "geometric mean" : "mean";
}

namespace {

// 1, 2 and 5 times powers of ten that lie among the values; powers alone where those are many.
std::vector<double> log_ticks(const std::vector<double>& values) {
  if (values.empty()) return {};
  const auto [least, greatest] = std::minmax_element(values.begin(), values.end());
  const int first = static_cast<int>(std::floor(std::log10(*least) - 0.3));
  const int last = static_cast<int>(std::ceil(std::log10(*greatest) + 0.3));
  std::vector<double> ticks;
  for (int power = first; power <= last; ++power) {
    for (const double digit : {1.0, 2.0, 5.0}) {
      if (digit == 1 || last - first <= 4) ticks.push_back(rounded(digit * std::pow(10.0, power)));
    }
  }
  return ticks;
}

// Ticks at the values themselves where they are few.
std::vector<double> few_values(const std::vector<double>& values) {
  const std::set<double> distinct(values.begin(), values.end());
  if (distinct.size() > 10 || distinct.size() < 2) return {};
  return {distinct.begin(), distinct.end()};
}

}  // namespace

json number_axis(const std::string& title, const std::vector<double>& values, bool log) {
  json axis = {{"title", title}, {"labelOverlap", true}};
  json scale = {{"zero", false}, {"nice", true}};
  if (log) {
    scale = {{"type", "log"}, {"nice", false}};
    axis["format"] = "~g";
    axis["labelOverlap"] = "greedy";
    axis["values"] = log_ticks(values);
    const std::set<double> distinct(values.begin(), values.end());
    if (distinct.size() == 1) scale["domain"] = {*distinct.begin() / 2, *distinct.begin() * 2};
  }
  return {{"type", "quantitative"}, {"axis", axis}, {"scale", scale}};
}

json swept_axis(const std::string& title, const std::vector<double>& values, bool log) {
  json channel = number_axis(title, values, log);
  channel["scale"]["nice"] = false;
  channel["scale"]["padding"] = 12;
  const std::vector<double> ticks = few_values(values);
  if (!ticks.empty()) {
    channel["axis"]["values"] = ticks;
    channel["axis"]["format"] = "~g";
  }
  return channel;
}

json word_axis(const std::string& title, const std::vector<std::string>& words) {
  std::size_t longest = 0;
  for (const std::string& word : words) longest = std::max(longest, text_width(word));
  json axis = {{"title", title}, {"labelLimit", 160}, {"labelAngle", longest > 6 ? -35 : 0}};
  return {{"type", "nominal"}, {"axis", axis}, {"scale", {{"domain", words}}}, {"sort", nullptr}};
}

json panel(double width, double height, json rows, json layers, const std::string& title) {
  json view = {{"width", width},
               {"height", height},
               {"data", {{"values", std::move(rows)}}},
               {"layer", std::move(layers)}};
  if (!title.empty()) {
    view["title"] = {{"text", wrapped(title, static_cast<std::size_t>(width / 6))},
                     {"fontSize", 12},
                     {"fontWeight", "normal"},
                     {"anchor", "middle"},
                     {"frame", "group"},
                     {"offset", 6}};
  }
  return view;
}

std::size_t panels_across(double width, std::size_t most) {
  constexpr double page = 1140,
                   axis = 70;  // what fits into a report, and what stands beside a panel
  const auto fit = static_cast<std::size_t>(page / (width + axis));
  return std::clamp<std::size_t>(fit, 1, std::max<std::size_t>(most, 1));
}

json panels(std::vector<json> views, std::size_t columns) {
  if (views.size() == 1) return std::move(views.front());
  return {{"concat", std::move(views)},
          {"columns", columns},
          {"spacing", 24},
          {"resolve",
           {{"scale", {{"color", "shared"}, {"shape", "shared"}, {"strokeDash", "shared"}}},
            {"legend", {{"color", "shared"}}}}}};
}

std::vector<std::string> wrapped(const std::string& text, std::size_t limit) {
  std::vector<std::string> lines{""};
  std::size_t begin = 0;
  while (begin < text.size()) {
    const std::size_t end = std::min(text.find(' ', begin), text.size());
    const std::string word = text.substr(begin, end - begin);
    if (!lines.back().empty() && text_width(lines.back()) + 1 + text_width(word) > limit) {
      lines.push_back(word);
    } else {
      lines.back() += (lines.back().empty() ? "" : " ") + word;
    }
    begin = end + 1;
  }
  return lines;
}

json figure_spec(json body, const std::string& title, const std::vector<std::string>& lines,
                 double width) {
  const auto limit = static_cast<std::size_t>(std::max(width, 320.0) / 5.6);
  json explained = json::array();
  for (const std::string& line : lines) {
    for (std::string& part : wrapped(line, limit)) {
      if (!part.empty()) explained.push_back(std::move(part));
    }
  }
  body["$schema"] = "https://vega.github.io/schema/vega-lite/v5.json";
  body["background"] = "white";
  body["padding"] = 12;
  const json heading = {{"text", wrapped(title, limit * 4 / 5)},
                        {"subtitle", explained},
                        {"anchor", "start"},
                        {"frame", "group"},
                        {"offset", 14}};
  if (body.contains("title")) {  // one panel: its own title goes into the heading
    body.erase("title");
  }
  body["title"] = heading;
  const char* font = "Arimo, Liberation Sans, Arial, Helvetica, sans-serif";
  body["config"] = {{"font", font},
                    {"axis",
                     {{"labelFontSize", 11},
                      {"titleFontSize", 12},
                      {"titleFontWeight", "normal"},
                      {"titlePadding", 8},
                      {"gridColor", "#EBEBEB"},
                      {"domainColor", "#888888"},
                      {"tickColor", "#888888"}}},
                    {"legend",
                     {{"labelFontSize", 11},
                      {"titleFontSize", 12},
                      {"titleFontWeight", "normal"},
                      {"labelLimit", 260},
                      {"titleLimit", 260},
                      {"symbolStrokeWidth", 2}}},
                    {"title",
                     {{"fontSize", 15},
                      {"subtitleFontSize", 11},
                      {"subtitleColor", "#555555"},
                      {"subtitlePadding", 5},
                      {"subtitleLineHeight", 14}}},
                    {"view", {{"stroke", "#CCCCCC"}}},
                    {"concat", {{"spacing", 24}}}};
  return body;
}

}  // namespace lab
