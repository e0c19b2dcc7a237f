// A place: a part of a subject's activations at one tap that can be exchanged for another run's.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "lab/subjects/subject.h"

namespace lab {

struct Place {
  std::string tap;
  std::string what;  // "neurons 3, 5", "direction", "subspace of 4", "latent 7", "nothing"
  // [B, D]: `base` with this part taken from `source`. Differentiable in both.
  std::function<at::Tensor(const at::Tensor& base_BD, const at::Tensor& source_BD)> exchange;
  std::int64_t dimensions = 0;  // K of what is exchanged; 0 for all and for nothing
};

// base + (source − base) BᵀB for the orthonormal rows of basis_KD. Throws InputError when they are not
// orthonormal (to 1e-4).
Place subspace_place(const std::string& tap, const at::Tensor& basis_KD);
// base + (source − base) · readᵀ · write: along rows write_KD, whose coordinates rows read_KD read. Throws
// InputError unless read_KD · write_KDᵀ = I (to 1e-3).
Place oblique_place(const std::string& tap, const at::Tensor& read_KD, const at::Tensor& write_KD);
Place place_of(const GatePlace& gate);
// The subspace of one vector of any norm but 0.
Place direction_place(const std::string& tap, const at::Tensor& direction_D);
// The subspace of these coordinates of a tap of `width`. Throws InputError for another coordinate.
Place neurons_place(const std::string& tap, const std::vector<std::int64_t>& neurons,
                    std::int64_t width);
Place whole_tap(const std::string& tap);  // a null of every alignment: all is exchanged
Place no_place(const std::string& tap);   // another: nothing is exchanged

// Activations at every tap that is named, by one run. Throws InputError for a tap that there is not.
// With gradients where autograd is enabled.
std::vector<at::Tensor> acts_at(const Subject& subject, const Batch& batch,
                                const std::vector<std::string>& taps);

// The output on `base` when each place holds what it holds in a run on `source`; places of one tap are
// exchanged one after another. Batches of equal size. No places: the plain output.
at::Tensor run_exchanged(const Subject& subject, const Batch& base, const Batch& source,
                         const std::vector<Place>& places);

}  // namespace lab
