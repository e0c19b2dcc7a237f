#include "experiments/stages.h"

#include <ATen/ATen.h>

namespace lab {
namespace {

const std::string kCheckpoint = "checkpoint.";  // before the names of a checkpoint's tensors

Product make_train(const TrainKey& key, Context& context) {
  const Trained start = untrained(key);
  Product product;
  product.record = start.subject->train(*start.world, context.stop());
  product.tensors = to_safetensors(start.subject->weights());
  return product;
}

// The fit whose atoms this one takes over, where there is one.
std::optional<FitKey> stands_on(const FitKey& key) {
  const auto* refit = std::get_if<Refit>(&key.decomposer.kind);
  if (refit == nullptr) return std::nullopt;
  return FitKey{key.train, key.site, *refit->decomposer};
}

Product make_fit(const FitKey& key, Context& context) {
  const Trained on = trained(key.train, context);
  const Site site(*on.subject, key.site);
  const FitData data{*on.world,
                     *on.subject,
                     site,
                     on.subject->planted(site.output_tap()),
                     context.stop(),
                     id_of(key_text(key.train)) + " " + site.input_tap() + " " + site.output_tap()};
  const std::int64_t seed = key.decomposer.seed.value_or(0);
  const std::optional<FitKey> inner = stands_on(key);
  const Fitted result = inner ? refit(std::get<Refit>(key.decomposer.kind), fitted(*inner, context),
                                      data, inner->decomposer.seed.value_or(0))
                              : fit(key.decomposer, data, seed);
  Tensors tensors = to_tensors(result.dictionary);
  for (const auto& [steps, dictionary] : result.checkpoints) {
    for (const auto& [name, tensor] : to_tensors(dictionary)) {
      tensors[kCheckpoint + std::to_string(steps) + "." + name] = tensor;
    }
  }
  return {result.record, to_safetensors(tensors)};
}

}  // namespace

TrainKey train_key(const WorldConfig& world, const SubjectConfig& subject, std::int64_t seed) {
  TrainKey key{world, subject};
  resolve_files(key.world);
  key.world.seed = world.seed.value_or(seed);
  key.subject.seed.reset();
  if (uses_seed(subject)) key.subject.seed = subject.seed.value_or(seed);
  return key;
}

FitKey fit_key(const TrainKey& train, const SiteConfig& site, const DecomposerConfig& decomposer,
               std::int64_t seed) {
  FitKey key{train, site, decomposer};
  resolve_files(key.decomposer);
  settle_seeds(key.decomposer, seed);
  return key;
}

Trained untrained(const TrainKey& key) {
  Trained result;
  result.world = make_world(key.world, key.world.seed.value());
  result.subject = make_subject(key.subject, *result.world, key.subject.seed.value_or(0));
  return result;
}

Trained trained(const TrainKey& key, Context& context) {
  Trained result = untrained(key);
  const std::string id = id_of(key_text(key));
  const std::string weights = context.need(id).tensors;  // empty for a subject without weights
  if (!weights.empty()) result.subject->set_weights(from_safetensors(weights, "stage " + id));
  return result;
}

Dictionary fitted(const FitKey& key, Context& context) {
  const std::string id = id_of(key_text(key));
  return dictionary_from_tensors(from_safetensors(context.need(id).tensors, "stage " + id));
}

std::map<std::int64_t, Dictionary> checkpoints(const FitKey& key, Context& context) {
  const std::string id = id_of(key_text(key));
  std::map<std::int64_t, Tensors> by_steps;
  for (const auto& [name, tensor] : from_safetensors(context.need(id).tensors, "stage " + id)) {
    if (!name.starts_with(kCheckpoint)) continue;
    const std::size_t end = name.find('.', kCheckpoint.size());
    const std::string steps = name.substr(kCheckpoint.size(), end - kCheckpoint.size());
    by_steps[std::stoll(steps)][name.substr(end + 1)] = tensor;
  }
  std::map<std::int64_t, Dictionary> all;
  for (const auto& [steps, tensors] : by_steps) all[steps] = dictionary_from_tensors(tensors);
  return all;
}

Product without_backtraces(const std::function<Product()>& make) {
  try {
    return make();
  } catch (const c10::Error& error) {
    const std::string text = error.what_without_backtrace();
    throw Failure("LibTorch: " + text.substr(0, text.find('\n')));
  }
}

StagePtr train_stage(const TrainKey& key) {
  return make_stage(key, {}, make_train);
}

StagePtr fit_stage(const FitKey& key) {
  std::vector<StagePtr> needs{train_stage(key.train)};
  if (const auto inner = stands_on(key)) needs.push_back(fit_stage(*inner));
  return make_stage(key, std::move(needs), make_fit);
}

}  // namespace lab
