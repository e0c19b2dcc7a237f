// Sweeps of cheap stages for tests: a run trains (world, width, seed), fits (k) and evaluates.
#pragma once

#include <doctest/doctest.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <thread>

#include "lab/core/config.h"
#include "lab/core/hash.h"
#include "lab/core/safetensors.h"
#include "lab/sweep/axes.h"
#include "lab/sweep/config.h"
#include "lab/sweep/execute.h"

namespace fake {

using lab::json;

struct Method {  // like a room whose kinds may be written as a word
  static constexpr const char* room = "methods";
  std::string kind = "pca";
  std::int64_t k = 1;
  void fields(lab::Fields& f) {
    f("kind", kind, lab::one_of({"pca", "topk"}), "method");
    f("k", k, lab::between(1, 99), "latents kept");
  }
};

struct Config {
  std::string world = "days";
  std::int64_t width = 8;
  Method method;
  std::int64_t seed = 0;
  void fields(lab::Fields& f) {
    f("world", world, lab::any(), "world");
    f("width", width, lab::at_least(1), "width");
    f("method", method, lab::any(), "method");
    f("seed", seed, lab::at_least(0), "seed");
  }
};

// How the stages behave; shared by all stages of a plan.
struct Behaviour {
  std::atomic<int> made{0};                        // calls of make
  std::atomic<int> milliseconds{0};                // that each call takes, polling the stop token
  std::function<void(const std::string&)> before;  // called with the stage's key; may throw
};

inline lab::StagePtr stage(const char* name, const json& key, std::vector<lab::StagePtr> needs,
                           const std::shared_ptr<Behaviour>& behaviour) {
  auto result = std::make_shared<lab::Stage>();
  result->name = name;
  result->key = lab::canonical(key);
  result->id = lab::id_of(result->key);
  result->needs = std::move(needs);
  const std::string text = result->key;
  std::vector<std::string> sources;
  for (const lab::StagePtr& need : result->needs) sources.push_back(need->id);
  const bool last = result->name == "evaluate";
  result->make = [=](lab::Context& context) {
    ++behaviour->made;
    if (behaviour->before) behaviour->before(text);
    for (int i = 0; i < behaviour->milliseconds; ++i) {
      context.stop().check();
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    auto sum = static_cast<double>(std::stoul(lab::id_of(text).substr(0, 8), nullptr, 16));
    for (const std::string& source : sources) {
      sum += context.need(source).record.scores.at("sum").value / 3;
    }
    lab::Product product;
    product.record.add("sum", lab::Score::of(sum));
    if (last) return product;
    const std::string bytes(8, 'x');
    product.tensors = lab::write_safetensors({{{"w", {lab::DType::F64, {1}, bytes}}}, {}});
    return product;
  };
  return result;
}

inline lab::Compose compose(const std::shared_ptr<Behaviour>& behaviour) {
  return [behaviour](const json& run) {
    const Config c = lab::read_config<Config>(run);
    const json train = {
        {"stage", "train"}, {"world", c.world}, {"width", c.width}, {"seed", c.seed}};
    json fit = {{"stage", "fit"}, {"train", train}, {"kind", c.method.kind}};
    if (c.method.kind == "topk") fit["k"] = c.method.k;
    const lab::StagePtr first = stage("train", train, {}, behaviour);
    const lab::StagePtr second = stage("fit", fit, {first}, behaviour);
    return stage("evaluate", {{"stage", "evaluate"}, {"fit", fit}}, {second}, behaviour);
  };
}

inline lab::Plan plan_of(const std::string& text, const std::shared_ptr<Behaviour>& behaviour =
                                                      std::make_shared<Behaviour>()) {
  return lab::make_plan(lab::parse_sweep(text, "sweep.json"), compose(behaviour));
}

// 2 worlds × (topk at 3 k, pca) × 3 seeds = 24 runs; 6 trainings, 24 fits.
inline const char* const kSweep = R"({
  "name": "fake", "base": {"width": 4},
  "axes": [{"world": ["days", "tree"]},
           [{"name": "topk", "set": {"method": "topk"}, "grid": {"method.k": [1, 2, 4]}},
            {"name": "pca", "set": {"method": "pca"}}]],
  "seeds": 3})";

// A folder that is removed at the end.
class Folder {
 public:
  Folder() {
    static int count = 0;
    path_ = std::filesystem::temp_directory_path() /
            ("lab-sweep-test-" + std::to_string(::getpid()) + "-" + std::to_string(count++));
    std::filesystem::remove_all(path_);
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

inline lab::Outcome run(const lab::Plan& plan, const lab::Store& store, int workers = 2,
                        bool retry_failed = false) {
  lab::ExecuteOptions options;
  options.workers = workers;
  options.retry_failed = retry_failed;
  const lab::StopToken stop;
  return lab::execute(plan, store, options, stop);
}

// Everything that a table shows: points, states and scores in plan order.
inline std::string results(const lab::Plan& plan, const lab::Store& store) {
  std::string text;
  for (const lab::Run& run : plan.runs) {
    const lab::RunResult result = lab::read_run(store, run.last->id);
    text += lab::point_text(plan, run);
    text.append(" ").append(lab::status_name(result.status));
    for (const auto& [name, score] : result.record.scores) {
      text.append(" ").append(name).append(" ").append(json(score.value).dump());
    }
    text.append(result.failure.message).append("\n");
  }
  return text;
}

inline std::size_t files_in(const std::filesystem::path& folder) {
  if (!std::filesystem::exists(folder)) return 0;
  std::size_t count = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(folder)) ++count;
  return count;
}

}  // namespace fake
