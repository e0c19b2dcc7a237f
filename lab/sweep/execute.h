// To run a sweep is to execute plan − done.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "lab/core/stop.h"
#include "lab/sweep/store.h"

namespace lab {

// How far a sweep is; given to whoever shows it.
struct Tick {
  std::size_t total = 0;   // runs
  std::size_t done = 0;    // runs done, before or now
  std::size_t failed = 0;  // runs failed, before or now, with those skipped because a need failed
  std::size_t made = 0;    // stages computed now
  double seconds = 0;      // since the start
  double left = -1;        // seconds left, from the mean time of each kind of stage; < 0: unknown
  std::string current;     // the stage that started last, with its run's point
};

struct ExecuteOptions {
  int workers = 1;                        // stages made at once, ≥ 1
  int threads = 1;                        // threads that one stage may use; only recorded here
  bool retry_failed = false;              // make failed stages again
  std::function<void()> on_worker_start;  // called once on each thread before its first stage
  std::function<void(const Tick&)>
      on_progress;  // called when a stage starts or ends, one at a time
  nlohmann::json provenance = nlohmann::json::object();  // versions and the like, the caller's
};

struct Outcome {
  struct Counts {
    std::size_t done = 0;     // made now
    std::size_t reused = 0;   // lay in the store
    std::size_t failed = 0;   // failed now; of runs also those that failed or were skipped before
    std::size_t skipped = 0;  // not made now because a need failed
    std::size_t left = 0;     // not made: stopped before, or missing where failed ones are retried
  };
  Counts runs, stages;  // stages: of those that runs not yet done need
  bool stopped = false;
  double seconds = 0;
  std::vector<StageFailure> failures;  // each stage once, in plan order
};

// Makes the stages that missing runs need, ready ones in plan order, on `workers` TBB threads, and
// writes each as soon as it is made; a stage that another process made meanwhile is not made again.
// A stage that throws is recorded once as failed with its message, its dependants are skipped, and
// the rest goes on. When `stop` is requested no further stage starts and those that are being made
// end by their own polling; what was finished is kept. Throws std::runtime_error when the store
// cannot be written.
Outcome execute(const Plan& plan, const Store& store, const ExecuteOptions& options,
                const StopToken& stop);

// What `execute` would find, for --dry-run and `lab status`.
struct Census {
  struct Row {
    std::string name;        // of the stages
    std::size_t stages = 0;  // different ones in the plan
    std::size_t shared = 0;  // of these, needed by more than one run
    std::size_t make = 0;    // of these, to be made: missing, and needed by runs that are missing
  };
  std::size_t runs = 0, done = 0, failed = 0;
  std::size_t different = 0;  // runs with different last stages
  std::vector<Row> rows;      // in the order in which the stages are first needed
};
Census census(const Plan& plan, const Store& store, bool retry_failed = false);
std::string text(const Census& census);  // aligned, lines end with a newline

}  // namespace lab
