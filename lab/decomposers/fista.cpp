#include "lab/decomposers/fista.h"

#include <ATen/ATen.h>

#include <vector>

#include "lab/core/stop.h"

namespace lab {
namespace {

constexpr std::int64_t kRowsAtOnce = 256;  // so that a stop is heeded, and memory bounded

// λ, a trifle too large for the rounding of float32 products.
double largest_eigenvalue(const at::Tensor& atoms_MD) {
  const at::Tensor atoms = atoms_MD.to(at::kDouble);
  const bool wide = atoms.size(0) <= atoms.size(1);  // the smaller matrix has the same λ
  const at::Tensor gram = wide ? atoms.mm(atoms.t()) : atoms.t().mm(atoms);
  return at::linalg_eigvalsh(gram).max().item<double>() * (1 + 1e-5);
}

struct Lasso {
  at::Tensor atoms_MD, gram_MM;  // gram: undefined where two products with the atoms are cheaper
  at::Tensor threshold_M;        // by which a step of the penalty shrinks a code
  at::Tensor either_sign_M;
  double step = 0;  // 1/λ: half the gradient's

  at::Tensor times_gram(const at::Tensor& codes_BM) const {
    return gram_MM.defined() ? codes_BM.mm(gram_MM) : codes_BM.mm(atoms_MD).mm(atoms_MD.t());
  }

  at::Tensor shrunk(const at::Tensor& codes_BM) const {
    const at::Tensor positive_BM = (codes_BM - threshold_M).relu_();
    if (!either_sign_M.defined()) return positive_BM;
    return positive_BM - (-codes_BM - threshold_M).relu_() * either_sign_M;
  }
};

at::Tensor solve(const Lasso& lasso, const at::Tensor& x_BD, std::int64_t iterations) {
  const at::Tensor projection_BM = x_BD.mm(lasso.atoms_MD.t());
  at::Tensor codes_BM = at::zeros_like(projection_BM), ahead_BM = codes_BM;
  at::Tensor t_B1 = at::ones({x_BD.size(0), 1});
  for (std::int64_t i = 0; i < iterations; ++i) {
    poll_stop();
    const at::Tensor slope_BM = lasso.times_gram(ahead_BM).sub_(projection_BM);
    const at::Tensor next_BM = lasso.shrunk(ahead_BM.sub(slope_BM, lasso.step));
    const at::Tensor moved_BM = next_BM - codes_BM;
    const at::Tensor uphill_B1 = ((ahead_BM - next_BM) * moved_BM).sum(1, true) > 0;
    const at::Tensor later_B1 = ((t_B1.square() * 4 + 1).sqrt() + 1) / 2;
    const at::Tensor momentum_B1 = ((t_B1 - 1) / later_B1).masked_fill_(uphill_B1, 0);
    t_B1 = later_B1.masked_fill(uphill_B1, 1);
    ahead_BM = at::addcmul(next_BM, moved_BM, momentum_B1);
    codes_BM = next_BM;
  }
  return codes_BM;
}

}  // namespace

at::Tensor fista_codes(const at::Tensor& atoms_MD, const at::Tensor& acts_BD,
                       const at::Tensor& either_sign_M, double l1, std::int64_t iterations) {
  const std::int64_t M = atoms_MD.size(0), D = atoms_MD.size(1);
  const double lambda = largest_eigenvalue(atoms_MD);
  if (!(lambda > 0) || acts_BD.size(0) == 0) return at::zeros({acts_BD.size(0), M});
  const at::Tensor gram_MM = M <= 2 * D ? atoms_MD.mm(atoms_MD.t()) : at::Tensor();
  const Lasso lasso{atoms_MD, gram_MM, atoms_MD.norm(2, 1) * (l1 / (2 * lambda)), either_sign_M,
                    1 / lambda};
  std::vector<at::Tensor> parts;
  for (const at::Tensor& part : acts_BD.split(kRowsAtOnce)) {
    parts.push_back(solve(lasso, part, iterations));
  }
  return at::cat(parts);
}

}  // namespace lab
