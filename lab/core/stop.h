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

// Names the token that long loops of this thread poll; the stage that is being made sets it. Scopes
// may nest.
class StopScope {
 public:
  explicit StopScope(const StopToken& token) : before_(current()) { current() = &token; }
  ~StopScope() { current() = before_; }
  StopScope(const StopScope&) = delete;

  static const StopToken*& current() {
    thread_local const StopToken* token = nullptr;
    return token;
  }

 private:
  const StopToken* before_;
};

// Throws Stopped when the token of this thread's scope was raised. Loops that may take long call it
// at least every 100 ms; outside of a scope it does nothing.
inline void poll_stop() {
  if (const StopToken* token = StopScope::current()) token->check();
}

}  // namespace lab
