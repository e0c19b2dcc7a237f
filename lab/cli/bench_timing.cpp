#include "lab/cli/bench_timing.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <chrono>
#include <cstdarg>
#include <cstdio>

namespace lab {

double seconds_of(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

double best_rate(double seconds, const std::function<void()>& call) {
  call();
  const double once = std::max(seconds_of(call), 1e-7);
  const int calls = std::max(1, static_cast<int>(seconds / once));
  double best = 0;
  for (int repeat = 0; repeat < 5; ++repeat) {
    best = std::max(best, calls / seconds_of([&] {
                            for (int i = 0; i < calls; ++i) call();
                          }));
  }
  return best;
}

namespace {

// One product a call.
class Sgemm {
 public:
  static constexpr std::int64_t n = 1024;
  static constexpr double gflop = 2.0 * n * n * n / 1e9;

  void operator()() { at::mm_out(out_, a_, b_); }

 private:
  at::Tensor a_ = at::ones({n, n}), b_ = at::ones({n, n}), out_ = at::empty({n, n});
};

}  // namespace

double sgemm_gflops(double seconds) {
  Sgemm product;
  return Sgemm::gflop * best_rate(seconds, [&] { product(); });
}

double sgemm_gflops_now(double seconds) {
  Sgemm product;
  product();
  int calls = 0;
  double taken = 0;
  for (; taken < seconds; ++calls) taken += seconds_of([&] { product(); });
  return Sgemm::gflop * calls / taken;
}

void print_rate(const std::string& name, double value, const std::string& unit,
                const std::string& note) {
  std::printf("%-44s %10.3g %s%s\n", name.c_str(), value, unit.c_str(),
              note.empty() ? "" : ("  (" + note + ")").c_str());
  std::fflush(stdout);
}

std::string formatted(const char* format, ...) {
  char text[256];
  std::va_list arguments;
  va_start(arguments, format);
  std::vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  return text;
}

}  // namespace lab
