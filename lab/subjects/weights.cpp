#include "lab/subjects/weights.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <sstream>

#include "lab/core/error.h"

namespace lab {

std::vector<at::Tensor> checked_weights(const Tensors& weights,
                                        const std::vector<std::string>& names,
                                        const std::vector<at::Tensor>& like) {
  std::vector<at::Tensor> params;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const at::Tensor& given = tensor(weights, names[i]);
    if (given.sizes() != like[i].sizes() || given.scalar_type() != at::kFloat) {
      std::ostringstream message;
      message << "weights: '" << names[i] << "' must be float32 of shape " << like[i].sizes()
              << ", got " << given.scalar_type() << " of shape " << given.sizes();
      throw InputError(message.str());
    }
    params.push_back(given.detach().clone(at::MemoryFormat::Contiguous));
  }
  for (const auto& [name, value] : weights) {
    if (std::find(names.begin(), names.end(), name) == names.end()) {
      throw InputError("weights: this network has no '" + name + "'");
    }
  }
  return params;
}

}  // namespace lab
