// The bookkeeping of an execution: which stage comes next, what has ended and how, how far it is.
// Knows neither threads' work nor files. Safe between threads.
#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <queue>
#include <string>
#include <vector>

#include "lab/sweep/execute.h"
#include "lab/sweep/work.h"

namespace lab {

class Schedule {
 public:
  enum class End { pending, made, reused, failed, skipped };
  struct Lost {  // a stage all of whose needs have ended, one of them without a product
    std::size_t node;
    StageFailure failure;  // the first to blame in plan order
  };
  struct Next {
    std::vector<std::size_t> ready;  // nodes that may start now
    std::vector<Lost> lost;          // nodes to be ended as skipped
  };

  Schedule(const Work& work, int workers);  // `work` must outlive it

  void push(std::size_t node);  // is ready
  std::size_t pop();            // the first ready one in plan order; there must be one

  // Both return what follows. `seconds` is what making it took.
  Next succeed(std::size_t node, End how, double seconds);
  Next fail(std::size_t node, End how, const StageFailure& failure);

  void begin(std::string current);  // a stage starts
  Tick tick() const;
  double seconds() const;                                  // since the schedule was made
  Outcome outcome(const std::vector<Status>& runs) const;  // after the end, but for `stopped`

 private:
  struct Times {
    std::size_t made = 0, remaining = 0;
    double seconds = 0;
  };

  Next end(std::size_t node, End how);
  bool wanted(const Work::Node& node) const;
  double time_left() const;

  const Work& work_;
  const int workers_;
  const std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
  mutable std::mutex mutex_;  // guards what follows
  std::priority_queue<std::size_t, std::vector<std::size_t>, std::greater<>> ready_;
  std::vector<End> ends_;
  std::vector<std::size_t> waiting_;           // needs of a node that have not ended
  std::map<std::size_t, StageFailure> blame_;  // why a node has no product
  std::map<std::string, Times> times_;         // by the stages' names
  Tick tick_;
};

}  // namespace lab
