#include "lab/scores/reconstruction.h"

#include <ATen/ATen.h>

#include <cmath>
#include <numbers>

#include "lab/core/error.h"
#include "lab/scores/sums.h"

namespace lab {

Scores reconstruction_scores(const at::Tensor& acts_BD, const at::Tensor& reconstruction_BD) {
  ReconstructionSums sums;
  sums.add(acts_BD, reconstruction_BD);
  return sums.scores();
}

Scores sparsity_scores(const at::Tensor& codes_BM) {
  Sizes sizes;
  add_codes(sizes, codes_BM);
  return sparsity_scores(sizes);
}

Scores no_sparsity_scores() {
  return all_absent({"l0", "dead"}, "the codes are signed or dense, so latents do not fire");
}

Score code_bits(double l0, std::int64_t latents, double bits_per_code) {
  const double M = static_cast<double>(latents);
  if (!(l0 >= 0 && l0 <= M)) throw InputError("code_bits: l0 must lie between 0 and the latents");
  const at::Tensor logs =
      at::tensor({M + 1, l0 + 1, M - l0 + 1}, at::kDouble).lgamma();  // of factorials
  const double* log = logs.const_data_ptr<double>();
  return Score::of((log[0] - log[1] - log[2]) / std::numbers::ln2 + l0 * bits_per_code);
}

Score code_l1(const at::Tensor& codes_BM, const at::Tensor& atoms_MD) {
  Sizes sizes;
  add_codes(sizes, codes_BM);
  return code_l1(sizes, atoms_MD);
}

Score true_l0(const at::Tensor& present_BF) {
  if (present_BF.size(0) == 0) return Score::absent("there are no samples");
  return Score::of((present_BF != 0).sum().item<double>() /
                   static_cast<double>(present_BF.size(0)));
}

Score loss_recovered(double loss_zero, double loss_reconstruction, double loss_own) {
  if (!std::isfinite(loss_zero) || !std::isfinite(loss_reconstruction) || !std::isfinite(loss_own))
    throw Failure("a loss is not finite");
  const double gap = loss_zero - loss_own;
  if (gap <= 1e-12 * (1 + std::fabs(loss_own)))
    return Score::absent("the task loss does not rise when the tap is emptied");
  return Score::of((loss_zero - loss_reconstruction) / gap);
}

}  // namespace lab
