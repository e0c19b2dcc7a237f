// The stages that experiments share, and what comes back from them.
#pragma once

#include <functional>
#include <map>
#include <memory>

#include "experiments/keys.h"
#include "lab/core/hash.h"
#include "lab/sweep/stage.h"

namespace lab {

// A world and a subject with its weights, rebuilt from a key and the stage's product.
struct Trained {
  std::unique_ptr<World> world;
  std::unique_ptr<Subject> subject;
};

// The key of a subject trained on a world in a run with this seed: files resolved, seeds filled in, those
// that are not used left out.
TrainKey train_key(const WorldConfig& world, const SubjectConfig& subject, std::int64_t seed);

// The key of a dictionary fitted there: likewise.
FitKey fit_key(const TrainKey& train, const SiteConfig& site, const DecomposerConfig& decomposer,
               std::int64_t seed);

StagePtr train_stage(const TrainKey& key);
StagePtr fit_stage(const FitKey& key);

// The key's world and its subject as initialised, before any training.
Trained untrained(const TrainKey& key);
Trained trained(const TrainKey& key, Context& context);
Dictionary fitted(const FitKey& key, Context& context);
// The dictionaries of SaeSettings::checkpoints, by steps.
std::map<std::int64_t, Dictionary> checkpoints(const FitKey& key, Context& context);

// Calls `make`; what LibTorch throws becomes a Failure of one line, without its backtrace.
Product without_backtraces(const std::function<Product()>& make);

// A stage from its key: `make(key, context)` computes the product.
template <Config Key>
StagePtr make_stage(const Key& key, std::vector<StagePtr> needs,
                    Product (*make)(const Key& key, Context& context)) {
  Stage stage;
  stage.name = Key::stage;
  stage.key = key_text(key);
  stage.id = id_of(stage.key);
  stage.needs = std::move(needs);
  stage.make = [key, make](Context& context) {
    const StopScope scope(context.stop());
    return without_backtraces([&] { return make(key, context); });
  };
  return std::make_shared<const Stage>(std::move(stage));
}

}  // namespace lab
