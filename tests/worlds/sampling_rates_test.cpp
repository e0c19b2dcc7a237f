#include "lab/worlds/sampling_rates.h"

#include <doctest/doctest.h>

TEST_CASE("sampling rates are measured") {  // far below what any machine reaches, unoptimised too
  const auto rates = lab::measure_sampling(0.01);
  CHECK(rates.uniforms > 1e5);
  CHECK(rates.normals > 1e5);
  CHECK(rates.sparse_samples > 10);
}
