#include "experiments/compute.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <utility>

#include "experiments/stages.h"
#include "lab/core/error.h"
#include "lab/scores/computation.h"
#include "lab/worlds/rotations.h"

namespace lab {
namespace {

constexpr std::int64_t kBatch = 256;             // samples at once
constexpr std::size_t kMostRows = 2000;          // of the table "computed"
constexpr std::int64_t kMostListed = 2'000'000;  // inputs that all_up_to may list

void list_fields(Fields& f, std::int64_t& samples, std::optional<std::int64_t>& all_up_to,
                 double& epsilon) {
  f("samples", samples, between(2, 10'000'000), "samples of the split eval that are scored");
  f("all_up_to", all_up_to, at_least(0),
    "boolean worlds of up to 24 inputs: score each input with at most this many ones once, "
    "instead");
  f("epsilon", epsilon, above(0), "what epsilon_accuracy allows");
}

// Batches of all inputs with at most `most` ones, in ascending order of their numbers.
class Listed {
 public:
  Listed(const World& world, std::int64_t most) : world_(world) {
    const auto support = world.support();
    if (!support || !world.boolean_targets()) {
      throw InputError("all_up_to: the inputs of this world cannot be listed");
    }
    for (std::int64_t number = 0; number < *support; ++number) {
      if (std::popcount(static_cast<std::uint64_t>(number)) <= most) numbers_.push_back(number);
    }
    if (static_cast<std::int64_t>(numbers_.size()) > kMostListed) {
      throw InputError("all_up_to: these are too many inputs; take fewer ones");
    }
  }
  std::int64_t size() const { return static_cast<std::int64_t>(numbers_.size()); }

  Batch batch(std::int64_t first, std::int64_t count) const {
    std::vector<at::Tensor> inputs, values, present, targets;
    for (std::int64_t i = first; i < first + count; ++i) {
      const Batch one = world_.enumerate(numbers_[static_cast<std::size_t>(i)], 1);
      inputs.push_back(one.inputs_BN);
      values.push_back(one.values_BC);
      present.push_back(one.present_BF);
      targets.push_back(one.targets_BT);
    }
    return {at::cat(inputs), at::cat(values), at::cat(present), at::cat(targets), "all", first};
  }

 private:
  const World& world_;
  std::vector<std::int64_t> numbers_;
};

// What the world knows of its outputs.
class Facts {
 public:
  explicit Facts(const World& world)
      : world_(world), rotations_(rotation_angles(world).has_value()) {
    if (!world.encoding() || !world.boolean_targets()) return;
    const auto pairs = output_pairs(*world.truth().circuit);
    if (!pairs) return;
    std::vector<std::int64_t> first, second;
    for (const auto& [i, j] : *pairs) {
      first.push_back(i);
      second.push_back(j);
    }
    first_ = at::tensor(first, at::kLong);
    second_ = at::tensor(second, at::kLong);
  }

  ComputationFacts of(const Batch& batch) const {
    ComputationFacts facts;
    if (world_.boolean_targets()) {
      facts.active_BT = batch.targets_BT > .5;
    } else if (rotations_) {
      facts.active_BT = batch.present_BF.repeat_interleave(2, 1);
    } else if (batch.values_BC.sizes() == batch.targets_BT.sizes()) {
      facts.active_BT = batch.values_BC > 0;
    }
    if (first_.defined()) {
      const at::Tensor ones = (batch.inputs_BN > .5).to(at::kLong);
      facts.classes_BT = ones.index_select(1, first_) + ones.index_select(1, second_);
    }
    return facts;
  }

