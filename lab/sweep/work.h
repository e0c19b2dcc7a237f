// What is to be done: a plan minus what lies in the store, as a graph.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "lab/sweep/store.h"

namespace lab {

struct Work {
  enum class State {
    unneeded,   // no run that is to be made needs it
    available,  // lies in the store
    failed,     // failed before and is not made again
    make
  };
  struct Node {
    StagePtr stage;
    State state = State::unneeded;
    bool stored = true;              // some stage of the plan needs it, so that its product is kept
    std::vector<std::size_t> needs;  // nodes
    std::vector<std::size_t> dependents;  // nodes in state `make`
    std::vector<std::size_t> runs;        // of the plan, whose last stage it is
    std::size_t users = 0;                // runs of the plan that need it
  };
  std::vector<Node> nodes;   // all stages of the plan, in the order of stages_of
  std::vector<Status> runs;  // what the store says of each run
  std::vector<bool> wanted;  // whether the run is to be made now
};

// Without `retry_failed` the runs that are missing are wanted; with it, those that failed. Reads
// the files of the runs, and of those stages that wanted runs need.
Work work_of(const Plan& plan, const Store& store, bool retry_failed);

}  // namespace lab
