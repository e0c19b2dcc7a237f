#include "lab/subjects/site.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <algorithm>
#include <bit>

#include "lab/core/stop.h"

namespace lab {

Site::Site(const Subject& subject, const SiteConfig& config)
    : subject_(subject),
      input_tap_(config.tap.empty() ? subject.default_tap() : config.tap),
      output_tap_(config.output_tap.empty() ? input_tap_ : config.output_tap) {
  subject.tap_width(input_tap_);  // throws where there is no such tap
  subject.tap_width(output_tap_);
}

std::int64_t Site::input_width() const {
  return subject_.tap_width(input_tap_);
}
std::int64_t Site::output_width() const {
  return subject_.tap_width(output_tap_);
}

SiteActs Site::acts(const Batch& batch) const {
  const at::NoGradGuard no_gradients;
  SiteActs acts;
  subject_.run(batch, [&](std::string_view tap, const at::Tensor& acts_BD) {
    if (tap == input_tap_) acts.in_BD = acts_BD;
    if (tap == output_tap_) acts.out_BD = acts_BD;
    return acts_BD;
  });
  return acts;
}

SiteActs Site::acts(const World& world, const std::string& split, std::int64_t first,
                    std::int64_t count) const {
  constexpr std::int64_t cached = 1 << 16;  // values of features at once
  const auto features =
      static_cast<std::uint64_t>(std::max<std::int64_t>(1, world.truth().coordinates()));
  const auto size =
      std::max<std::int64_t>(16, cached / static_cast<std::int64_t>(std::bit_ceil(features)));
  if (count <= size) return acts(world.sample(split, first, count));
  SiteActs all{at::empty({count, input_width()}), {}};
  all.out_BD = output_tap_ == input_tap_ ? all.in_BD : at::empty({count, output_width()});
  const StopToken* const stop = StopScope::current();  // LibTorch's other threads have no scope
  at::parallel_for(0, (count + size - 1) / size, 1, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t piece = begin; piece < end; ++piece) {
      if (stop != nullptr) stop->check();
      const std::int64_t from = piece * size, rows = std::min(size, count - from);
      const SiteActs part = acts(world.sample(split, first + from, rows));
      all.in_BD.narrow(0, from, rows).copy_(part.in_BD);
      if (output_tap_ != input_tap_) all.out_BD.narrow(0, from, rows).copy_(part.out_BD);
    }
  });
  return all;
}

std::optional<at::Tensor> Site::loss(const Batch& batch, const at::Tensor& acts_BD) const {
  const at::Tensor output_BT =
      subject_.run(batch, [&](std::string_view tap, const at::Tensor& own) {
        return tap == output_tap_ ? acts_BD : own;
      });
  return subject_.loss(output_BT, batch);
}

}  // namespace lab
