#include "lab/subjects/attention.h"

#include <ATen/ATen.h>

#include <cmath>

#include "lab/subjects/activation.h"
#include "lab/subjects/tapped.h"
#include "lab/subjects/two_tokens.h"
#include "lab/worlds/world.h"

namespace lab {
namespace {

// The places of the parameters.
enum Param : std::size_t {
  kEmbed,
  kPosition,
  kQuery,
  kKey,
  kValue,
  kOut,
  kIn,
  kInBias,
  kDown,
  kDownBias,
  kUnembed
};

class AttentionSubject final : public TwoTokenSubject {
 public:
  AttentionSubject(const Attention& config, const World& world, std::int64_t seed)
      : TwoTokenSubject(Attention::name, config.training, world, seed),
        rate_(config.rate),
        heads_(config.heads),
        activation_(activation_named(config.activation).apply) {
    const std::int64_t d = config.width, m = config.mlp;
    const double by_width = 1 / std::sqrt(static_cast<double>(d));
    add_normal("embed.weight", d, tokens_, by_width);
    add_normal("position.weight", 2, d, by_width);
    for (const char* name : {"query.weight", "key.weight", "value.weight", "attn.out.weight"}) {
      add_normal(name, d, d, by_width);
    }
    add_normal("layer0.in.weight", m, d, 1 / std::sqrt(static_cast<double>(m)));
    add("layer0.in.bias", at::zeros({m}));
    add_normal("layer0.out.weight", d, m, by_width);
    add("layer0.out.bias", at::zeros({d}));
    add_normal("output.weight", targets_, d, 1 / std::sqrt(static_cast<double>(targets_)));
    taps_ = {{"embed", 2 * d},  {"attn.out", d},    {"resid_mid", d},
             {"layer0.pre", m}, {"layer0.post", m}, {"output", targets_}};
  }

 private:
  at::Tensor forward(const std::vector<at::Tensor>& params, const Batch& batch,
                     const Hook& hook) const override {
    const auto embedded = [&](std::int64_t token) {
      return at::mm(batch.inputs_BN.narrow(1, token * tokens_, tokens_), params[kEmbed].t());
    };
    const at::Tensor both = tapped(hook, "embed", at::cat({embedded(0), embedded(1)}, 1));
    const std::int64_t d = both.size(1) / 2;
    const at::Tensor first = both.narrow(1, 0, d) + params[kPosition][0];
    const at::Tensor second = both.narrow(1, d, d) + params[kPosition][1];
    const at::Tensor out = tapped(hook, "attn.out", attended(params, first, second));
    const at::Tensor mid = tapped(hook, "resid_mid", second + out);
    const at::Tensor pre =
        tapped(hook, "layer0.pre", at::addmm(params[kInBias], mid, params[kIn].t()));
    const at::Tensor post = tapped(hook, "layer0.post", activation_(pre));
    const at::Tensor stream = mid + at::addmm(params[kDownBias], post, params[kDown].t());
    return tapped(hook, "output", at::mm(stream, params[kUnembed].t()));
  }

  // What attention adds at the second position.
  at::Tensor attended(const std::vector<at::Tensor>& params, const at::Tensor& first_BD,
                      const at::Tensor& second_BD) const {
    const std::int64_t samples = first_BD.size(0), head = first_BD.size(1) / heads_;
    const auto read = [&](Param by, const at::Tensor& x_BD) {
      return at::mm(x_BD, params[by].t()).view({samples, heads_, head});
    };
    // Of two scores the softmax is the logistic function of their difference.
    const at::Tensor query = read(kQuery, second_BD), keys = read(kKey, first_BD - second_BD);
    const at::Tensor share =
        (query * keys).sum(2, true).div(std::sqrt(static_cast<double>(head))).sigmoid();
    const at::Tensor first_weight = share * rate_ + (1 - rate_);
    const at::Tensor second_weight = (1 - share) * rate_ + (1 - rate_);
    const at::Tensor mixed =
        read(kValue, first_BD) * first_weight + read(kValue, second_BD) * second_weight;
    return at::mm(mixed.view({samples, heads_ * head}), params[kOut].t());
  }

  double rate_;
  std::int64_t heads_;
  Activation::Apply activation_;
};

}  // namespace

void Attention::fields(Fields& f) {
  f("rate", rate, between(0, 1), "attention rate: 0 constant attention, 1 softmax attention");
  f("width", width, between(1, 65'536), "width of the residual stream");
  f("heads", heads, at_least(1), "attention heads, each of width/heads numbers");
  f("mlp", mlp, between(1, 65'536), "neurons of the MLP");
  f("activation", activation, one_of(activation_names()), "non-linearity, as in the mlp");
  f("training", training, any(), "how it is trained");
  f.require(heads >= 1 && width % heads == 0, "heads", "must divide width");
}

std::unique_ptr<Subject> make_subject(const Attention& config, const World& world,
                                      std::int64_t seed) {
  return std::make_unique<AttentionSubject>(config, world, seed);
}

}  // namespace lab
