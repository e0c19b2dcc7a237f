#include "lab/knockoffs/consumer.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <memory>

#include "lab/core/error.h"
#include "lab/core/rng.h"
#include "lab/subjects/subject.h"

namespace lab {
namespace {

Batch rows_of(const Batch& all, const std::vector<std::int64_t>& rows, const std::string& split) {
  const at::Tensor index = at::tensor(rows, at::kLong);
  return {all.inputs_BN.index_select(0, index),
          all.values_BC.index_select(0, index),
          all.present_BF.index_select(0, index),
          all.targets_BT.index_select(0, index),
          split,
          0};
}

// A finite set of samples as a world: what the consumer sees instead of the true one. Its inputs are
// activations.
class SamplesWorld final : public World {
 public:
  SamplesWorld(const Truth& truth, Batch samples) : samples_(std::move(samples)) {
    truth_ = truth;
    inputs_ = samples_.inputs_BN.size(1);
    targets_ = samples_.targets_BT.size(1);
  }

  std::int64_t count() const { return samples_.inputs_BN.size(0); }

  // The samples over and over; whole rounds are given without a copy.
  Batch sample(const std::string& split, std::int64_t first, std::int64_t n) const override {
    if (first % count() == 0 && n == count()) return samples_;
    std::vector<std::int64_t> rows(static_cast<std::size_t>(n));
    for (std::int64_t i = 0; i < n; ++i) rows[static_cast<std::size_t>(i)] = (first + i) % count();
    return rows_of(samples_, rows, split);
  }

 private:
  Batch samples_;
};

std::unique_ptr<Subject> network(const MlpConsumer& config, const SamplesWorld& samples,
                                 std::int64_t seed) {
  Mlp mlp{.widths = config.widths, .activation = config.activation, .init = config.init};
  mlp.training = {.steps = config.steps,
                  .batch = samples.count(),
                  .loss = {CrossEntropy{}},
                  .optimizer = config.optimizer,
                  .log_every = config.log_every};
  return make_subject(mlp, samples, seed);
}

double accuracy(const Subject& subject, const Batch& batch) {
  const at::NoGradGuard no_gradients;
  const at::Tensor said = subject.run(batch).argmax(1), right = batch.targets_BT.argmax(1);
  return said.eq(right).to(at::kDouble).mean().item<double>();
}

void require_one_hot(const at::Tensor& targets_BT) {
  const bool one_hot = targets_BT.size(1) > 1 &&
                       ((targets_BT == 0) | (targets_BT == 1)).all().item<bool>() &&
                       (targets_BT.sum(1) == 1).all().item<bool>();
  if (!one_hot) {
    throw InputError("consumer: the world's targets are not one class each; use residues");
  }
}

}  // namespace

InputSplit split_support(std::int64_t count, double share, std::int64_t seed) {
  if (count < 2) throw InputError("consumer: at least two inputs are needed to hold one out");
  const auto wanted = static_cast<std::int64_t>(std::floor(share * static_cast<double>(count)));
  const std::int64_t train = std::clamp<std::int64_t>(wanted, 1, count - 1);
  std::vector<std::int64_t> order = Draw("consumer/split", seed).at(0).permutation(count);
  InputSplit split{{order.begin(), order.begin() + train}, {order.begin() + train, order.end()}};
  std::sort(split.train.begin(), split.train.end());
  std::sort(split.held_out.begin(), split.held_out.end());
  return split;
}

Record consume(const ConsumerConfig& config, const World& world, const at::Tensor& frames_CD,
               std::int64_t seed, const StopToken& stop) {
  if (!world.support().has_value()) {
    throw InputError("consumer: this world's inputs cannot be listed; use residues");
  }
  Batch all = world.enumerate(0, *world.support());
  require_one_hot(all.targets_BT);
  all.inputs_BN = all.values_BC.mm(frames_CD.to(at::kFloat));

  const InputSplit split = split_support(all.inputs_BN.size(0), config.train_share, seed);
  const SamplesWorld samples(world.truth(), rows_of(all, split.train, "train"));
  const Batch held_out = rows_of(all, split.held_out, "held out");
  const auto subject =
      std::visit([&](const auto& kind) { return network(kind, samples, seed); }, config.kind);
  Record record = subject->train(samples, stop);
  record.add("held_out_accuracy", Score::of(accuracy(*subject, held_out)));
  record.add("train_accuracy",
             Score::of(accuracy(*subject, samples.sample("train", 0, samples.count()))));
  record.add("chance", Score::of(held_out.targets_BT.mean(0).max().item<double>()));
  return record;
}

}  // namespace lab
