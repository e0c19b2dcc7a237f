#include <ATen/Parallel.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <thread>

#include "lab/cli/build_info.h"
#include "lab/cli/interrupts.h"
#include "lab/cli/options.h"
#include "lab/core/error.h"
#include "lab/sweep/execute.h"
#include "lab/sweep/progress.h"

namespace lab {
namespace {

int positive(const options::variables_map& map, const char* name) {
  const int value = map[name].as<int>();
  constexpr int most = 1024;
  if (value < 1 || value > most)
    throw InputError(std::string("--") + name + " must be from 1 to 1024, got " +
                     std::to_string(value));
  return value;
}

void report(const Outcome& outcome, const OpenSweep& open) {
  for (const StageFailure& failure : outcome.failures) {
    std::cerr << "failed: " << failure.name << " " << failure.id << ": " << failure.message << "\n";
  }
  const Outcome::Counts& runs = outcome.runs;
  const Outcome::Counts& stages = outcome.stages;
  std::cerr << "runs: " << runs.done + runs.reused << " done (" << runs.done << " now), "
            << runs.failed + runs.skipped << " failed, " << runs.left
            << " left; stages: " << stages.done << " made, " << stages.failed << " failed, "
            << stages.skipped << " skipped; results in " << open.folder.string() << "\n";
  if (runs.failed + runs.skipped > 0 && outcome.failures.empty()) {
    std::cerr << "failed before: `lab status` says why, --retry-failed makes them again\n";
  }
  if (outcome.stopped) std::cerr << "stopped; the same command goes on where it ended\n";
}

}  // namespace

int command_run(const Arguments& arguments) {
  options::options_description described("options");
  add_sweep_options(described);
  const int cores = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  described.add_options()("workers", options::value<int>()->default_value(cores),
                          "stages computed at once")(
      "threads-per-run", options::value<int>()->default_value(1),
      "threads inside one stage; results are bitwise the same only for equal numbers")(
      "shard", options::value<std::string>()->default_value("1/1"), "i/n: part i of n of the plan")(
      "only", options::value<std::vector<std::string>>()->default_value({}, "all"),
      "path=value: only these runs; may be repeated")("retry-failed", options::bool_switch(),
                                                      "make failed stages again")(
      "dry-run", options::bool_switch(), "count runs and stages, compute nothing");
  const auto map = parse_options(arguments, "run CONFIG [options]", described, {"config"});
  if (map.count("help") > 0) return kOk;

  ExecuteOptions how;
  how.workers = positive(map, "workers");
  how.threads = positive(map, "threads-per-run");
  OpenSweep open = open_sweep(map);
  open.plan = select(open.plan, map["only"].as<std::vector<std::string>>(),
                     parse_shard(map["shard"].as<std::string>()));
  if (map["dry-run"].as<bool>()) {
    std::cout << text(census(open.plan, open.store, map["retry-failed"].as<bool>()));
    return kOk;
  }

  std::error_code refused;
  std::filesystem::create_directories(open.store.root, refused);
  if (refused) throw InputError(open.folder.string() + " cannot be made: " + refused.message());
  const StopToken& stop = stop_on_interrupt();
  Progress progress(std::cerr, isatty(STDERR_FILENO) != 0);
  how.retry_failed = map["retry-failed"].as<bool>();
  how.on_worker_start = [threads = how.threads] { at::set_num_threads(threads); };
  how.on_progress = [&](const Tick& tick) { progress(tick); };
  how.provenance = provenance();
  const Outcome outcome = execute(open.plan, open.store, how, stop);
  progress.finish();
  report(outcome, open);
  if (outcome.stopped) return kInterrupted;
  return outcome.runs.failed + outcome.runs.skipped > 0 ? kFailed : kOk;
}

}  // namespace lab
