#include "lab/decomposers/kmeans.h"

#include <ATen/ATen.h>

#include "lab/core/error.h"
#include "lab/decomposers/fit_samples.h"

namespace lab {
namespace {

using std::int64_t;

// x·w − ‖w‖²/2 is largest for the nearest w (for unit w: the one of largest cosine).
at::Tensor half_squares(const at::Tensor& atoms_MD) {
  return atoms_MD.square().sum(1) / 2;
}

at::Tensor nearest(const at::Tensor& x_ND, const at::Tensor& atoms_MD) {
  return (x_ND.mm(atoms_MD.t()) - half_squares(atoms_MD)).argmax(1);
}

// Each next seed is a sample with probability proportional to the squared distance from the seeds so far.
at::Tensor seeds_of(const at::Tensor& x_ND, int64_t count, Words words, const StopToken& stop) {
  std::vector<int64_t> chosen{
      static_cast<int64_t>(words.below(static_cast<std::uint64_t>(x_ND.size(0))))};
  at::Tensor distance_N = (x_ND - x_ND[chosen[0]]).square().sum(1);
  while (static_cast<int64_t>(chosen.size()) < count) {
    stop.check();
    const at::Tensor mass_N = distance_N.to(at::kDouble).cumsum(0);
    const double total = mass_N[-1].item<double>();
    const int64_t next =
        total > 0 ? at::searchsorted(mass_N, words.uniform() * total, false, true).item<int64_t>()
                  : static_cast<int64_t>(words.below(static_cast<std::uint64_t>(x_ND.size(0))));
    chosen.push_back(std::min(next, x_ND.size(0) - 1));
    distance_N = at::minimum(distance_N, (x_ND - x_ND[chosen.back()]).square().sum(1));
  }
  return x_ND.index_select(0, at::tensor(chosen, at::kLong));
}

}  // namespace

Fitted fit_kmeans(const KMeans& config, const FitData& data, int64_t seed) {
  require_one_tap(data, KMeans::name);
  const at::NoGradGuard no_gradients;
  at::Tensor x_ND = fit_acts(data, config.samples).out_BD;
  require_finite(x_ND, "kmeans: an activation");
  if (config.spherical) {  // what has no direction is in no cluster
    x_ND = unit_rows(x_ND.index_select(0, x_ND.norm(2, 1).nonzero().flatten()));
    if (x_ND.size(0) < config.latents) {
      throw Failure("kmeans: fewer activations than clusters have a direction");
    }
  }
  const int64_t M = config.latents;
  at::Tensor atoms_MD =
      seeds_of(x_ND, M, Draw("decomposer/kmeans", seed).at(0), data.stop).contiguous();
  at::Tensor cluster_N;
  for (int64_t round = 0; round < config.rounds; ++round) {
    data.stop.check();
    const at::Tensor next_N = nearest(x_ND, atoms_MD);
    if (cluster_N.defined() && next_N.equal(cluster_N)) break;
    cluster_N = next_N;
    const at::Tensor count_M1 = at::bincount(cluster_N, {}, M).to(at::kFloat).unsqueeze(1);
    const at::Tensor sum_MD = at::zeros_like(atoms_MD).index_add_(0, cluster_N, x_ND);
    const at::Tensor moved_MD =
        config.spherical ? unit_rows(sum_MD) : sum_MD / count_M1.clamp_min(1);
    const at::Tensor keep_M1 = moved_MD.norm(2, 1, true).eq(0).logical_or(count_M1.eq(0));
    atoms_MD = at::where(config.spherical ? keep_M1 : count_M1.eq(0), atoms_MD, moved_MD);
  }
  const at::Tensor none_D = at::zeros({x_ND.size(1)});
  AffineEncoder encoder{atoms_MD.t().contiguous(),
                        config.spherical ? at::zeros({M}) : -half_squares(atoms_MD), none_D,
                        config.spherical ? "top1" : "one_hot"};
  return {{atoms_MD.contiguous(), none_D, std::move(encoder), false}, {}};
}

}  // namespace lab
