// How a sweep goes, for people.
#pragma once

#include <chrono>
#include <condition_variable>
#include <iosfwd>
#include <mutex>
#include <string>
#include <thread>

#include "lab/sweep/execute.h"

namespace lab {

// "12/40 runs · 1 failed · 3.2 stages/s · 0:09 left · fit arm=topk seed=0"
std::string progress_text(const Tick& tick);

// Writes progress to a stream: on a terminal one live line, redrawn at most ten times a second and
// kept moving while stages take long; else plain lines, at most one in `interval` seconds and one
// at the end. Safe between threads.
class Progress {
 public:
  Progress(std::ostream& out, bool terminal, int columns = 80, double interval = 5);
  ~Progress();  // calls finish
  Progress(const Progress&) = delete;

  void operator()(const Tick& tick);
  void finish();  // writes the last line; later calls write nothing

 private:
  using Clock = std::chrono::steady_clock;

  void animate();
  void write(bool last);

  std::ostream& out_;
  const bool terminal_;
  const std::size_t columns_;
  const std::chrono::duration<double> interval_;  // least time between two lines
  std::mutex mutex_;                              // guards what follows
  std::condition_variable wake_;
  Tick tick_;
  Clock::time_point received_{};  // when tick_ came
  Clock::time_point written_{};
  bool any_ = false;    // a tick came
  bool fresh_ = false;  // it has not been written
  bool finished_ = false;
  std::thread thread_;  // redraws on terminals
};

}  // namespace lab
