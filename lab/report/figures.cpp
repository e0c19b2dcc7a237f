#include "lab/report/figures.h"

#include <algorithm>
#include <cctype>
#include <set>

#include "lab/report/drawing.h"
#include "lab/sweep/config.h"

namespace lab {
namespace {

constexpr std::size_t most_pictures = 6;

// A name that can be a file's.
bool is_plain_name(const std::string& name) {
  return !name.empty() && name.size() <= 100 && name.front() != '.' && name.front() != '-' &&
         name.front() != ' ' && name.back() != ' ' &&
         std::all_of(name.begin(), name.end(), [](unsigned char c) {
           return std::isalnum(c) || c == '_' || c == '-' || c == '.' || c == ' ';
         });
}

std::string listed(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    text.append(i == 0 ? "" : i + 1 == names.size() ? " and " : ", ").append(names[i]);
  }
  return text;
}

std::string of_table(const std::string& table) {
  return table.empty() ? "" : " of " + table;
}

std::string default_title(const LineFigure& f) {
  return listed(f.scores) + of_table(f.table) + " against " + f.x;
}
std::string default_title(const HeatmapFigure& f) {
  return f.score + of_table(f.table) + " over " + f.x + " and " + f.y;
}
std::string default_title(const ParetoFigure& f) {
  return f.y + " against " + f.x;
}
std::string default_title(const CosineFigure&) {
  return "Cosines of atoms and true vectors";
}
std::string default_title(const PointsFigure&) {
  return "Where true vectors and atoms lie";
}
std::string default_title(const HistogramFigure& f) {
  return "Distribution of " + f.score + of_table(f.table);
}
std::string default_title(const CurvesFigure& f) {
  return f.column + " while the " + (f.stage == "fit" ? "decomposer" : "subject") + " is trained";
}
std::string default_title(const GraphFigure& f) {
  if (f.found) return "The circuit by level, gates by where they were found";
  return f.score.empty() ? "The circuit by level" : "The circuit by level, gates by " + f.score;
}

std::string default_title(const MatrixFigure& f) {
  return (f.measure == "phi" ? "|φ|" : "F1") + std::string(" of gates and ") + f.units + "s" +
         (f.tap.empty() ? "" : " of " + f.tap);
}

// "world tree, arm topk and pca"
std::string where_text(const json& where) {
  std::string text;
  for (const auto& [column, value] : where.items()) {
    std::vector<std::string> cells;
    for (const json& one : value.is_array() ? value : json::array({value})) {
      cells.push_back(shown_cell(one));
    }
    text.append(text.empty() ? "" : ", ").append(column).append(" ").append(listed(cells));
  }
  return text;
}

bool has_words(const ScoreTable& table, const std::string& column) {
  const auto found = std::find(table.columns.begin(), table.columns.end(), column);
  return found != table.columns.end() &&
         !is_numeric(table, static_cast<std::size_t>(found - table.columns.begin()));
}

bool has_values(const ScoreTable& table, const std::string& score) {
  const auto found = std::find(table.scores.begin(), table.scores.end(), score);
  if (found == table.scores.end()) return false;
  const auto index = static_cast<std::size_t>(found - table.scores.begin());
  return std::any_of(table.rows.begin(), table.rows.end(),
                     [index](const ScoreTable::Row& row) { return row.scores[index].present; });
}

// A column of words other than the arms, with few values: a panel each.
std::string usual_facet(const ScoreTable& table) {
  for (std::size_t k = 0; k + 1 < table.columns.size(); ++k) {
    if (table.columns[k] == "arm" || !has_words(table, table.columns[k])) continue;
    const std::size_t values = values_of(table, k).size();
    if (values > 1 && values <= 9) return table.columns[k];
  }
  return "";
}

}  // namespace

void FigureConfig::fields(Fields& f) {
  f.kind(kind);
  f("name", name, required(), "its name and its file's: letters, digits, spaces, '_', '-', '.'");
  f("title", title, any(), "what is shown; empty: made from the figure");
  selection.fields(f);
  f.require(is_plain_name(name), "name",
            "must be 1 to 100 letters, digits, spaces, '_', '-' or '.', and begin with a letter, a "
            "digit or '_'");
}

std::vector<FigureConfig> read_figures(const Sweep& sweep) {
  std::vector<FigureConfig> figures;
  std::set<std::string> names;
  for (std::size_t i = 0; i < sweep.config.figures.size(); ++i) {
    const std::string path = std::string("figures[").append(std::to_string(i)).append("]");
    try {
      figures.push_back(read_config<FigureConfig>(sweep.config.figures[i], path));
      if (!names.insert(figures.back().name).second) {
        throw ConfigError(path + ".name", "two figures are called \"" + figures.back().name + "\"");
      }
    } catch (const ConfigError& error) {
      throw InputError(sweep.origin + ": " + error.what());
    }
  }
  return figures;
}

