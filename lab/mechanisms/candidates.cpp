#include "lab/mechanisms/candidates.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <tuple>

#include "lab/scores/latents.h"
#include "lab/scores/probes.h"
#include "lab/tensors/tensors.h"

namespace lab {

TapRun run_taps(const Subject& subject, const Batch& batch) {
  TapRun run;
  for (const Tap& tap : subject.taps()) {
    if (tap.name != "output") run.taps.push_back(tap.name);
  }
  run.acts_BD = acts_at(subject, batch, run.taps);
  return run;
}

std::vector<Place> candidate_places(const TapRun& run, const at::Tensor& values_B,
                                    const SearchBudget& budget) {
  std::vector<Place> places;
  const double ones = values_B.to(at::kDouble).mean().item<double>();
  if (!(ones > 0 && ones < 1)) return places;
  std::vector<std::tuple<double, std::size_t, std::int64_t>>
      neurons;  // −|correlation|, tap, neuron
  for (std::size_t t = 0; t < run.taps.size(); ++t) {
    const std::vector<double> found =
        to_vector(pearson(run.acts_BD[t], values_B.unsqueeze(1)).abs());
    for (std::size_t i = 0; i < found.size(); ++i) {
      neurons.emplace_back(-found[i], t, static_cast<std::int64_t>(i));
    }
  }
  const auto tried = std::min(neurons.size(), static_cast<std::size_t>(budget.neurons));
  std::partial_sort(neurons.begin(), neurons.begin() + static_cast<std::ptrdiff_t>(tried),
                    neurons.end());
  for (std::size_t i = 0; i < tried; ++i) {
    const auto& [correlation, tap, neuron] = neurons[i];
    places.push_back(neurons_place(run.taps[tap], {neuron}, run.acts_BD[tap].size(1)));
  }
  if (!budget.directions) return places;
  const at::Tensor rows = at::arange(values_B.size(0));
  for (std::size_t t = 0; t < run.taps.size(); ++t) {
    const at::Tensor direction =
        probe_directions(run.acts_BD[t], values_B.to(at::kFloat).unsqueeze(1), {rows, rows})[0];
    if (direction.norm().item<double>() > 0) {
      places.push_back(direction_place(run.taps[t], direction.to(at::kFloat)));
    }
  }
  return places;
}

}  // namespace lab
