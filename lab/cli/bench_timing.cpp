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

double sgemm_gflops(double seconds) {
  constexpr std::int64_t n = 1024;
  const at::Tensor a = at::ones({n, n}), b = at::ones({n, n});
  at::Tensor out = at::empty({n, n});
  const double flops = 2.0 * n * n * n;
  return flops * best_rate(seconds, [&] { at::mm_out(out, a, b); }) / 1e9;
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
