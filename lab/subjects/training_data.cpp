#include "lab/subjects/training_data.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <string_view>
#include <unordered_set>

#include "lab/core/error.h"
#include "lab/core/rng.h"

namespace lab {
namespace {

std::string_view bytes_of_row(const at::Tensor& contiguous_BN, std::int64_t row) {
  const std::int64_t columns = contiguous_BN.size(1);
  return {reinterpret_cast<const char*>(contiguous_BN.const_data_ptr<float>() + row * columns),
          static_cast<std::size_t>(columns) * sizeof(float)};
}

// The rows of `batch` whose inputs are no row of `set`.
Batch without(const Batch& batch, const Batch& set) {
  const at::Tensor known = set.inputs_BN.contiguous(), inputs = batch.inputs_BN.contiguous();
  std::unordered_set<std::string_view> seen;
  for (std::int64_t b = 0; b < known.size(0); ++b) seen.insert(bytes_of_row(known, b));
  std::vector<std::int64_t> rows;
  for (std::int64_t b = 0; b < inputs.size(0); ++b) {
    if (!seen.contains(bytes_of_row(inputs, b))) rows.push_back(b);
  }
  return select_rows(batch, at::tensor(rows, at::kLong));
}

Batch all_inputs(const World& world) {
  const std::optional<std::int64_t> support = world.support();
  if (!support || *support > kMostListedInputs) {
    throw InputError(
        "training.data: this world's inputs cannot be listed, or are more than 2^20; "
        "choose the kind online or fixed");
  }
  return world.enumerate(0, *support);
}

}  // namespace

Batch select_rows(const Batch& batch, const at::Tensor& rows) {
  const auto selected = [&](const at::Tensor& x) {
    return x.defined() ? x.index_select(0, rows) : x;
  };
  return {selected(batch.inputs_BN),
          selected(batch.values_BC),
          selected(batch.present_BF),
          selected(batch.targets_BT),
          batch.split,
          batch.first};
}

TrainingData::TrainingData(const DataConfig& config, const World& world, std::int64_t batch,
                           std::int64_t test_samples, std::int64_t seed)
    : config_(config), world_(world), batch_(batch), test_samples_(test_samples), seed_(seed) {
  if (const auto* fixed = std::get_if<FixedData>(&config.kind)) {
    set_ = world.sample_task("train", 0, fixed->samples);
    full_batch_ = fixed->full_batch;
  } else if (const auto* listed = std::get_if<ListedData>(&config.kind)) {
    set_ = all_inputs(world);
    full_batch_ = listed->full_batch;
    const std::int64_t all = set_->inputs_BN.size(0);
    const auto kept =
        std::max<std::int64_t>(1, std::llround(listed->share * static_cast<double>(all)));
    if (kept == all) return;
    const at::Tensor order =
        at::tensor(Draw("training/share", seed).at(0).permutation(all), at::kLong);
    rest_ = select_rows(*set_, std::get<0>(order.narrow(0, kept, all - kept).sort()));
    set_ = select_rows(*set_, std::get<0>(order.narrow(0, 0, kept).sort()));
  }
}

void TrainingData::shuffle(std::int64_t epoch) {
  if (epoch == epoch_) return;
  Words words = Draw("training/order", seed_).at(static_cast<std::uint64_t>(epoch));
  order_ = at::tensor(words.permutation(set_->inputs_BN.size(0)), at::kLong);
  epoch_ = epoch;
}

Batch TrainingData::batch(std::int64_t step) {
  if (!set_) return world_.sample_task("train", step * batch_, batch_);
  if (full_batch_) return *set_;
  const std::int64_t size = set_->inputs_BN.size(0);
  const std::int64_t steps = (size + batch_ - 1) / batch_;  // of an epoch
  shuffle(step / steps);
  const std::int64_t first = step % steps * batch_;
  return select_rows(*set_, order_.narrow(0, first, std::min(batch_, size - first)));
}

Batch TrainingData::held_out() const {
  if (std::holds_alternative<ListedData>(config_.kind)) {
    return rest_ ? *rest_ : select_rows(*set_, at::empty({0}, at::kLong));
  }
  const Batch test = world_.sample_task("test", 0, test_samples_);
  return set_ ? without(test, *set_) : test;
}

}  // namespace lab
