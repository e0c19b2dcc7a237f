#include "experiments/evaluation_sums.h"

#include <ATen/ATen.h>

#include <algorithm>

#include "lab/core/stop.h"

namespace lab {
namespace {

constexpr std::int64_t whole = 512;  // rows that are encoded together (encode_in_parts)

void add_losses(std::optional<Losses>& losses, const Site& site, const Batch& batch,
                const at::Tensor& acts_BD, const at::Tensor& output_BD, double share) {
  const auto own = site.loss(batch, acts_BD);
  if (!own.has_value()) return;
  if (!losses.has_value()) losses.emplace();
  losses->own += share * own->item<double>();
  losses->reconstruction += share * site.loss(batch, output_BD)->item<double>();
  losses->zero += share * site.loss(batch, at::zeros_like(output_BD))->item<double>();
}

}  // namespace

std::int64_t rows_that_fit(std::int64_t samples, std::int64_t numbers_a_sample, std::int64_t held) {
  const std::int64_t rows = held / std::max<std::int64_t>(1, numbers_a_sample) / whole * whole;
  return std::min(samples, std::max(rows, whole));
}

Batch rows_of(const Batch& batch, std::int64_t first, std::int64_t count) {
  const auto rows = [&](const at::Tensor& x) {
    return x.defined() ? x.narrow(0, first, count) : x;
  };
  return {rows(batch.inputs_BN),  rows(batch.values_BC), rows(batch.present_BF),
          rows(batch.targets_BT), batch.split,           batch.first + first};
}

void for_each_batch(const World& world, const Batch& head, std::int64_t samples, std::int64_t rows,
                    const std::function<void(const Batch&, std::optional<std::int64_t>)>& see) {
  const std::int64_t kept = head.inputs_BN.size(0);
  for (std::int64_t first = 0; first < samples;) {
    poll_stop();
    const bool known = first < kept;
    const std::int64_t count = std::min(rows, (known ? kept : samples) - first);
    if (known) {
      see(rows_of(head, first, count), first);
    } else {
      see(world.sample("eval", first, count), std::nullopt);
    }
    first += count;
  }
}

Coded coded(const Dictionary& dictionary, const at::Tensor& acts_BD) {
  const at::Tensor codes_BM = encode_in_parts(dictionary, acts_BD);
  return {codes_BM, output(dictionary, codes_BM, acts_BD)};
}

EvaluationSums evaluation_sums(const World& world, const Site& site, const Dictionary& dictionary,
                               const Measured& head, const Coded& head_coded, std::int64_t samples,
                               std::int64_t rows) {
  EvaluationSums sums;
  const auto see = [&](const Batch& batch, std::optional<std::int64_t> place) {
    const std::int64_t count = batch.inputs_BN.size(0);
    SiteActs acts;
    Coded here;
    if (place.has_value()) {
      const auto part = [&](const at::Tensor& x) { return x.narrow(0, *place, count); };
      acts = {part(head.acts.in_BD), part(head.acts.out_BD)};
      here = {part(head_coded.codes_BM), part(head_coded.output_BD)};
    } else {
      acts = site.acts(batch);
      here = coded(dictionary, acts.in_BD);
    }
    sums.reconstruction.add(acts.out_BD, here.output_BD);
    add_codes(sums.codes, here.codes_BM);
    sums.moments.add(here.codes_BM, batch.values_BC);
    add_losses(sums.losses, site, batch, acts.out_BD, here.output_BD,
               static_cast<double>(count) / static_cast<double>(samples));
    if (dictionary.signed_codes) return;
    const at::Tensor present_BC = by_coordinate(batch.present_BF, world.truth());
    add_firings(sums.firings, here.codes_BM, present_BC);
    add_sizes(sums.values, batch.values_BC, present_BC);
  };
  for_each_batch(world, head.batch, samples, rows, see);
  return sums;
}

}  // namespace lab
