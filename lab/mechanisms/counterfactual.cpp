#include "lab/mechanisms/counterfactual.h"

#include <ATen/ATen.h>

#include "lab/core/error.h"

namespace lab {

Scores counterfactual_scores(const Subject& subject, const Truth& truth, const Interchange& of,
                             const Gates& gates, const std::vector<Place>& places) {
  const at::NoGradGuard no_gradients;
  const std::string tap_of_places = places.empty() ? "" : places.front().tap;
  for (const Place& place : places) {
    if (place.tap != tap_of_places) {
      throw InputError("counterfactual scores: the places must be at one tap, not at " +
                       tap_of_places + " and " + place.tap);
    }
  }
  if (places.empty())
    throw InputError("counterfactual scores: no place is given (no_place is one)");
  const Iia inside = interchange_accuracy(subject, of, places);

  const at::Tensor source_BD = acts_at(subject, of.pairs.source, {tap_of_places})[0];
  const at::Tensor output =
      subject.run(of.pairs.base, [&](std::string_view tap, const at::Tensor& acts_BD) {
        if (tap != tap_of_places) return acts_BD;
        at::Tensor acts = source_BD;
        for (const Place& place : places) acts = place.exchange(acts, acts_BD);
        return acts;
      });
  const Interchange reversed = interchange(truth, {of.pairs.source, of.pairs.base}, gates);
  const Iia outside =
      interchange_accuracy(decisions(subject, output), reversed.wanted_BT, reversed.own_BT);
  return {{"sufficiency", inside.effective},
          {"independence", inside.ineffective},
          {"necessity", outside.effective},
          {"completeness", outside.ineffective}};
}

}  // namespace lab
