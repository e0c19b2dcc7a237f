// How fast this machine samples, on one core: for `lab bench`.
#pragma once

namespace lab {

struct SamplingRates {
  double uniforms;        // float32 uniforms a second, 1024 × 1024 at a time
  double normals;         // float32 normals a second, 1024 × 1024 at a time
  double sparse_samples;  // samples a second of 16,384 independent features, p = .001, batch 1024
};

// Takes about `seconds` for each of the three; above 0.
SamplingRates measure_sampling(double seconds);

}  // namespace lab
