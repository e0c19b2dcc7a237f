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

void add(std::vector<std::size_t>& rows, const std::vector<std::size_t>& more) {
  for (const std::size_t row : more) {
    if (std::find(rows.begin(), rows.end(), row) == rows.end()) rows.push_back(row);
  }
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
      add(shown_, pictured_rows(figure, table));
    } catch (const ConfigError&) {  // the same is thrown when the figure is drawn
    }
  }
  add(shown_, also);
  std::erase_if(shown_, [&](std::size_t row) { return table.rows[row].status != Status::done; });

  Plan plan{open.plan.name, open.plan.axes, open.plan.columns, {}};
  std::vector<std::size_t> rows;
  for (const std::size_t row : shown_) {
    const Run& run = open.plan.runs[row];
    try {
      plan.runs.push_back({run.number, compose_picture(raw_of(open.plan, run))});
      rows.push_back(row);
    } catch (const InputError& error) {
      reasons_[row] = error.what();
    }
  }
  if (rows.empty()) return;
  ExecuteOptions how;
  how.workers = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  how.on_worker_start = [] { at::set_num_threads(1); };
  how.provenance = provenance();
  execute(plan, open.store, how, StopToken{});
  for (std::size_t i = 0; i < rows.size(); ++i) {
    RunResult result = read_run(open.store, plan.runs[i].last->id);
    if (result.status == Status::done) {
      pictures_[rows[i]] = std::move(result.record);
    } else {
      reasons_[rows[i]] = result.failure.message;
    }
  }
}

const Record& Drawing::picture(std::size_t row) const {
  const auto found = pictures_.find(row);
  if (found != pictures_.end()) return found->second;
  const auto reason = reasons_.find(row);
  throw InputError("no picture of run " + table_.rows[row].id + ": " +
                   (reason != reasons_.end() ? reason->second : "it is not done"));
}

DrawnFigure Drawing::draw(const FigureConfig& figure) const {
  const FigureSource source{open_.plan, open_.store, table_,
                            [this](std::size_t row) { return picture(row); }};
  try {
    json spec = vega_lite(figure, source);
    return {figure.name, title_of(figure), std::move(spec)};
  } catch (const InputError& error) {
    throw InputError(open_.sweep.origin + ": figure \"" + figure.name + "\": " + error.what());
  }
}

}  // namespace lab
