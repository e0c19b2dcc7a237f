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

// "  12/40 runs · 1 failed · 3.2 stages/s · 0:09 left · fit topk k=4 seed=0"
std::string progress_text(const Tick& tick);

// Writes progress to a stream: on a terminal one live line, redrawn at most ten times a second and
// kept moving by a thread of its own while stages take long; else plain lines, at most one in
// `interval` seconds and one at the end. Safe between threads.
class Progress {
 public:
  Progress(std::ostream& out, bool terminal, int width = 80, double interval = 5);
  ~Progress();  // finish()
  Progress(const Progress&) = delete;

  void operator()(const Tick& tick);
  void finish();  // the last line; nothing is written afterwards

 private:
  void show(bool last);
  void animate();

  std::ostream& out_;
  const bool terminal_;
  const int width_;
  const std::chrono::duration<double> interval_;
  std::mutex mutex_;
  std::condition_variable wake_;
  Tick tick_;
  std::chrono::steady_clock::time_point received_, shown_;
  bool any_ = false, shown_any_ = false, finished_ = false;
  std::thread thread_;
};

}  // namespace lab
