#include "lab/cli/drawing.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <thread>

#include "experiments/experiment.h"
#include "lab/cli/build_info.h"
#include "lab/core/config.h"
#include "lab/sweep/execute.h"

namespace lab {
namespace {

InputError wrong(const OpenSweep& open, const FigureConfig& figure, const ConfigError& error) {
  return InputError(open.sweep.origin + ": figure \"" + figure.name + "\": " + error.what());
}

void add(std::vector<std::size_t>& rows, const std::vector<std::size_t>& more) {
  for (const std::size_t row : more) {
    if (std::find(rows.begin(), rows.end(), row) == rows.end()) rows.push_back(row);
  }
}

// A plan whose runs are the pictures of these runs; where an experiment has none, it is left out.
Plan picture_plan(const OpenSweep& open, const std::vector<std::size_t>& rows) {
  Plan plan{open.plan.name, open.plan.axes, open.plan.columns, {}};
  for (const std::size_t row : rows) {
    const Run& run = open.plan.runs[row];
    plan.runs.push_back({run.number, compose_picture(raw_of(open.plan, run))});
  }
  return plan;
}

}  // namespace

std::vector<FigureConfig> figures_of(const OpenSweep& open, const ScoreTable& table) {
  std::vector<FigureConfig> figures = read_figures(open.sweep);
  return figures.empty() ? usual_figures(table) : figures;
}

Drawing::Drawing(const OpenSweep& open, const ScoreTable& table,
                 const std::vector<FigureConfig>& figures, const std::vector<std::size_t>& also)
    : open_(open), table_(table) {
  for (const FigureConfig& figure : figures) {
    try {
      add(pictured_, pictured_rows(figure, table));
    } catch (const ConfigError& error) {
      throw wrong(open, figure, error);
    }
  }
  add(pictured_, also);
  if (pictured_.empty()) return;
  const Plan plan = picture_plan(open, pictured_);
  ExecuteOptions how;
  how.workers = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  how.on_worker_start = [] { at::set_num_threads(1); };
  how.provenance = provenance();
  const Outcome outcome = execute(plan, open.store, how, StopToken{});
  if (!outcome.failures.empty()) throw Failure("picture: " + outcome.failures[0].message);
  for (std::size_t i = 0; i < pictured_.size(); ++i) {
    pictures_[pictured_[i]] = read_run(open.store, plan.runs[i].last->id).record;
  }
}

const Record& Drawing::picture(std::size_t row) const {
  return pictures_.at(row);
}

DrawnFigure Drawing::draw(const FigureConfig& figure) const {
  const FigureSource source{open_.plan, open_.store, table_,
                            [this](std::size_t row) { return picture(row); }};
  try {
    json spec = vega_lite(figure, source);
    return {figure.name, title_of(figure), std::move(spec)};
  } catch (const ConfigError& error) {
    throw wrong(open_, figure, error);
  }
}

}  // namespace lab
