// True spaces for the tests of knockoffs.
#pragma once

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <vector>

#include "lab/knockoffs/builder.h"
#include "lab/placements/placement.h"
#include "lab/worlds/world.h"

namespace lab::tests {

// Many small operations: more threads only get into each other's way.
[[maybe_unused]] inline const bool one_thread = (at::set_num_threads(1), true);

struct TrueSpace {
  std::unique_ptr<World> world;
  at::Tensor frames_CD;

  Space space() const { return {world->truth(), frames_CD}; }
  at::Tensor build(const BuilderConfig& builder, std::int64_t seed = 3) const {
    return build_knockoff(builder, space(), seed);
  }
  // The rows of variable 0 or 1.
  at::Tensor variable(const at::Tensor& frames, std::int64_t v) const {
    const std::int64_t n = world->targets();
    return frames.narrow(0, v * n, n).to(at::kDouble);
  }
};

// Residues on circles in orthogonal blocks; by default of two frequencies of unlike strength.
inline TrueSpace residues_space(std::int64_t modulus = 11, std::int64_t width = 12,
                                const std::string& task = "sum",
                                const Circle& circle = {.frequencies = {1, 4},
                                                        .amplitudes = {1, .6}}) {
  TrueSpace result{make_world({Residues{modulus, task}, {}}, 1), {}};
  result.frames_CD = place({circle}, result.world->truth(), width, 1).frames_CD;
  return result;
}

inline double distance(const at::Tensor& a, const at::Tensor& b) {
  return (a.to(at::kDouble) - b.to(at::kDouble)).abs().max().item<double>();
}

inline at::Tensor gram(const at::Tensor& x_ND) {
  return x_ND.mm(x_ND.t());
}

// Every kind, as far as a test can treat all alike.
inline std::vector<BuilderConfig> all_builders() {
  return {{TruthBuilder{}},
          {Rotated{}},
          {Automorphism{3}},
          {Permuted{}},
          {SpectrumMatched{}},
          {RandomBuilder{}},
          {Orthogonal{}},
          {CirclesBuilder{"true"}},
          {CirclesBuilder{"matched"}},
          {CirclesBuilder{"unmatched"}}};
}

}  // namespace lab::tests
