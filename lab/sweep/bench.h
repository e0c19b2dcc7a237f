// What the machinery of sweeps costs, measured with stages that compute nothing.
#pragma once

#include <filesystem>

namespace lab {

struct SweepOverhead {
  double plan_seconds;      // planning all runs
  double decide_seconds;    // finding that all are done, every file verified
  double run_milliseconds;  // a worker's time for one run, writing its files synced to disk
};

// Plans `runs` runs (a multiple of ten) that share their first two stages, executes them with
// `workers` workers into a store in `folder`, which must be absent, looks at them again, and
// removes the folder.
SweepOverhead sweep_overhead(int runs, int workers, const std::filesystem::path& folder);

}  // namespace lab
