#include <algorithm>
#include <cctype>
#include <filesystem>
#include <iostream>
#include <nlohmann/json.hpp>
#include <set>

#include "lab/cli/drawing.h"
#include "lab/core/files.h"
#include "lab/report/claims.h"
#include "lab/report/render.h"

namespace lab {
namespace {

// Rows whose run's id begins with one of the prefixes.
std::vector<std::size_t> rows_with(const ScoreTable& table,
                                   const std::vector<std::string>& prefixes) {
  std::vector<std::size_t> rows;
  for (const std::string& prefix : prefixes) {
    const std::size_t before = rows.size();
    for (std::size_t i = 0; i < table.rows.size(); ++i) {
      if (table.rows[i].id.starts_with(prefix)) rows.push_back(i);
    }
    if (rows.size() == before)
      throw InputError("--show: no run of the sweep begins with " + prefix);
  }
  return rows;
}

DrawnFigure drawn(const Drawing& drawing, const FigureConfig& figure) {
  try {
    return drawing.draw(figure);
  } catch (const InputError& error) {
    return {figure.name, title_of(figure), json(), error.what()};
  }
}

// A run's own figures: its points, its cosines, its circuit. None where it has no picture.
std::vector<DrawnFigure> figures_of_run(const OpenSweep& open, const Drawing& drawing,
                                        const ScoreTable& table, std::size_t row) {
  const Record* picture = nullptr;
  try {
    picture = &drawing.picture(row);
  } catch (const InputError&) {
    return {};
  }
  json only = json::object();
  for (std::size_t k = 0; k < table.columns.size(); ++k) {
    only[table.columns[k]] = json::array({table.rows[row].point[k]});
  }
  std::vector<DrawnFigure> figures;
  const auto add = [&](const char* table_name, auto kind) {
    const auto found = picture->tables.find(table_name);
    if (found == picture->tables.end() || found->second.rows.empty()) return;
    FigureConfig figure{kind, kind.name, ""};
    figure.selection.where = only;
    figures.push_back(drawn(drawing, figure));
  };
  add("points", PointsFigure{});
  add("cosines", CosineFigure{});
  const Record run = read_run(open.store, table.rows[row].id).record;
  for (FigureConfig& figure : circuit_figures(run, *picture)) {
    figure.selection.where = only;
    figures.push_back(drawn(drawing, figure));
  }
  return figures;
}

std::vector<json> provenances(const OpenSweep& open) {
  std::vector<json> each;
  for (const Run& run : open.plan.runs) {
    const auto stored = read_run_json(open.store, run.last->id);
    each.push_back(stored.has_value() ? stored->value("provenance", json()) : json());
  }
  return each;
}

// A word of a command line.
std::string quoted(const std::string& word) {
  const bool plain = std::all_of(word.begin(), word.end(), [](unsigned char c) {
    return std::isalnum(c) || c == '/' || c == '.' || c == '_' || c == '-' || c == '=';
  });
  if (plain && !word.empty()) return word;
  std::string text = "'";
  for (const char c : word) text += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return text + "'";
}

// What makes the page again: the commit, the build, the runs, the page.
std::vector<std::string> commands_of(const OpenSweep& open, const Arguments& arguments,
                                     const json& provenance) {
  std::vector<std::string> commands;
  const json same = provenance.value("same", json::object());
  if (same.contains("commit")) {
    commands.push_back("git checkout " + cell_text(same.at("commit")));
  }
  std::string run = "build/lab run " + quoted(open.sweep.origin), report = "build/lab report";
  if (open.folder != std::filesystem::path("results") / open.sweep.config.name) {
    run += " --out " + quoted(open.folder.string());
  }
  for (const std::string& word : arguments) report += " " + quoted(word);
  commands.insert(commands.end(), {"make lab", run, report});
  return commands;
}

Page page_of(const OpenSweep& open, const ScoreTable& table, const Drawing& drawing,
             const std::vector<FigureConfig>& figures, const Arguments& arguments) {
  Page page;
  const SweepConfig& config = open.sweep.config;
  page.name = config.name;
  page.about = config.about;
  page.config_path = open.sweep.origin;
  page.config = read_file(open.sweep.origin);
  page.provenance = provenance_summary(provenances(open));
  page.commands = commands_of(open, arguments, page.provenance);
  page.table = table;
  page.claims = judge_all(open.sweep, table);
  for (const FigureConfig& figure : figures) page.figures.push_back(drawn(drawing, figure));
  for (const std::size_t row : drawing.shown()) {
    page.runs.push_back({table.rows[row].id, point_text(open.plan, open.plan.runs[row]),
                         figures_of_run(open, drawing, table, row),
                         read_run(open.store, table.rows[row].id).record.tables});
  }
  return page;
}

// Draws what could be drawn, and removes pictures that are no longer the sweep's.
void write_figures(const Page& page, const std::filesystem::path& folder) {
  std::vector<RenderJob> jobs;
  std::set<std::filesystem::path> kept;
  for (const DrawnFigure& figure : page.figures) {
    if (figure.spec.is_null()) continue;
    jobs.push_back({figure.spec, "svg", folder / (figure.name + ".svg")});
    kept.insert(jobs.back().file);
  }
  render(jobs);
  std::error_code absent;
  std::vector<std::filesystem::path> old;
  for (const auto& entry : std::filesystem::directory_iterator(folder, absent)) {
    if (entry.path().extension() == ".svg" && !kept.contains(entry.path())) {
      old.push_back(entry.path());
    }
  }
  for (const std::filesystem::path& path : old) std::filesystem::remove(path, absent);
}

}  // namespace

int command_report(const Arguments& arguments) {
  options::options_description described("options");
  add_sweep_options(described);
  described.add_options()(
      "show", options::value<std::vector<std::string>>()->multitoken(),
      "ids of runs whose pictures and tables the page shows, besides those that "
      "its figures show");
  const auto map = parse_options(arguments, "report CONFIG [options]", described, {"config"});
  if (map.count("help") > 0) return kOk;
  const OpenSweep open = open_sweep(map);
  const ScoreTable table = score_table(open.plan, open.store);
  const std::vector<FigureConfig> figures = figures_of(open, table);
  const Drawing drawing(open, table, figures,
                        map.count("show") > 0
                            ? rows_with(table, map["show"].as<std::vector<std::string>>())
                            : std::vector<std::size_t>{});
  const Page page = page_of(open, table, drawing, figures, arguments);
  write_figures(page, open.folder / "figures");
  const auto write = [&](const char* name, const std::string& text) {
    write_atomically(open.folder / name, text, open.store.root / "tmp");
  };
  write("table.csv", csv(table));
  write("claims.json", claims_json(page.claims).dump(1) + "\n");
  write("report.html", page_html(page, vega_bundle()));
  int code = kOk;
  for (const DrawnFigure& figure : page.figures) {
    if (!figure.spec.is_null()) continue;
    std::cerr << "not drawn: " << one_line(figure.problem) << "\n";
    code = kFailed;
  }
  std::cout << "report: " << (open.folder / "report.html").string() << "\n";
  return code;
}

}  // namespace lab
