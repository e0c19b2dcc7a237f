// How encoders make codes.
#include "lab/decomposers/codes.h"

#include <ATen/ATen.h>

#include "lab/core/stop.h"
#include "lab/decomposers/activations.h"
#include "lab/decomposers/fista.h"
#include "lab/decomposers/sparse_coding.h"
#include "lab/decomposers/sparsemax.h"

namespace lab {
namespace {

using std::int64_t;

// p where it is among the k largest of `ranked` in its row, else 0; of equals the first.
at::Tensor where_largest(const at::Tensor& pre_BM, const at::Tensor& ranked_BM, int64_t k) {
  const at::Tensor order_BM = std::get<1>(ranked_BM.sort(true, 1, true));
  const at::Tensor kept_BK = order_BM.narrow(1, 0, std::min(k, pre_BM.size(1)));
  const at::Tensor codes_BM = at::zeros_like(pre_BM);
  return codes_BM.scatter_(1, kept_BK, pre_BM.gather(1, kept_BK));
}

at::Tensor kept_of_batch(const at::Tensor& pre_BM, double k) {
  const at::Tensor positive = pre_BM.relu().flatten();
  const auto wanted = static_cast<int64_t>(k * static_cast<double>(pre_BM.size(0)));
  const int64_t kept = std::min(wanted, positive.numel());
  const auto [values, places] = positive.topk(kept);
  return at::zeros_like(positive).scatter_(0, places, values).view(pre_BM.sizes());
}

at::Tensor kept_of_groups(const at::Tensor& pre_BM, int64_t groups) {
  const at::Tensor grouped = pre_BM.relu().view({pre_BM.size(0), groups, -1});
  const auto [values, places] = grouped.max(2, true);
  return at::zeros_like(grouped).scatter_(2, places, values).view(pre_BM.sizes());
}

}  // namespace

at::Tensor codes_of(const AffineEncoder& encoder, const at::Tensor&, const at::Tensor& x_BD) {
  at::Tensor pre_BM = at::addmm(encoder.b_M, x_BD - encoder.b_pre_D, encoder.W_DM);
  const std::string& activation = encoder.activation;
  const auto k = static_cast<int64_t>(encoder.k);
  if (activation == "linear") return pre_BM;
  if (activation == "relu") return pre_BM.relu_();
  if (activation == "jumprelu") return pre_BM.relu() * (pre_BM > encoder.threshold_M);
  if (activation == "abstopk") return where_largest(pre_BM, pre_BM.abs(), k);
  if (activation == "groupmax") return kept_of_groups(pre_BM, k);
  if (activation == "blocktopk") return pre_BM * largest_blocks(pre_BM, k, encoder.block);
  if (activation == "one_hot") {
    return at::zeros_like(pre_BM).scatter_(1, pre_BM.argmax(1, true), 1.);
  }
  if (activation == "batchtopk") return kept_of_batch(pre_BM, encoder.k);
  keep_largest_(pre_BM, activation == "top1" ? 1 : k);
  return pre_BM;
}

at::Tensor codes_of(const GatedEncoder& encoder, const at::Tensor&, const at::Tensor& x_BD) {
  const at::Tensor u_BM = at::mm(x_BD - encoder.b_pre_D, encoder.W_DM);
  const at::Tensor magnitude_BM = (u_BM * encoder.r_mag_M.exp() + encoder.b_mag_M).relu_();
  return magnitude_BM * (u_BM + encoder.b_gate_M > 0);
}

at::Tensor codes_of(const NonNegativeEncoder& encoder, const at::Tensor& atoms_MD,
                    const at::Tensor& acts_BD) {
  const at::Tensor x_BD = acts_BD - encoder.b_pre_D;
  if (!encoder.either_sign_M.defined()) return non_negative_codes(atoms_MD, x_BD, encoder.l1);
  // A code of either sign is the difference of two that are not negative.
  const int64_t M = atoms_MD.size(0);
  const at::Tensor two_sided = encoder.either_sign_M.nonzero().squeeze(1);
  const at::Tensor both = at::cat({atoms_MD, -atoms_MD.index_select(0, two_sided)});
  const at::Tensor codes = non_negative_codes(both, x_BD, encoder.l1);
  return codes.narrow(1, 0, M).index_add(1, two_sided, codes.narrow(1, M, two_sided.size(0)), -1);
}

at::Tensor codes_of(const PursuitEncoder& encoder, const at::Tensor& atoms_MD,
                    const at::Tensor& acts_BD) {
  return pursuit_codes(atoms_MD, acts_BD - encoder.b_pre_D, encoder.k);
}

at::Tensor pursued_on(const MatchingPursuitEncoder& encoder, const at::Tensor& goes_on_B1,
                      const at::Tensor& before_B1, const at::Tensor& amount_B1,
                      const at::Tensor& rest_BD) {
  at::Tensor on_B1 = goes_on_B1;
  if (encoder.until_repeat) on_B1 = on_B1 & (before_B1.eq(0) & amount_B1.ne(0));
  if (encoder.residual > 0) on_B1 = on_B1 & rest_BD.norm(2, 1, true).ge(encoder.residual);
  return on_B1;
}

at::Tensor codes_of(const MatchingPursuitEncoder& encoder, const at::Tensor& atoms_MD,
                    const at::Tensor& acts_BD) {
  at::Tensor rest_BD = acts_BD - encoder.b_pre_D;
  const at::Tensor codes_BM = at::zeros({acts_BD.size(0), atoms_MD.size(0)}, acts_BD.options());
  at::Tensor goes_on_B1 = at::ones({acts_BD.size(0), 1}, acts_BD.options().dtype(at::kBool));
  for (int64_t step = 0; step < encoder.steps && goes_on_B1.any().item<bool>(); ++step) {
    poll_stop();
    const auto [most_B1, atom_B1] = rest_BD.mm(atoms_MD.t()).max(1, true);
    const at::Tensor amount_B1 = most_B1.relu() * goes_on_B1;
    const at::Tensor before_B1 = codes_BM.gather(1, atom_B1);
    codes_BM.scatter_add_(1, atom_B1, amount_B1);
    rest_BD = rest_BD - amount_B1 * atoms_MD.index_select(0, atom_B1.flatten());
    goes_on_B1 = pursued_on(encoder, goes_on_B1, before_B1, amount_B1, rest_BD);
  }
  return codes_BM;
}

at::Tensor codes_of(const SpadeEncoder& encoder, const at::Tensor&, const at::Tensor& x_BD) {
  return sparsemax(nearness(x_BD, encoder.prototypes_MD) * -encoder.scale);
}

at::Tensor codes_of(const ListaEncoder& encoder, const at::Tensor&, const at::Tensor& x_BD) {
  const at::Tensor q_BM = at::addmm(encoder.b_M, x_BD - encoder.b_pre_D, encoder.W_DM);
  at::Tensor codes_BM = q_BM.relu();
  for (int64_t round = 0; round < encoder.rounds; ++round) {
    codes_BM = at::addmm(q_BM, codes_BM, encoder.S_MM).relu_();
  }
  return codes_BM;
}

at::Tensor codes_of(const MlpEncoder& encoder, const at::Tensor&, const at::Tensor& x_BD) {
  const at::Tensor seen_BD = x_BD - encoder.b_pre_D;
  const at::Tensor hidden_BH = at::addmm(encoder.b_in_H, seen_BD, encoder.W_in_DH).relu_();
  return at::addmm(encoder.b_M, hidden_BH, encoder.W_out_HM).relu_();
}

at::Tensor codes_of(const FistaEncoder& encoder, const at::Tensor& atoms_MD,
                    const at::Tensor& x_BD) {
  return fista_codes(atoms_MD, x_BD - encoder.b_pre_D, encoder.either_sign_M, encoder.l1,
                     encoder.iterations);
}

}  // namespace lab