 private:
  const World& world_;
  bool rotations_;             // two outputs a circuit, active together
  at::Tensor first_, second_;  // inputs of every output's gate
};

bool is_plus_relu(const WorldConfig& world) {
  const auto* sparse = std::get_if<Sparse>(&world.kind);
  return sparse != nullptr && sparse->targets == "plus_relu";
}

std::int64_t hidden_neurons(const Subject& subject) {
  std::int64_t neurons = 0;
  for (const Tap& tap : subject.taps()) {
    if (tap.name.ends_with(".post")) neurons = tap.width;
  }
  return neurons;
}

// Mean losses over batches.
struct Losses {
  double task = 0, nothing = 0, naive = 0, nothing_squares = 0;
  bool has_task = false;
};

void add_losses(Losses& losses, const Subject& subject, const at::Tensor& outputs,
                const Batch& batch, bool plus_relu, std::int64_t neurons) {
  const auto count = static_cast<double>(outputs.size(0));
  const at::Tensor nothing = plus_relu ? batch.values_BC : at::zeros_like(outputs);
  losses.nothing_squares += (nothing - batch.targets_BT).square().mean().item<double>() * count;
  const auto task = subject.loss(outputs, batch);
  if (!task) return;
  losses.has_task = true;
  losses.task += task->item<double>() * count;
  if (subject.decision_threshold() == 0.) return;  // logits: 0 is no output that says nothing
  const std::int64_t right = std::min(neurons, outputs.size(1));
  const at::Tensor naive = at::cat(
      {batch.targets_BT.narrow(1, 0, right), nothing.narrow(1, right, outputs.size(1) - right)}, 1);
  losses.nothing += subject.loss(nothing, batch)->item<double>() * count;
  losses.naive += subject.loss(naive, batch)->item<double>() * count;
}

// `neurons_are_outputs`: whether a neuron can do an output by itself.
void add_loss_scores(Record& record, const Losses& losses, double samples, bool logits,
                     bool neurons_are_outputs) {
  const auto score = [&](double sum, bool there, const char* reason) {
    return there ? Score::of(sum / samples) : Score::absent(reason);
  };
  const char* none = "this subject has no task";
  record.add("task_loss", score(losses.task, losses.has_task, none));
  const char* why = losses.has_task ? "outputs are logits, of which 0 says something" : none;
  record.add("do_nothing_loss", score(losses.nothing, losses.has_task && !logits, why));
  record.add("naive_loss", neurons_are_outputs
                               ? score(losses.naive, losses.has_task && !logits, why)
                               : Score::absent("an output of this world takes more than a neuron"));
  record.add("do_nothing_rmse", Score::of(std::sqrt(losses.nothing_squares / samples)));
}

std::vector<std::string> output_names(const World& world) {
  std::vector<std::string> names;
  if (world.truth().circuit && world.boolean_targets()) {
    for (const circuits::Output& output : world.truth().circuit->outputs()) {
      names.push_back(output.name);
    }
  }
  return names;
}

Product make_compute(const ComputeKey& key, Context& context) {
  const at::NoGradGuard no_gradients;
  const Trained on = trained(key.train, context);
  if (on.world->targets() < 1 || on.subject->tap_width("output") != on.world->targets()) {
    throw InputError("compute: this subject does not say what the world wants to know");
  }
  const Facts facts(*on.world);
  std::optional<Listed> listed;
  if (key.all_up_to) listed.emplace(*on.world, *key.all_up_to);
  const std::int64_t samples = listed ? listed->size() : key.samples;
  const std::optional<double> threshold = on.subject->decision_threshold();
  const bool logits = threshold == 0.;
  const std::int64_t neurons = hidden_neurons(*on.subject);

  Computation computation;
  Losses losses;
  for (std::int64_t first = 0; first < samples; first += kBatch) {
    poll_stop();
    const std::int64_t count = std::min(kBatch, samples - first);
    const Batch batch =
        listed ? listed->batch(first, count) : on.world->sample("eval", first, count);
    const at::Tensor outputs = on.subject->run(batch);
    add_losses(losses, *on.subject, outputs, batch, is_plus_relu(key.train.world), neurons);
    const bool bits = on.world->boolean_targets() && threshold.has_value();
    add_batch(computation, logits ? at::sigmoid(outputs) : outputs, batch.targets_BT,
              facts.of(batch), bits ? std::optional<double>(.5) : std::nullopt);
  }

  Product product{context.need(id_of(key_text(key.train))).record, ""};
  Record& record = product.record;
  record.add(computation_scores(computation, key.epsilon));
  add_loss_scores(record, losses, static_cast<double>(samples), logits,
                  !rotation_angles(*on.world).has_value());
  record.add("hidden_neurons", Score::of(static_cast<double>(neurons)));
  record.add("outputs", Score::of(static_cast<double>(on.world->targets())));
  if (computation.worst.size() <= kMostRows) {
    record.tables["computed"] = computation_table(computation, output_names(*on.world));
  }
  return product;
}

}  // namespace

void Compute::fields(Fields& f) {
  f("world", world, required(), "what is to be computed");
  f("subject", subject, required(), "what computes it");
  list_fields(f, samples, all_up_to, epsilon);
}

void ComputeKey::fields(Fields& f) {
  f("train", train, required(), "the subject");
  list_fields(f, samples, all_up_to, epsilon);
}

StagePtr last_stage(const Compute& config, std::int64_t seed) {
  const TrainKey train = train_key(config.world, config.subject, seed);
  return make_stage(ComputeKey{train, config.samples, config.all_up_to, config.epsilon},
                    {train_stage(train)}, make_compute);
}

}  // namespace lab
