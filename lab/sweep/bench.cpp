#include "lab/sweep/bench.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "lab/core/config.h"
#include "lab/core/hash.h"
#include "lab/sweep/config.h"
#include "lab/sweep/execute.h"

namespace lab {
namespace {

// A run of three stages: two shared by many runs, one its own. Each leaves 30 scores and a table of 64
// latents.
struct EmptyRun {
  std::int64_t seed = 0;
  std::int64_t width = 64;
  double rate = 1e-3;
  std::string method = "none";

  void fields(Fields& f) {
    f("seed", seed, at_least(0), "seed");
    f("width", width, at_least(1), "width");
    f("rate", rate, above(0), "rate");
    f("method", method, any(), "method");
  }
};

StagePtr empty_stage(const char* name, std::string key, std::vector<StagePtr> needs) {
  auto stage = std::make_shared<Stage>();
  stage->name = name;
  stage->id = id_of(key);
  stage->key = std::move(key);
  stage->needs = std::move(needs);
  stage->make = [](Context&) {
    Product product;
    for (int i = 0; i < 30; ++i)
      product.record.add("score" + std::to_string(i), Score::of(i / 7.0));
    Table latents{{"a", "b", "c", "d"}, {}};
    for (int i = 0; i < 64; ++i) latents.rows.push_back({i / 3.0, i / 5.0, i / 7.0, i / 9.0});
    product.record.tables["latents"] = std::move(latents);
    return product;
  };
  return stage;
}

StagePtr compose(const json& run) {
  const EmptyRun config = read_config<EmptyRun>(run);
  const json whole = config_json(config);
  const auto key = [&](const char* name, std::initializer_list<const char*> fields) {
    json part = {{"stage", name}};
    for (const char* field : fields) part[field] = whole.at(field);
    return canonical(part);
  };
  const StagePtr train = empty_stage("train", key("train", {"width"}), {});
  const StagePtr fit = empty_stage("fit", key("fit", {"width", "rate"}), {train});
  return empty_stage("evaluate", key("evaluate", {"width", "rate", "method", "seed"}), {fit});
}

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace

SweepOverhead sweep_overhead(int runs, int workers, const std::filesystem::path& folder) {
  using Clock = std::chrono::steady_clock;
  Sweep sweep{"overhead", {}};
  sweep.config.name = "overhead";
  sweep.config.base = {{"method", "some"}};
  sweep.config.axes =
      json::array({json{{"width", {32, 64, 128, 256, 512}}}, json{{"rate", {1e-3, 2e-3}}}});
  sweep.config.seeds = std::max(1, runs / 10);
  SweepOverhead result{};

  const Clock::time_point begin_plan = Clock::now();
  const Plan plan = make_plan(sweep, compose);
  result.plan_seconds = seconds_since(begin_plan);

  const Store store{folder};
  ExecuteOptions options;
  options.workers = workers;
  const StopToken stop;
  const Clock::time_point begin_runs = Clock::now();
  execute(plan, store, options, stop);
  result.run_milliseconds =
      seconds_since(begin_runs) * 1e3 * workers / static_cast<double>(plan.runs.size());

  const Clock::time_point begin_decide = Clock::now();
  execute(plan, store, options, stop);
  result.decide_seconds = seconds_since(begin_decide);
  std::filesystem::remove_all(folder);
  return result;
}

}  // namespace lab
