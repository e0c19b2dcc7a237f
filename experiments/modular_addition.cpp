#include "experiments/modular_addition.h"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/autograd.h>

#include "experiments/stages.h"
#include "lab/core/error.h"
#include "lab/core/rng.h"
#include "lab/scores/modular.h"
#include "lab/subjects/training_data.h"

namespace lab {
namespace {

struct Triples {
  Batch pairs;
  at::Tensor classes_B;
};

// Uniform a, b and c.
Triples draw_triples(const Batch& all, std::int64_t p, std::int64_t count) {
  const Draw draw("score/gradient_symmetricity", 0);
  std::vector<std::int64_t> pairs, classes;
  for (std::int64_t i = 0; i < count; ++i) {
    Words words = draw.at(static_cast<std::uint64_t>(i));
    pairs.push_back(static_cast<std::int64_t>(words.below(static_cast<std::uint64_t>(p * p))));
    classes.push_back(static_cast<std::int64_t>(words.below(static_cast<std::uint64_t>(p))));
  }
  return {select_rows(all, at::tensor(pairs, at::kLong)), at::tensor(classes, at::kLong)};
}

Score symmetricity(const Subject& subject, const Triples& triples) {
  const at::AutoGradMode with_gradients(true);
  at::Tensor embedded;
  const Hook leaf = [&](std::string_view tap, const at::Tensor& acts) {
    if (tap == "embed") embedded = acts.detach().requires_grad_();
    return tap == "embed" ? embedded : acts;
  };
  const at::Tensor logits = subject.run(triples.pairs, leaf);
  const at::Tensor chosen = logits.gather(1, triples.classes_B.unsqueeze(1)).sum();
  const at::Tensor gradient = torch::autograd::grad({chosen}, {embedded})[0];
  const std::int64_t d = gradient.size(1) / 2;
  return gradient_symmetricity(gradient.narrow(1, 0, d), gradient.narrow(1, d, d));
}

// The first token's embedding, a column a residue.
at::Tensor first_embedding(const Subject& subject, const Batch& all, std::int64_t p) {
  at::Tensor embedded;
  subject.run(select_rows(all, at::arange(p, at::kLong) * p),
              [&](std::string_view tap, const at::Tensor& acts) {
                if (tap == "embed") embedded = acts;
                return acts;
              });
  return embedded.narrow(1, 0, embedded.size(1) / 2).t();
}

Scores algorithm_scores(const World& world, const Subject& subject, std::int64_t triples) {
  const std::int64_t p = world.targets();
  const Batch all = world.enumerate(0, p * p);
  Scores scores;
  scores["gradient_symmetricity"] = symmetricity(subject, draw_triples(all, p, triples));
  const at::NoGradGuard no_gradients;
  const at::Tensor logits = subject.run(all), right_B = all.targets_BT.argmax(1);
  scores["accuracy"] =
      Score::of(logits.argmax(1).eq(right_B).to(at::kDouble).mean().item<double>());
  scores["distance_irrelevance"] =
      distance_irrelevance(logits.gather(1, right_B.unsqueeze(1)).view({p, p}));
  for (const auto& [name, score] : fourier_concentration(first_embedding(subject, all, p))) {
    scores[name] = score;
  }
  return scores;
}

void require_addition(const ModularAddition& config) {
  const auto* residues = std::get_if<Residues>(&config.world.kind);
  if (residues == nullptr || residues->task != "sum") {
    throw InputError("modular_addition: the world must be residues with the task sum");
  }
  if (!std::holds_alternative<EmbeddingMlp>(config.subject.kind) &&
      !std::holds_alternative<Attention>(config.subject.kind)) {
    throw InputError("modular_addition: the subject must be embedding_mlp or attention");
  }
}

Product make_modular_addition(const ModularAdditionKey& key, Context& context) {
  const Trained on = trained(key.learn.train, context);
  Product product;
  product.record = context.need(id_of(key_text(key.learn))).record;
  product.record.add(algorithm_scores(*on.world, *on.subject, key.triples));
  const Trained fresh = untrained(key.learn.train);
  for (const auto& [name, score] : algorithm_scores(*fresh.world, *fresh.subject, key.triples)) {
    product.record.add("untrained_" + name, score);
  }
  return product;
}

}  // namespace

StagePtr last_stage(const ModularAddition& config, std::int64_t seed) {
  require_addition(config);
  const TrainKey train = train_key(config.world, config.subject, seed);
  const StagePtr learn = last_stage(Learn{config.world, config.subject}, seed);
  return make_stage(ModularAdditionKey{{train, Learn{}.samples}, config.triples},
                    {train_stage(train), learn}, make_modular_addition);
}

}  // namespace lab
