// What subjects share in taking weights.
#pragma once

#include <string>
#include <vector>

#include "lab/tensors/tensors.h"

namespace lab {

// Copies of `weights` in the order of `names`, each of the shape of the one in `like`. Throws InputError
// when one is missing, is not float32 of that shape, or is there without being named.
std::vector<at::Tensor> checked_weights(const Tensors& weights,
                                        const std::vector<std::string>& names,
                                        const std::vector<at::Tensor>& like);

}  // namespace lab
