#include "lab/decomposers/fit_batches.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "lab/decomposers/activation_cache.h"
#include "lab/decomposers/codes.h"
#include "lab/decomposers/sae_kernels.h"

namespace lab {
namespace {

// √D over the mean norm: after it, activations have the norm √D on average.
double scale_of(const at::Tensor& in_BD) {
  const double norm = in_BD.norm(2, 1).mean().item<double>();
  return norm > 0 ? std::sqrt(static_cast<double>(in_BD.size(1))) / norm : 1;
}

// `count` of the samples, from `first` on.
Batch narrowed(const Batch& batch, std::int64_t first, std::int64_t count) {
  const auto part = [&](const at::Tensor& x) {
    return x.defined() ? x.narrow(0, first, count) : x;
  };
  return {part(batch.inputs_BN),  part(batch.values_BC), part(batch.present_BF),
          part(batch.targets_BT), batch.split,           batch.first + first};
}

}  // namespace

Normaliser::Normaliser(const SaeSettings& settings, const FitData& data)
    : kind_(settings.normalise), across_(data.site.input_tap() != data.site.output_tap()) {
  if (kind_ == "scale") {
    scale_ = scale_of(data.site.acts(data.world, "fit", 0, kFitChunk).in_BD);
  }
}

SaeBatch Normaliser::operator()(const SiteActs& acts) const {
  const auto seen = [&](const at::Tensor& x_BD) {
    if (kind_ == "none") return x_BD.contiguous();
    return kind_ == "scale" ? x_BD * scale_ : normalised(kind_, x_BD).seen_BD;
  };
  const at::Tensor in_BD = seen(acts.in_BD);
  if (!across_) return {in_BD, in_BD};
  return {in_BD, acts.out_BD.contiguous()};
}

Dictionary Normaliser::undone(Dictionary dictionary) const {
  dictionary.across = across_;
  if (kind_ == "scale") {
    dictionary = for_inputs_scaled_by(std::move(dictionary), scale_);
    if (across_) {  // outputs were not scaled: codes are 1/scale of what they were, atoms more
      dictionary.atoms_MD = dictionary.atoms_MD * scale_;
      dictionary.bias_D = dictionary.bias_D * scale_;
    }
    return dictionary;
  }
  dictionary.normalise = kind_;
  return dictionary;
}

FitBatches::FitBatches(const FitData& data, const SaeSettings& settings,
                       const Normaliser& normaliser, bool rows)
    : data_(data),
      normaliser_(normaliser),
      device_(settings.device),
      batch_(settings.batch),
      rows_(settings.train_samples.value_or(settings.steps * settings.batch)),
      rows_wanted_(rows) {}

SaeBatch FitBatches::next() {
  if (at_ == end_) draw();
  const std::int64_t first = at_ - begin_;
  at_ += batch_;
  SaeBatch batch;
  batch.in_BD = chunk_.in_BD.narrow(0, first, batch_);
  const bool same = chunk_.out_BD.is_same(chunk_.in_BD);
  batch.out_BD = same ? batch.in_BD : chunk_.out_BD.narrow(0, first, batch_);
  if (rows_wanted_) {
    rows_of_batch_ = narrowed(drawn_, first, batch_);
    batch.rows = &rows_of_batch_;
  }
  return batch;
}

SiteActs FitBatches::drawn_acts() const {
  const auto draw = [&] { return data_.site.acts(data_.world, "fit", begin_, end_ - begin_); };
  return data_.stream.empty() ? draw() : shared_acts(data_.stream, begin_, end_ - begin_, draw);
}

void FitBatches::draw() {
  const std::int64_t whole = (kFitChunk + batch_ - 1) / batch_ * batch_;
  const std::int64_t first = end_ == rows_ ? 0 : end_;
  at_ = first;
  if (end_ == rows_ && begin_ == 0) return;  // one chunk holds all samples
  begin_ = first;
  end_ = std::min(first + whole, rows_);
  if (rows_wanted_) drawn_ = data_.world.sample("fit", begin_, end_ - begin_);
  chunk_ = normaliser_(rows_wanted_ ? data_.site.acts(drawn_) : drawn_acts());
  variance_ = total_variance(chunk_.out_BD);
  if (device_ != "cpu") {
    const bool same = chunk_.out_BD.is_same(chunk_.in_BD);
    chunk_.in_BD = chunk_.in_BD.to(at::Device(device_));
    chunk_.out_BD = same ? chunk_.in_BD : chunk_.out_BD.to(at::Device(device_));
  }
}

}  // namespace lab
