#include "lab/sweep/plan.h"

#include <tbb/parallel_for.h>

#include <algorithm>
#include <exception>
#include <nlohmann/json.hpp>
#include <unordered_map>
#include <unordered_set>

#include "lab/core/config.h"
#include "lab/sweep/axes.h"

namespace lab {
namespace {

// Keeps one stage of each id.
class Interner {
 public:
  StagePtr operator()(const StagePtr& stage) {
    const auto known = stages_.find(stage->id);
    if (known != stages_.end()) return known->second;
    std::vector<StagePtr> needs;
    for (const StagePtr& need : stage->needs) needs.push_back((*this)(need));
    if (needs == stage->needs) return stages_[stage->id] = stage;
    auto copy = std::make_shared<Stage>(*stage);
    copy->needs = std::move(needs);
    return stages_[stage->id] = std::move(copy);
  }

 private:
  std::unordered_map<std::string, StagePtr> stages_;
};

StagePtr compose_run(const Axes& axes, std::size_t run, const Compose& compose) {
  const json raw = run_json(axes, run);  // its errors have their place in the file already
  try {
    return compose(raw);
  } catch (const ConfigError& error) {
    throw ConfigError(written_at(axes, run, error.path), error.message);
  }
}

std::vector<Run> compose_all(const Axes& axes, const Compose& compose) {
  constexpr std::size_t kChunk = 512;  // runs composed before equal stages are merged
  std::vector<Run> runs;
  runs.reserve(axes.runs);
  Interner intern;
  for (std::size_t first = 0; first < axes.runs; first += kChunk) {
    const std::size_t size = std::min(kChunk, axes.runs - first);
    std::vector<StagePtr> stages(size);
    std::vector<std::exception_ptr> errors(size);
    tbb::parallel_for(std::size_t{0}, size, [&](std::size_t i) {
      try {
        stages[i] = compose_run(axes, first + i, compose);
      } catch (...) {
        errors[i] = std::current_exception();
      }
    });
    for (std::size_t i = 0; i < size; ++i) {
      if (errors[i]) std::rethrow_exception(errors[i]);
      runs.push_back({first + i, intern(stages[i])});
    }
  }
  return runs;
}

void visit(const StagePtr& stage, std::unordered_set<const Stage*>& seen,
           std::vector<StagePtr>& order) {
  if (!seen.insert(stage.get()).second) return;
  for (const StagePtr& need : stage->needs) visit(need, seen, order);
  order.push_back(stage);
}

}  // namespace

Plan make_plan(const Sweep& sweep, const Compose& compose) {
  try {
    const auto axes = std::make_shared<const Axes>(read_axes(sweep.config));
    return {sweep.config.name, axes, axes->columns, compose_all(*axes, compose)};
  } catch (const InputError& error) {
    throw InputError(sweep.origin + ": " + error.what());
  }
}

std::vector<json> point_of(const Plan& plan, const Run& run) {
  return run_point(*plan.axes, run.number);
}

std::string cell_text(const json& value) {
  if (value.is_null()) return "";
  return value.is_string() ? value.get<std::string>() : canonical(value);
}

std::string point_text(const Plan& plan, const Run& run) {
  const std::vector<json> point = point_of(plan, run);
  std::string text;
  for (std::size_t i = 0; i < point.size(); ++i) {
    if (point[i].is_null()) continue;
    text += (text.empty() ? "" : " ") + plan.columns[i] + "=" + cell_text(point[i]);
  }
  return text;
}

json raw_of(const Plan& plan, const Run& run) {
  return run_json(*plan.axes, run.number);
}

std::vector<StagePtr> stages_of(const Plan& plan) {
  std::unordered_set<const Stage*> seen;
  std::vector<StagePtr> order;
  for (const Run& run : plan.runs) visit(run.last, seen, order);
  return order;
}

}  // namespace lab
