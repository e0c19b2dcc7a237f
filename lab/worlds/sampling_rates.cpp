#include "lab/worlds/sampling_rates.h"

#include <chrono>
#include <cstdint>

#include "lab/tensors/tensors.h"
#include "lab/worlds/world.h"

namespace lab {
namespace {

constexpr std::int64_t kRows = 1024;
constexpr std::int64_t kFeatures = 16'384;

// Items a second, when step(first) makes `items` of them from sample `first` on. A step before the
// clock starts warms the caches.
template <class Step>
double rate(double seconds, std::int64_t items, const Step& step) {
  using Clock = std::chrono::steady_clock;
  step(0);
  const auto start = Clock::now();
  double passed = 0;
  std::int64_t steps = 0;
  do {
    ++steps;
    step(steps * kRows);
    passed = std::chrono::duration<double>(Clock::now() - start).count();
  } while (passed < seconds);
  return static_cast<double>(steps * items) / passed;
}

}  // namespace

SamplingRates measure_sampling(double seconds) {
  const Draw draw("bench", 0);
  const at::Tensor block = uniforms(draw, 0, kRows, kRows);
  float* out = block.mutable_data_ptr<float>();
  Sparse sparse;
  sparse.features = kFeatures;
  sparse.probability.kind = EqualProbabilities{0.001};
  const auto world = make_world(sparse, 0);
  return {
      rate(seconds, kRows * kRows, [&](std::int64_t b) { draw.uniforms(b, kRows, kRows, out); }),
      rate(seconds, kRows * kRows, [&](std::int64_t b) { draw.normals(b, kRows, kRows, out); }),
      rate(seconds, kRows, [&](std::int64_t b) { world->sample("bench", b, kRows); })};
}

}  // namespace lab
