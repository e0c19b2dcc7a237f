#include "lab/decomposers/probes.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <string>
#include <vector>

#include "lab/core/error.h"
#include "lab/decomposers/decomposer.h"
#include "lab/subjects/directions.h"
#include "lab/tensors/regression.h"

namespace lab {
namespace {

// The first fit samples, with the truth about them.
struct Told {
  at::Tensor in_BD, out_BD, values_BC, present_BF;
};

Told told(const FitData& data, std::int64_t samples) {
  constexpr std::int64_t chunk = 8192;
  std::vector<at::Tensor> in, out, values, present;
  for (std::int64_t first = 0; first < samples; first += chunk) {
    data.stop.check();
    const Batch batch = data.world.sample("fit", first, std::min(chunk, samples - first));
    SiteActs acts = data.site.acts(batch);
    in.push_back(std::move(acts.in_BD));
    out.push_back(std::move(acts.out_BD));
    values.push_back(batch.values_BC);
    present.push_back(batch.present_BF);
  }
  return {at::cat(in), at::cat(out), at::cat(values), at::cat(present)};
}

void require_samples(std::int64_t samples, std::int64_t latents, const char* name) {
  if (samples >= latents + 2) return;
  throw InputError(std::string(name) + ": samples must be at least " + std::to_string(latents + 2) +
                   ", 2 more than latents");
}

Fitted decoded(const Readout& readout, const char* activation, const Told& told) {
  const std::int64_t D = told.in_BD.size(1);
  AffineEncoder encoder{readout.weights_DT.to(at::kFloat).contiguous(),
                        readout.offset_T.to(at::kFloat), at::zeros({D}), activation};
  at::Tensor codes_BM = at::addmm(encoder.b_M, told.in_BD, encoder.W_DM);
  const bool is_signed = encoder.activation == "linear";
  if (!is_signed) codes_BM.relu_();
  EstimatedDirections decoder = estimate_directions(codes_BM, told.out_BD);
  return {{decoder.directions_CD, decoder.offset_D, std::move(encoder), is_signed}, {}};
}

}  // namespace

Fitted fit_linear_probe(const LinearProbe& config, const FitData& data) {
  const at::NoGradGuard no_gradients;
  require_samples(config.samples, data.world.truth().coordinates(), LinearProbe::name);
  const Told all = told(data, config.samples);
  return decoded(ridge_regression(all.in_BD, all.values_BC, config.ridge), "linear", all);
}

Fitted fit_logistic_probe(const LogisticProbe& config, const FitData& data) {
  const at::NoGradGuard no_gradients;
  const auto features = static_cast<std::int64_t>(data.world.truth().features.size());
  require_samples(config.samples, features, LogisticProbe::name);
  const Told all = told(data, config.samples);
  return decoded(logistic_regression(all.in_BD, all.present_BF, config.l2), "relu", all);
}

}  // namespace lab
