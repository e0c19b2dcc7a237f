#include "lab/decomposers/sparsemax.h"

#include <ATen/ATen.h>

namespace lab {

at::Tensor sparsemax(const at::Tensor& u_BM) {
  const at::Tensor v_BM = u_BM - u_BM.detach().amax(1, true);  // the same point; small numbers
  const at::Tensor sorted_BM = std::get<0>(v_BM.detach().sort(1, true));
  const at::Tensor count_M = at::arange(1, u_BM.size(1) + 1, u_BM.options().requires_grad(false));
  const at::Tensor above_BM = sorted_BM * count_M + 1 > sorted_BM.cumsum(1);
  const at::Tensor last_B1 = (above_BM.sum(1, true) - 1).clamp_min(0);  // of the support
  const at::Tensor lowest_B1 = sorted_BM.gather(1, last_B1);
  // The support is now a constant, and the threshold its mean less 1/size: so slopes flow as they should.
  const at::Tensor support_BM = (v_BM.detach() >= lowest_B1).to(u_BM.scalar_type());
  const at::Tensor size_B1 = support_BM.sum(1, true);
  const at::Tensor threshold_B1 = ((v_BM * support_BM).sum(1, true) - 1) / size_B1;
  return (v_BM - threshold_B1).relu() * support_BM;
}

at::Tensor nearness(const at::Tensor& x_BD, const at::Tensor& points_MD) {
  const at::Tensor centre_D = points_MD.detach().mean(0);
  const at::Tensor own_MD = points_MD - centre_D;
  return own_MD.square().sum(1) - 2 * at::matmul(x_BD - centre_D, own_MD.t());
}

}  // namespace lab