std::string title_of(const FigureConfig& figure) {
  if (!figure.title.empty()) return figure.title;
  const std::string where = where_text(figure.selection.where);
  return std::visit([](const auto& kind) { return default_title(kind); }, figure.kind)
      .append(where.empty() ? "" : ": ")
      .append(where);
}

json vega_lite(const FigureConfig& figure, const FigureSource& source) {
  return std::visit([&](const auto& kind) { return draw(kind, figure, source); }, figure.kind);
}

std::vector<std::size_t> pictured_rows(const FigureConfig& figure, const ScoreTable& table) {
  const bool pictured = std::holds_alternative<CosineFigure>(figure.kind) ||
                        std::holds_alternative<PointsFigure>(figure.kind) ||
                        std::holds_alternative<GraphFigure>(figure.kind) ||
                        std::holds_alternative<MatrixFigure>(figure.kind);
  if (!pictured) return {};
  if (!figure.selection.at.empty()) {
    throw ConfigError("at", "has no meaning here: rows between runs have no pictures");
  }
  const ScoreTable chosen = selected(table, figure.selection);
  std::vector<std::size_t> rows;
  for (const ScoreTable::Row& row : chosen.rows) {
    const auto same = std::find_if(table.rows.begin(), table.rows.end(), [&](const auto& other) {
      return other.id == row.id;  // equal runs have equal pictures
    });
    rows.push_back(static_cast<std::size_t>(same - table.rows.begin()));
  }
  if (rows.empty()) throw ConfigError("where", "no run is chosen");
  if (rows.size() > most_pictures) {
    throw ConfigError("where", std::to_string(rows.size()) + " runs are chosen, at most " +
                                   std::to_string(most_pictures) +
                                   " are shown side by side: narrow it, by \"seed\" for example");
  }
  return rows;
}

std::vector<FigureConfig> usual_figures(const ScoreTable& table) {
  std::vector<FigureConfig> figures;
  const std::string facet = usual_facet(table);
  if (has_values(table, "l0") && has_values(table, "fvu")) {
    ParetoFigure pareto;
    pareto.facet = facet;
    figures.push_back({pareto, "fvu and l0", "", {}});
  }
  for (const char* score : {"mcc", "mcc_estimated", "f1", "exact"}) {
    if (!has_words(table, "arm") || !has_values(table, score)) continue;
    LineFigure line;
    line.x = "arm";
    line.scores = {score};
    line.facet = facet;
    figures.push_back({line, std::string(score).append(" of each arm"), "", {}});
  }
  return figures;
}

std::vector<FigureConfig> circuit_figures(const Record& run, const Record& picture) {
  const auto has_rows = [](const Record& record, const char* table) {
    const auto found = record.tables.find(table);
    return found != record.tables.end() && !found->second.rows.empty();
  };
  if (!has_rows(picture, "circuit")) return {};
  GraphFigure graph;
  graph.found = says_where(run);
  if (!graph.found && !has_rows(run, "gates")) graph.score = "";
  std::vector<FigureConfig> figures{{graph, "graph", "", {}}};
  for (const char* units : {"neuron", "latent"}) {
    MatrixFigure matrix;
    matrix.units = units;
    if (has_units(run, units)) figures.push_back({matrix, std::string(units) + "s", "", {}});
  }
  return figures;
}

json stacked(std::vector<json> specifications) {
  if (specifications.size() == 1) return std::move(specifications.front());
  json whole;
  for (json& specification : specifications) {
    for (const char* name : {"$schema", "background", "padding", "config"}) {
      const auto found = specification.find(name);
      if (found == specification.end()) continue;
      whole[name] = std::move(*found);
      specification.erase(found);
    }
    whole["vconcat"].push_back(std::move(specification));
  }
  whole["spacing"] = 36;
  whole["resolve"] = {
      {"scale",
       {{"color", "independent"}, {"opacity", "independent"}, {"strokeDash", "independent"}}}};
  return whole;
}

std::vector<RoomDoc> describe_figures() {
  FigureConfig prototype;
  return describe(view_of(prototype));
}

json schema_of_figures(json& definitions) {
  FigureConfig prototype;
  return schema(view_of(prototype), definitions);
}

}  // namespace lab
