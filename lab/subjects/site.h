// A site is what a decomposer is fitted on: a subject with an input tap and an output tap. They are
// the same one, except for transcoders, which predict one tap from another.
#pragma once

#include <string>

#include "lab/subjects/subject.h"

namespace lab {

struct SiteConfig {
  std::string tap;  // both taps, unless `output_tap` says otherwise
  std::string output_tap;

  void fields(Fields& f) {
    f("tap", tap, any(), "tap that is decomposed; empty: the subject's usual one");
    f("output_tap", output_tap, any(),
      "tap that is reconstructed; empty: the same (else a transcoder)");
  }
};

struct SiteActs {
  at::Tensor in_BD;
  at::Tensor out_BD;
};

class Site {
 public:
  // Throws InputError when the subject has no such tap. Refers to `subject`.
  Site(const Subject& subject, const SiteConfig& config);

  const std::string& input_tap() const { return input_tap_; }
  const std::string& output_tap() const { return output_tap_; }
  std::int64_t input_width() const;
  std::int64_t output_width() const;

  SiteActs acts(const Batch& batch) const;  // without gradients

  // Those of samples first … first+count−1 of a split. They are drawn in pieces that stay in the cache, on as many threads
  // as LibTorch uses: a world of many features is never held for all samples at once.
  SiteActs acts(const World& world, const std::string& split, std::int64_t first,
                std::int64_t count) const;

  // The subject's mean task loss when the output tap holds `acts_BD` instead of its own, or nothing
  // when the subject has no task. Differentiable in acts_BD.
  std::optional<at::Tensor> loss(const Batch& batch, const at::Tensor& acts_BD) const;

 private:
  const Subject& subject_;
  std::string input_tap_, output_tap_;
};

}  // namespace lab
