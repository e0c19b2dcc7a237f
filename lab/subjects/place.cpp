#include "lab/subjects/place.h"

#include <ATen/ATen.h>

#include "lab/core/error.h"

namespace lab {

Place subspace_place(const std::string& tap, const at::Tensor& basis_KD) {
  const at::Tensor basis = basis_KD.to(at::kFloat);
  if (basis.dim() != 2 ||
      !at::allclose(at::mm(basis, basis.t()), at::eye(basis.size(0)), 1e-4, 1e-4)) {
    throw InputError("the place at " + tap + ": its rows must be orthonormal");
  }
  return {tap, "subspace of " + std::to_string(basis.size(0)),
          [basis](const at::Tensor& base, const at::Tensor& source) {
            return base + at::mm(at::mm(source - base, basis.t()), basis);
          },
          basis.size(0)};
}

Place oblique_place(const std::string& tap, const at::Tensor& read_KD, const at::Tensor& write_KD) {
  if (read_KD.dim() != 2 || read_KD.sizes() != write_KD.sizes() ||
      !at::allclose(at::mm(read_KD, write_KD.t()), at::eye(read_KD.size(0)), 1e-3, 1e-3)) {
    throw InputError("the place at " + tap + ": what is read must be what is written");
  }
  return {tap, "subspace of " + std::to_string(read_KD.size(0)),
          [read_KD, write_KD](const at::Tensor& base, const at::Tensor& source) {
            return base + at::mm(at::mm(source - base, read_KD.t()), write_KD);
          },
          read_KD.size(0)};
}

Place place_of(const GatePlace& gate) {
  return oblique_place(gate.tap, gate.read_KD, gate.write_KD);
}

Place direction_place(const std::string& tap, const at::Tensor& direction_D) {
  const double norm = direction_D.norm().item<double>();
  if (!(norm > 0)) throw InputError("the place at " + tap + ": its direction is 0");
  Place place = subspace_place(tap, (direction_D / norm).unsqueeze(0));
  place.what = "direction";
  return place;
}

Place neurons_place(const std::string& tap, const std::vector<std::int64_t>& neurons,
                    std::int64_t width) {
  at::Tensor chosen = at::zeros({width}, at::kBool);
  std::string names;
  for (const std::int64_t neuron : neurons) {
    if (neuron < 0 || neuron >= width) {
      throw InputError("the tap " + tap + " has no neuron " + std::to_string(neuron) + "; it has " +
                       std::to_string(width));
    }
    chosen[neuron] = true;
    names += (names.empty() ? "" : ", ") + std::to_string(neuron);
  }
  return {tap, "neurons " + names,
          [chosen](const at::Tensor& base, const at::Tensor& source) {
            return at::where(chosen, source, base);
          },
          chosen.sum().item<std::int64_t>()};
}

Place whole_tap(const std::string& tap) {
  return {tap, "whole tap", [](const at::Tensor&, const at::Tensor& source) { return source; }};
}

Place no_place(const std::string& tap) {
  return {tap, "nothing", [](const at::Tensor& base, const at::Tensor&) { return base; }};
}

std::vector<at::Tensor> acts_at(const Subject& subject, const Batch& batch,
                                const std::vector<std::string>& taps) {
  for (const std::string& tap : taps) subject.tap_width(tap);  // throws where there is none
  std::vector<at::Tensor> acts(taps.size());
  subject.run(batch, [&](std::string_view tap, const at::Tensor& acts_BD) {
    for (std::size_t i = 0; i < taps.size(); ++i) {
      if (taps[i] == tap) acts[i] = acts_BD;
    }
    return acts_BD;
  });
  return acts;
}

at::Tensor run_exchanged(const Subject& subject, const Batch& base, const Batch& source,
                         const std::vector<Place>& places) {
  std::vector<std::string> taps;
  for (const Place& place : places) taps.push_back(place.tap);
  const std::vector<at::Tensor> from = acts_at(subject, source, taps);
  return subject.run(base, [&](std::string_view tap, const at::Tensor& acts_BD) {
    at::Tensor acts = acts_BD;
    for (std::size_t i = 0; i < places.size(); ++i) {
      if (places[i].tap == tap) acts = places[i].exchange(acts, from[i]);
    }
    return acts;
  });
}

}  // namespace lab
