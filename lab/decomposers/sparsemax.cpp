#include "lab/decomposers/sparsemax.h"

#include <ATen/ATen.h>

namespace lab {

at::Tensor sparsemax(const at::Tensor& u_BM) {
  const at::Tensor sorted_BM = std::get<0>(u_BM.detach().sort(1, true));
  const at::Tensor count_M = at::arange(1, u_BM.size(1) + 1, u_BM.options().requires_grad(false));
  const at::Tensor above_BM = sorted_BM * count_M + 1 > sorted_BM.cumsum(1);
  const at::Tensor last_B1 = above_BM.sum(1, true) - 1;  // of the support, in sorted order
  const at::Tensor lowest_B1 = sorted_BM.gather(1, last_B1);
  // The support is now a constant, and the threshold its mean less 1/size: so slopes flow as they should.
  const at::Tensor support_BM = (u_BM.detach() >= lowest_B1).to(u_BM.scalar_type());
  const at::Tensor size_B1 = support_BM.sum(1, true);
  const at::Tensor threshold_B1 = ((u_BM * support_BM).sum(1, true) - 1) / size_B1;
  return (u_BM - threshold_B1).relu() * support_BM;
}

}  // namespace lab
