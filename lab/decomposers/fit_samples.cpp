#include "lab/decomposers/fit_samples.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "lab/core/error.h"
#include "lab/subjects/directions.h"

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

Planted true_directions(const FitData& data) {
  if (data.planted) return *data.planted;
  const Batch batch = data.world.sample("fit", 0, 8192);
  EstimatedDirections found = estimate_directions(batch.values_BC, data.site.acts(batch).out_BD);
  return {std::move(found.directions_CD), std::move(found.offset_D)};
}

void require_one_tap(const FitData& data, const std::string& name) {
  if (data.site.input_tap() == data.site.output_tap()) return;
  throw InputError(name +
                   ": input and output tap differ; it has no form that predicts one from another");
}

}  // namespace lab
