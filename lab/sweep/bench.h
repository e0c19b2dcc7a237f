// What the machinery of sweeps costs, measured with stages that compute nothing.
#pragma once

#include <filesystem>

namespace lab {

struct SweepOverhead {
  double plan_seconds;      // planning all runs
  double decide_seconds;    // finding that all are done, every file verified
  double run_milliseconds;  // making one run of three stages, beyond what the stages compute
};

// Plans `runs` runs, executes them with `workers` workers into a store below `folder` (which must
// be empty or absent, and is removed) and looks at them again. The issue of time per run includes
// fsync and depends on the disk.
SweepOverhead sweep_overhead(int runs, int workers, const std::filesystem::path& folder);

}  // namespace lab
