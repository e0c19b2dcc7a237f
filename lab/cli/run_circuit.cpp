#include "lab/cli/run_circuit.h"

#include <algorithm>

#include "experiments/picture_circuit.h"
#include "lab/core/error.h"
#include "lab/core/files.h"
#include "lab/report/page.h"
#include "lab/report/render.h"

namespace lab {
namespace {

// The run as a table of one row.
ScoreTable table_of(const CircuitRun& run) {
  ScoreTable table{{"run", "seed"}, {}, {}};
  const std::optional<TrainKey> train = train_key_in(run.key);
  const json seed = train.has_value() ? json(train->world.seed.value_or(0)) : json();
  ScoreTable::Row row{{run.id, seed}, run.id, Status::done, {}, {}};
  for (const auto& [name, score] : run.record.scores) {
    table.scores.push_back(name);
    row.scores.push_back(score);
  }
  table.rows.push_back(std::move(row));
  return table;
}

std::vector<DrawnFigure> figures_of(const CircuitRun& run) {
  const Plan plan;
  const ScoreTable table = table_of(run);
  const FigureSource source{plan, run.store, table, [&](std::size_t) { return run.picture; }};
  std::vector<DrawnFigure> figures;
  for (FigureConfig& figure : circuit_figures(run.record, run.picture)) {
    if (auto* graph = std::get_if<GraphFigure>(&figure.kind)) graph->threshold = run.threshold;
    figures.push_back({figure.name, title_of(figure), vega_lite(figure, source), ""});
  }
  return figures;
}

}  // namespace

std::optional<Record> circuit_of_run(const json& key) {
  const std::optional<TrainKey> train = train_key_in(key);
  if (!train.has_value()) return std::nullopt;
  Record picture = circuit_picture(*train);
  if (!picture.tables.contains("circuit")) return std::nullopt;
  return picture;
}

void draw_circuit(const CircuitRun& run, const std::filesystem::path& file) {
  const std::string ending = file.extension().string();
  if (ending != ".svg" && ending != ".png" && ending != ".pdf") {
    throw InputError("--svg: the file must end in .svg, .png or .pdf: " + file.string());
  }
  std::vector<json> specifications;
  for (DrawnFigure& figure : figures_of(run)) specifications.push_back(std::move(figure.spec));
  render({{stacked(std::move(specifications)), ending.substr(1), file}});
}

void write_circuit_page(const CircuitRun& run, const std::filesystem::path& file) {
  Page page;
  page.name = "run " + run.id;
  page.about = "the circuit, and where the network computes its gates";
  page.config = run.key.dump(1);
  page.config_path = (run.store.root / "runs" / (run.id + ".json")).string();
  page.commands = {"build/lab show " + run.id + " --out " + run.store.root.parent_path().string() +
                   " --html " + file.string()};
  const auto stored = read_run_json(run.store, run.id);
  page.provenance =
      provenance_summary({stored.has_value() ? stored->value("provenance", json()) : json()});
  page.table = table_of(run);
  page.figures = figures_of(run);
  page.runs.push_back({run.id, run.id, {}, run.record.tables});
  const std::filesystem::path place = std::filesystem::absolute(file);
  write_atomically(place, page_html(page, vega_bundle()), place.parent_path());
}

}  // namespace lab
