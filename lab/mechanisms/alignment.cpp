#include "lab/mechanisms/alignment.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <numeric>

#include "lab/core/error.h"
#include "lab/core/stop.h"
#include "lab/mechanisms/das.h"
#include "lab/scores/latents.h"
#include "lab/scores/probes.h"
#include "lab/subjects/directions.h"
#include "lab/tensors/tensors.h"

namespace lab {
namespace {

using std::int64_t;

// What all methods look at: a variable's search pairs, and activations where its value is known.
struct Searched {
  const Subject& subject;
  std::string tap;
  int64_t width;
  std::vector<Interchange> pairs;  // one a variable
  at::Tensor acts_BD, values_BV;   // float32

  int64_t variables() const { return values_BV.size(1); }
  // Places that are not there (no exchange) are worth nothing.
  double accuracy(int64_t variable, const Place& place) const {
    poll_stop();
    return interchange_accuracy(subject, pairs[static_cast<std::size_t>(variable)], {place})
        .balanced.value;
  }
};

Searched searched(const Subject& subject, const World& world, const std::string& tap,
                  const std::vector<Gates>& variables, const PlaceSearch& search) {
  Searched s{subject, tap, subject.tap_width(tap), {}, {}, {}};
  for (const Gates& gates : variables) {
    s.pairs.push_back(stratified_interchange(world, gates, "alignment/search", search.pairs));
    const Interchange& of = s.pairs.back();
    const auto effects = of.effective_B().sum().item<int64_t>();
    if (effects == 0 || effects == of.own_BT.size(0)) {
      throw Failure("alignment: " + std::string(effects == 0 ? "no" : "every") + " pair of " +
                    std::to_string(of.looked) + " has an effect when " +
                    world.truth().circuit->name(gates.at(0)) +
                    " is exchanged, so that no place can be told from another");
    }
  }
  const Batch batch = world.sample("alignment/values", 0, std::max<int64_t>(search.pairs, 64));
  s.acts_BD = acts_at(subject, batch, {tap})[0];
  s.values_BV = variable_values(world.truth(), batch, variables).to(at::kFloat);
  return s;
}

// Neurons by falling |correlation| with a variable.
std::vector<int64_t> by_correlation(const Searched& s, int64_t variable) {
  const std::vector<double> found =
      to_vector(pearson(s.acts_BD, s.values_BV.narrow(1, variable, 1)).abs());
  std::vector<int64_t> order(found.size());
  std::iota(order.begin(), order.end(), 0);
  std::ranges::stable_sort(order, std::greater{},
                           [&](int64_t i) { return found[static_cast<std::size_t>(i)]; });
  return order;
}

FoundPlaces best_neurons(const Searched& s, const PlaceSearch& search) {
  FoundPlaces result;
  std::vector<bool> taken(static_cast<std::size_t>(s.width), false);
  double sum = 0;
  for (int64_t v = 0; v < s.variables(); ++v) {
    const std::vector<int64_t> order = by_correlation(s, v);
    std::vector<int64_t> chosen, best;
    double best_accuracy = -1;
    for (int64_t k = 0; k < search.dimensions; ++k) {
      double most = -1;
      int64_t next = -1, tried = 0;
      for (const int64_t neuron : order) {
        if (taken[static_cast<std::size_t>(neuron)]) continue;
        if (tried++ == search.candidates) break;
        ++result.tried;
        std::vector<int64_t> with = chosen;
        with.push_back(neuron);
        const double accuracy = s.accuracy(v, neurons_place(s.tap, with, s.width));
        if (accuracy > most) most = accuracy, next = neuron;
      }
      if (next < 0) break;
      chosen.push_back(next);
      taken[static_cast<std::size_t>(next)] = true;
      if (most > best_accuracy) best_accuracy = most, best = chosen;
    }
    if (best.empty()) throw InputError("alignment: the tap " + s.tap + " has too few neurons");
    for (const int64_t neuron : chosen) taken[static_cast<std::size_t>(neuron)] = false;
    for (const int64_t neuron : best) taken[static_cast<std::size_t>(neuron)] = true;
    result.places.push_back(neurons_place(s.tap, best, s.width));
    sum += best_accuracy;
  }
  result.tried /= s.variables();
  result.search_iia = Score::of(sum / static_cast<double>(s.variables()));
  return result;
}

FoundPlaces best_directions(const Searched& s) {
  FoundPlaces result;
  const at::Tensor rows = at::arange(s.values_BV.size(0));
  const at::Tensor probed_VD = probe_directions(s.acts_BD, s.values_BV, {rows, rows});
  const at::Tensor regressed_VD = estimate_directions(s.values_BV, s.acts_BD).directions_CD;
  double sum = 0;
  for (int64_t v = 0; v < s.variables(); ++v) {
    const at::Tensor on = s.values_BV.select(1, v).gt(.5);
    const auto mean_where = [&](const at::Tensor& chosen) {
      return s.acts_BD.index_select(0, chosen.nonzero().flatten()).mean(0);
    };
    double most = -1;
    Place best;
    for (const at::Tensor& direction_D :
         {probed_VD[v], mean_where(on) - mean_where(at::logical_not(on)), regressed_VD[v]}) {
      ++result.tried;
      if (!(direction_D.norm().item<double>() > 1e-12)) continue;
      const Place place = direction_place(s.tap, direction_D.to(at::kFloat));
      const double accuracy = s.accuracy(v, place);
      if (accuracy > most) most = accuracy, best = place;
    }
    if (most < 0) throw Failure("alignment: no activation at " + s.tap + " varies with a variable");
    result.places.push_back(best);
    sum += most;
  }
  result.tried /= s.variables();
  result.search_iia = Score::of(sum / static_cast<double>(s.variables()));
  return result;
}

FoundPlaces best_subspaces(const Searched& s, const World& world,
                           const std::vector<Gates>& variables, const PlaceSearch& search,
                           int64_t seed) {
  std::vector<Interchange> joint;
  if (variables.size() > 1) {
    joint.push_back(
        stratified_interchange(world, all_gates(variables), "alignment/search", search.pairs));
  }
  FoundPlaces best;
  const Draw draw("mechanisms/alignment", seed);
  for (int64_t start = 0; start < search.starts; ++start) {
    const std::vector<Place> places =
        trained_subspaces(s.subject, s.tap, s.pairs, joint, search, draw, start);
    double sum = 0;
    for (int64_t v = 0; v < s.variables(); ++v) {
      sum += s.accuracy(v, places[static_cast<std::size_t>(v)]);
    }
    const double accuracy = sum / static_cast<double>(s.variables());
    if (best.search_iia.present && accuracy <= best.search_iia.value) continue;
    best.places = places;
    best.search_iia = Score::of(accuracy);
  }
  best.tried = search.starts;
  return best;
}

}  // namespace

at::Tensor variable_values(const Truth& truth, const Batch& batch,
                           const std::vector<Gates>& variables) {
  std::vector<int64_t> first;
  for (const Gates& gates : variables) first.push_back(gates.at(0));
  const at::Tensor inputs_BN = circuit_inputs(truth, batch);
  return node_values(*truth.circuit, inputs_BN).index_select(1, at::tensor(first, at::kLong));
}

Gates all_gates(const std::vector<Gates>& variables) {
  Gates all;
  for (const Gates& gates : variables) all.insert(all.end(), gates.begin(), gates.end());
  return all;
}

FoundPlaces find_places(const Subject& subject, const World& world, const std::string& tap,
                        const std::vector<Gates>& variables, const PlaceSearch& search,
                        std::int64_t seed) {
  if (variables.empty() || std::ranges::any_of(variables, &Gates::empty)) {
    throw InputError("alignment: a variable without gates has no place");
  }
  const at::NoGradGuard no_gradients;
  const Searched s = searched(subject, world, tap, variables, search);
  if (search.method == "neurons") return best_neurons(s, search);
  if (search.method == "direction") return best_directions(s);
  return best_subspaces(s, world, variables, search, seed);
}

}  // namespace lab
