#include "lab/decomposers/sparse_dictionary.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <limits>

#include "lab/decomposers/fit_samples.h"
#include "lab/decomposers/sparse_coding.h"

namespace lab {
namespace {

// One pass over the atoms: each in turn the best within the unit ball for the sums so far.
void improve(at::Tensor& atoms_MD, const at::Tensor& codes_MM, const at::Tensor& codes_x_MD) {
  for (std::int64_t m = 0; m < atoms_MD.size(0); ++m) {
    const double own = codes_MM[m][m].item<double>();
    if (!(own > 0)) continue;
    const at::Tensor row_D = atoms_MD[m] + (codes_x_MD[m] - codes_MM[m].matmul(atoms_MD)) / own;
    atoms_MD[m].copy_(row_D / std::max(1., row_D.norm().item<double>()));
  }
}

}  // namespace

Fitted fit_sparse_dictionary(const SparseDictionary& config, const FitData& data,
                             std::int64_t seed) {
  require_one_tap(data, SparseDictionary::name);
  const at::NoGradGuard no_gradients;
  const std::int64_t M = config.latents, D = data.site.output_width();
  const std::int64_t samples =
      config.train_samples.value_or(std::numeric_limits<std::int64_t>::max());
  const Draw draw("decomposer/sparse_dictionary", seed);
  at::Tensor atoms_MD = unit_rows(normals(draw, 0, M, D));
  const at::Tensor mean_D =
      config.centre ? fit_acts(data, std::min(samples, std::int64_t{8192})).out_BD.mean(0)
                    : at::zeros({D});
  at::Tensor codes_MM = at::zeros({M, M}), codes_x_MD = at::zeros({M, D});
  for (std::int64_t step = 0; step < config.steps; ++step) {
    data.stop.check();
    const Batch batch = data.world.sample("fit", step * config.batch % samples, config.batch);
    const at::Tensor x_BD = data.site.acts(batch).out_BD - mean_D;
    require_finite(x_BD, "sparse_dictionary: an activation");
    const at::Tensor codes_BM = non_negative_codes(atoms_MD, x_BD, config.l1);
    const double kept = static_cast<double>(step) / static_cast<double>(step + 1);
    codes_MM.mul_(kept).addmm_(codes_BM.t(), codes_BM);
    codes_x_MD.mul_(kept).addmm_(codes_BM.t(), x_BD);
    improve(atoms_MD, codes_MM, codes_x_MD);
    Words words = draw.at(static_cast<std::uint64_t>(M + step));
    for (std::int64_t m = 0; m < M; ++m) {
      if (codes_MM[m][m].item<double>() > 0) continue;
      const auto row =
          static_cast<std::int64_t>(words.below(static_cast<std::uint64_t>(config.batch)));
      const double size = x_BD[row].norm().item<double>();
      if (size > 0) atoms_MD[m].copy_(x_BD[row] / size);
    }
  }
  return {{atoms_MD.contiguous(), mean_D, NonNegativeEncoder{mean_D, {}, config.l1}, false}, {}};
}

}  // namespace lab
