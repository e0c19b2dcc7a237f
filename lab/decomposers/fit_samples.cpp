#include "lab/decomposers/fit_samples.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <vector>

#include "lab/core/error.h"

namespace lab {

SiteActs fit_acts(const FitData& data, std::int64_t samples) {
  constexpr std::int64_t chunk = 8192;
  std::vector<at::Tensor> in, out;
  for (std::int64_t first = 0; first < samples; first += chunk) {
    data.stop.check();
    SiteActs acts = data.site.acts(data.world, "fit", first, std::min(chunk, samples - first));
    in.push_back(std::move(acts.in_BD));
    out.push_back(std::move(acts.out_BD));
  }
  return {at::cat(in), at::cat(out)};
}

void require_one_tap(const FitData& data, const std::string& name) {
  if (data.site.input_tap() == data.site.output_tap()) return;
  throw InputError(name +
                   ": input and output tap differ; it has no form that predicts one from another");
}

}  // namespace lab
