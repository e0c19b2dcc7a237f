#include "lab/cli/bench_sae_sweep.h"

#include <ATen/Parallel.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <limits>
#include <nlohmann/json.hpp>

#include "experiments/experiment.h"
#include "lab/cli/bench_timing.h"
#include "lab/core/error.h"
#include "lab/sweep/config.h"
#include "lab/sweep/execute.h"

namespace lab {
namespace {

constexpr int kRuns = 64;
constexpr double kTarget = 1.8;

struct TemporaryFolder {
  std::filesystem::path path =
      std::filesystem::temp_directory_path() / ("lab-bench-sae." + std::to_string(getpid()));
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
};

Sweep sweep_of(int steps) {
  Sweep sweep{"bench", {}};
  sweep.config.name = "bench";
  sweep.config.base = {
      {"kind", "recover"},
      {"world",
       {{"kind", "sparse"},
        {"features", 128},
        {"probability", {{"kind", "equal"}, {"p", 1.0 / 16}}},
        {"seed", 0}}},
      {"subject", {{"kind", "embedding"}, {"placement", "random"}, {"width", 64}, {"seed", 0}}},
      {"decomposer", {{"kind", "relu_l1"}, {"latents", 256}, {"batch", 256}, {"steps", steps}}},
      {"scores", {{"samples", 1024}, {"nulls", 0}}}};
  sweep.config.seeds = kRuns;
  return sweep;
}

double seconds_with(int workers, int steps, const StopToken& stop) {
  const TemporaryFolder folder;
  ExecuteOptions how;
  how.workers = workers;
  how.on_worker_start = [] { at::set_num_threads(1); };
  Outcome outcome;
  const double seconds = seconds_of([&] {
    outcome = execute(make_plan(sweep_of(steps), compose), Store{folder.path}, how, stop);
  });
  if (outcome.stopped) throw Stopped();
  if (!outcome.failures.empty()) throw Failure("sweep of SAEs: " + outcome.failures[0].message);
  return seconds;
}

}  // namespace

void print_sae_sweep(bool quick, const StopToken& stop) {
  const int steps = quick ? 64 : 320;
  double one = std::numeric_limits<double>::infinity(), two = one;
  for (int repeat = 0; repeat < 2; ++repeat) {
    one = std::min(one, seconds_with(1, steps, stop));
    two = std::min(two, seconds_with(2, steps, stop));
  }
  print_rate(formatted("sweep of %d SAEs, two workers against one", kRuns), one / two, "times",
             formatted("wanted %g; %.1f s and %.1f s, one thread each", kTarget, two, one));
}

}  // namespace lab
