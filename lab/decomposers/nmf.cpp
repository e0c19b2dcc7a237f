#include "lab/decomposers/nmf.h"

#include <ATen/ATen.h>

#include "lab/core/error.h"
#include "lab/decomposers/fit_samples.h"

namespace lab {
namespace {

// Each row of `free_MX` in turn becomes the best there is for the others, of target ≈ freeᵀ… : minimises
// ‖target − Σ_m fixed_m ⊗ free_m‖² given products_MX = fixed · target and gram_MM = fixed · fixedᵀ.
void best_rows(at::Tensor& free_MX, const at::Tensor& products_MX, const at::Tensor& gram_MM) {
  for (std::int64_t m = 0; m < free_MX.size(0); ++m) {
    const double own = gram_MM[m][m].item<double>();
    if (!(own > 0)) continue;  // an atom of a latent that no sample has: left as it is
    const at::Tensor gain_X = products_MX[m] - gram_MM[m].matmul(free_MX);
    free_MX[m].add_(gain_X / own).clamp_min_(0);
  }
}

}  // namespace

Fitted fit_nmf(const Nmf& config, const FitData& data, std::int64_t seed) {
  require_one_tap(data, Nmf::name);
  const at::NoGradGuard no_gradients;
  const at::Tensor x_ND = fit_acts(data, config.samples).out_BD;
  require_finite(x_ND, "nmf: an activation");
  if (x_ND.min().item<double>() < 0) {
    throw Failure("nmf: activations are negative at this tap; take one behind a ReLU");
  }
  const std::int64_t M = config.latents, D = x_ND.size(1);
  at::Tensor atoms_MD = unit_rows(uniforms(Draw("decomposer/nmf", seed), 0, M, D));
  at::Tensor codes_MN = atoms_MD.mm(x_ND.t());
  for (std::int64_t round = 0; round < config.rounds; ++round) {
    data.stop.check();
    best_rows(codes_MN, atoms_MD.mm(x_ND.t()), atoms_MD.mm(atoms_MD.t()));
    best_rows(atoms_MD, codes_MN.mm(x_ND), codes_MN.mm(codes_MN.t()));
    // Norm 1, its inverse in the codes. An atom that became 0 stays so until its codes improve it.
    const at::Tensor norm_M1 = atoms_MD.norm(2, 1, true);
    const at::Tensor scale_M1 = at::where(norm_M1 > 0, norm_M1, at::ones_like(norm_M1));
    atoms_MD.div_(scale_M1);
    codes_MN.mul_(scale_M1);
  }
  const at::Tensor none_D = at::zeros({D});
  return {{atoms_MD.contiguous(), none_D, NonNegativeEncoder{none_D, {}}, false}, {}};
}

}  // namespace lab
