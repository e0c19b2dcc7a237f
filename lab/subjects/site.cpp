#include "lab/subjects/site.h"

#include <ATen/core/grad_mode.h>

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

std::optional<at::Tensor> Site::loss(const Batch& batch, const at::Tensor& acts_BD) const {
  const at::Tensor output_BT =
      subject_.run(batch, [&](std::string_view tap, const at::Tensor& own) {
        return tap == output_tap_ ? acts_BD : own;
      });
  return subject_.loss(output_BT, batch);
}

}  // namespace lab
