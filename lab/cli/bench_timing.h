// What the benchmarks share: clocks, and lines of results.
#pragma once

#include <functional>
#include <string>

namespace lab {

double seconds_of(const std::function<void()>& work);

// The best rate, in calls a second, of five repeats of about `seconds` each, after one call that is not
// counted.
double best_rate(double seconds, const std::function<void()>& call);

// The arithmetic limit: products of 1024 x 1024 float32 matrices, with the threads that LibTorch uses now. The
// second is the mean over about so many seconds, to set beside what was timed just before or after it.
double sgemm_gflops(double seconds);
double sgemm_gflops_now(double seconds);

// Prints "name   value unit  (note)" at once.
void print_rate(const std::string& name, double value, const std::string& unit,
                const std::string& note = "");

// printf into a string.
std::string formatted(const char* format, ...) __attribute__((format(printf, 1, 2)));

}  // namespace lab
