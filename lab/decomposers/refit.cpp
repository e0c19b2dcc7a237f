#include "lab/decomposers/refit.h"

#include "lab/core/error.h"
#include "lab/decomposers/fit_samples.h"

namespace lab {

void Refit::fields(Fields& f) {
  f("decomposer", *decomposer, required(), "what the atoms are learned by");
  f("encoder", encoder, any(), "how codes are found for them");
}

Fitted refit(const Refit& config, const Dictionary& learned, const FitData& data,
             std::int64_t seed) {
  require_one_tap(data, Refit::name);
  if (learned.skip_OD.defined()) {
    throw Failure("refit: the dictionary has a skip connection; its codes cannot be found anew");
  }
  if (learned.normalise != "none" && std::holds_alternative<TrainedCodes>(config.encoder.kind)) {
    throw Failure("refit: the dictionary normalises its samples (" + learned.normalise +
                  "); its encoder cannot be trained anew, take another");
  }
  Fitted found = with_encoder(config.encoder, {learned.atoms_MD, learned.bias_D, {}}, data, seed);
  found.dictionary.normalise = learned.normalise;
  return found;
}

Fitted fit_refit(const Refit& config, const FitData& data, std::int64_t seed) {
  const std::int64_t own = config.decomposer->seed.value_or(seed);
  return refit(config, fit(*config.decomposer, data, own).dictionary, data,
               uses_seed(*config.decomposer) ? own : 0);
}

}  // namespace lab
