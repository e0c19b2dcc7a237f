#include "lab/scores/capture.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <string>

#include "lab/core/error.h"

namespace lab {

using std::int64_t;

// With A_m = c_m w_mᵀ, ‖M − Σ A_m‖² needs only ⟨A_m, A_k⟩ = (c_m·c_k)(w_m·w_k) and ⟨A_m, M⟩ = c_mᵀ M w_m.
std::vector<double> capture_curve(const at::Tensor& codes_BM, const at::Tensor& atoms_MD,
                                  const at::Tensor& values_BW, const at::Tensor& frames_WD,
                                  int64_t most) {
  const at::Tensor codes = score_input(codes_BM, "the codes");
  const at::Tensor atoms = score_input(atoms_MD, "the atoms");
  const at::Tensor values = score_input(values_BW, "the values");
  const at::Tensor frames = score_input(frames_WD, "the true vectors");
  if (codes.size(0) != values.size(0) || codes.size(1) != atoms.size(0) ||
      values.size(1) != frames.size(0) || atoms.size(1) != frames.size(1))
    throw InputError("capture_curve: the shapes of codes, atoms, values and frames do not fit");
  const int64_t M = atoms.size(0);
  if (M == 0 || codes.size(0) == 0) return {};
  const at::Tensor truth = values.matmul(frames);
  const double variance = (truth - truth.mean(0, true)).square().sum().item<double>();
  if (variance <= 1e-20 * truth.square().sum().item<double>()) return {};
  const at::Tensor overlap = (codes.t().matmul(values) * atoms.matmul(frames.t())).sum(1);
  const at::Tensor self = codes.square().sum(0) * atoms.square().sum(1);
  at::Tensor gain = (2 * overlap - self).contiguous();  // how much each atom lowers the error now
  std::vector<bool> chosen(M, false);
  std::vector<double> curve;
  double error = truth.square().sum().item<double>();
  for (int64_t n = 0; n < std::min(most, M); ++n) {
    const double* gains = gain.const_data_ptr<double>();
    int64_t best = -1;
    for (int64_t m = 0; m < M; ++m)
      if (!chosen[m] && (best < 0 || gains[m] > gains[best])) best = m;
    chosen[best] = true;
    error -= gains[best];
    curve.push_back(1 - std::max(error, 0.0) / variance);
    gain = gain - 2 * codes.t().mv(codes.select(1, best)) * atoms.mv(atoms[best]);
  }
  return curve;
}

Scores capture_scores(const std::vector<double>& curve) {
  Scores scores;
  for (const std::size_t n : {1, 2, 3, 4, 6, 8, 12, 16, 32, 64}) {
    const std::string name = "capture@" + std::to_string(n);
    scores[name] = n <= curve.size() ? Score::of(curve[n - 1])
                                     : Score::absent("there are fewer latents, or no contribution");
  }
  const auto enough = std::find_if(curve.begin(), curve.end(), [](double r) { return r >= .9; });
  scores["n_.9"] = enough == curve.end()
                       ? Score::absent("no number of latents up to 64 reaches R² = .9")
                       : Score::of(static_cast<double>(enough - curve.begin() + 1));
  return scores;
}

}  // namespace lab
