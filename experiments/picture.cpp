#include "experiments/picture.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>

#include "experiments/measure.h"
#include "experiments/picture_circuit.h"
#include "experiments/picture_panels.h"
#include "experiments/stages.h"
#include "lab/scores/dictionary.h"

namespace lab {
namespace {

constexpr std::size_t most_cosines = 256;  // latents, and coordinates

// The atoms with their partners; those of signed codes turned towards them. Without a dictionary the
// true vectors, each its own partner.
struct Matched {
  at::Tensor atoms_MD;  // float64
  at::Tensor cosines_MC;
  std::vector<std::int64_t> coordinate_of_latent, best_coordinate;
};

Matched matched_to(const Dictionary& dictionary, const at::Tensor& directions_CD) {
  const Matching matching = match(dictionary.atoms_MD, directions_CD);
  Matched result{dictionary.atoms_MD.to(at::kDouble), matching.cosines_MC.clone(),
                 matching.coordinate_of_latent, matching.best_coordinate};
  if (!dictionary.signed_codes) return result;
  result.atoms_MD = result.atoms_MD.clone();
  for (std::int64_t i = 0; i < matching.latents(); ++i) {
    const auto at = static_cast<std::size_t>(i);
    const std::int64_t partner = result.coordinate_of_latent[at];
    if (matching.cos(i, partner < 0 ? result.best_coordinate[at] : partner) >= 0) continue;
    result.atoms_MD[i].neg_();
    result.cosines_MC[i].neg_();
  }
  return result;
}

Matched truth_alone(const at::Tensor& directions_CD) {
  std::vector<std::int64_t> own(static_cast<std::size_t>(directions_CD.size(0)));
  for (std::size_t i = 0; i < own.size(); ++i) own[i] = static_cast<std::int64_t>(i);
  return {directions_CD.to(at::kDouble), cosines(directions_CD, directions_CD), own, own};
}

// The `most` numbers of largest weight, ascending.
std::vector<std::int64_t> largest(const std::vector<double>& weights, std::size_t most) {
  std::vector<std::int64_t> numbers(weights.size());
  for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = static_cast<std::int64_t>(i);
  std::stable_sort(numbers.begin(), numbers.end(), [&](std::int64_t a, std::int64_t b) {
    return weights[static_cast<std::size_t>(a)] > weights[static_cast<std::size_t>(b)];
  });
  if (numbers.size() > most) numbers.resize(most);
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

// Latents in the order of their places: matched ones by their coordinate, then the others by their
// nearest.
std::vector<std::int64_t> latents_in_order(const Matched& matched) {
  const auto [best, where] = matched.cosines_MC.abs().max(1);
  std::vector<double> weights = to_vector(best);
  for (std::size_t i = 0; i < weights.size(); ++i) {
    if (matched.coordinate_of_latent[i] >= 0) weights[i] += 1;  // partners before all others
  }
  std::vector<std::int64_t> latents = largest(weights, most_cosines);
  const auto rank = [&](std::int64_t latent) {
    const auto i = static_cast<std::size_t>(latent);
    const std::int64_t partner = matched.coordinate_of_latent[i];
    return std::pair(partner < 0, partner < 0 ? matched.best_coordinate[i] : partner);
  };
  std::stable_sort(latents.begin(), latents.end(),
                   [&](std::int64_t a, std::int64_t b) { return rank(a) < rank(b); });
  return latents;
}

void add_cosines(Record& record, const Matched& matched, const Truth& truth) {
  const at::Tensor cosines_MC = matched.cosines_MC.contiguous();
  const auto cos = cosines_MC.accessor<double, 2>();
  std::vector<std::int64_t> coordinates;
  if (cosines_MC.size(0) > 0 && cosines_MC.size(1) > 0) {
    coordinates = largest(to_vector(std::get<0>(cosines_MC.abs().max(0))), most_cosines);
  }
  Table table{{"latent", "place", "coordinate", "cosine"}, {}, {}};
  const std::vector<std::int64_t> latents =
      coordinates.empty() ? std::vector<std::int64_t>{} : latents_in_order(matched);
  for (std::size_t place = 0; place < latents.size(); ++place) {
    for (const std::int64_t c : coordinates) {
      table.rows.push_back({static_cast<double>(latents[place]), static_cast<double>(place),
                            static_cast<double>(c), cos[latents[place]][c]});
    }
  }
  record.tables["cosines"] = std::move(table);
  Table named{{"coordinate"}, {}, {}};
  const std::vector<std::string> names = coordinate_names(truth);
  for (const std::int64_t c : coordinates) {
    named.rows.push_back({static_cast<double>(c)});
    named.labels.push_back(names[static_cast<std::size_t>(c)]);
  }
  record.tables["coordinates"] = std::move(named);
}

Product make_picture(const PictureKey& key, Context& context) {
  const at::NoGradGuard no_gradients;
  const Trained on = trained(key.examine.train, context);
  const Site site(*on.subject, key.examine.site);
  const Measured measured = measure(*on.world, *on.subject, site, key.examine.samples);
  const at::Tensor directions_CD = measured.directions_CD.to(at::kDouble);
  const Truth& truth = on.world->truth();

  PicturedAtoms atoms;
  Matched matched = truth_alone(directions_CD);
  if (key.fit.has_value()) {
    matched = matched_to(fitted(*key.fit, context), measured.directions_CD);
    atoms = {matched.atoms_MD, matched.coordinate_of_latent};
  }
  std::vector<Relation> relations = truth.relations;
  const auto& added = on.subject->relations();
  relations.insert(relations.end(), added.begin(), added.end());

  Product product;
  add_cosines(product.record, matched, truth);
  add_panels(product.record, truth, relations, directions_CD, atoms);
  add_circuit(product.record, truth);
  add_taps(product.record, *on.subject);
  return product;
}

}  // namespace

StagePtr picture_stage(const PictureKey& key) {
  std::vector<StagePtr> needs{train_stage(key.examine.train)};
  if (key.fit.has_value()) needs.push_back(fit_stage(*key.fit));
  return make_stage(key, std::move(needs), make_picture);
}

}  // namespace lab
