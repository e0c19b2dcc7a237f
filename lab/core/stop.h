// Asking long computations to end.
#pragma once

#include <atomic>

#include "lab/core/error.h"

namespace lab {

// A flag that one side raises and long loops poll. Safe between threads and in a signal handler.
class StopToken {
 public:
  void request() { requested_.store(true, std::memory_order_relaxed); }
  bool requested() const { return requested_.load(std::memory_order_relaxed); }
  // Throws Stopped when a stop was requested. Loops call this at least every 100 ms.
  void check() const {
    if (requested()) throw Stopped();
  }

 private:
  std::atomic<bool> requested_{false};
  static_assert(std::atomic<bool>::is_always_lock_free);
};

}  // namespace lab
