#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>

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

// A run's own figures: its cosines and its points.
std::vector<DrawnFigure> figures_of_run(const Drawing& drawing, const ScoreTable& table,
                                        std::size_t row) {
  json only = json::object();
  for (std::size_t k = 0; k < table.columns.size(); ++k) {
    only[table.columns[k]] = table.rows[row].point[k];
  }
  std::vector<DrawnFigure> figures;
  const Record& picture = drawing.picture(row);
  const auto add = [&](const char* table_name, auto kind) {
    const auto found = picture.tables.find(table_name);
    if (found == picture.tables.end() || found->second.rows.empty()) return;
    FigureConfig figure{kind, kind.name, ""};
    figure.selection.where = only;
    figures.push_back(drawing.draw(figure));
  };
  add("points", PointsFigure{});
  add("cosines", CosineFigure{});
  add("circuit", GraphFigure{});
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

Page page_of(const OpenSweep& open, const ScoreTable& table, const Drawing& drawing,
             const std::vector<FigureConfig>& figures) {
  Page page;
  const SweepConfig& config = open.sweep.config;
  page.name = config.name;
  page.about = config.about;
  page.config_path = open.sweep.origin;
  page.config = read_file(open.sweep.origin);
  page.commands = {"make", "build/lab run " + open.sweep.origin,
                   "build/lab report " + open.sweep.origin};
  page.provenance = provenance_summary(provenances(open));
  page.table = table;
  page.claims = judge_all(open.sweep, table);
  for (const FigureConfig& figure : figures) page.figures.push_back(drawing.draw(figure));
  for (const std::size_t row : drawing.pictured()) {
    page.runs.push_back({table.rows[row].id, point_text(open.plan, open.plan.runs[row]),
                         figures_of_run(drawing, table, row),
                         read_run(open.store, table.rows[row].id).record.tables});
  }
  return page;
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
  const Page page = page_of(open, table, drawing, figures);

  std::vector<RenderJob> jobs;
  for (const DrawnFigure& figure : page.figures) {
    jobs.push_back({figure.spec, "svg", open.folder / "figures" / (figure.name + ".svg")});
  }
  render(jobs);
  const auto write = [&](const char* name, const std::string& text) {
    write_atomically(open.folder / name, text, open.store.root / "tmp");
  };
  write("table.csv", csv(table));
  write("claims.json", claims_json(page.claims).dump(1) + "\n");
  write("report.html", page_html(page, vega_bundle()));
  std::cout << "report: " << (open.folder / "report.html").string() << "\n";
  return kOk;
}

}  // namespace lab
