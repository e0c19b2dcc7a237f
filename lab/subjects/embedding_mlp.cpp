#include "lab/subjects/embedding_mlp.h"

#include <ATen/ATen.h>

#include <cmath>

#include "lab/subjects/activation.h"
#include "lab/subjects/tapped.h"
#include "lab/subjects/two_tokens.h"
#include "lab/worlds/world.h"

namespace lab {
namespace {

class EmbeddingMlpSubject final : public TwoTokenSubject {
 public:
  EmbeddingMlpSubject(const EmbeddingMlp& config, const World& world, std::int64_t seed)
      : TwoTokenSubject(EmbeddingMlp::name, config.training, world, seed),
        shared_(config.shared),
        sum_(config.combine == "sum"),
        mlp_{.widths = config.widths, .activation = config.activation, .bias = config.bias} {
    const std::int64_t d = config.embed_width;
    taps_.push_back({"embed", 2 * d});
    if (shared_) {
      add_normal("embed.weight", d, tokens_, config.embed_scale);
    } else {
      add_normal("embed.a.weight", d, tokens_, config.embed_scale);
      add_normal("embed.b.weight", d, tokens_, config.embed_scale);
    }
    std::int64_t in = sum_ ? d : 2 * d;
    for (std::size_t i = 0; i < config.widths.size(); ++i) {
      const std::string layer = "layer" + std::to_string(i);
      add_layer(layer, config.widths[i], in);
      taps_.push_back({layer + ".pre", config.widths[i]});
      taps_.push_back({layer + ".post", config.widths[i]});
      in = config.widths[i];
    }
    add_layer("output", targets_, in);
    taps_.push_back({"output", targets_});
  }

 private:
  void add_layer(const std::string& layer, std::int64_t out, std::int64_t in) {
    const double bound = 1 / std::sqrt(static_cast<double>(in));
    add_uniform(layer + ".weight", out, in, bound);
    if (mlp_.bias) add_uniform(layer + ".bias", out, 1, bound);
  }

  at::Tensor forward(const std::vector<at::Tensor>& params, const Batch& batch,
                     const Hook& hook) const override {
    const std::size_t embeddings = shared_ ? 1 : 2;
    const auto embedded = [&](std::int64_t token) {
      const at::Tensor one_hot = batch.inputs_BN.narrow(1, token * tokens_, tokens_);
      return at::mm(one_hot, params[token == 0 ? 0 : embeddings - 1].t());
    };
    const at::Tensor both = tapped(hook, "embed", at::cat({embedded(0), embedded(1)}, 1));
    const std::int64_t d = both.size(1) / 2;
    Batch inner = batch;
    inner.inputs_BN = sum_ ? both.narrow(1, 0, d) + both.narrow(1, d, d) : both;
    const std::vector<at::Tensor> layers(params.begin() + static_cast<std::ptrdiff_t>(embeddings),
                                         params.end());
    return mlp_output(mlp_, layers, inner, hook);
  }

  bool shared_, sum_;
  Mlp mlp_;
};

}  // namespace

void EmbeddingMlp::fields(Fields& f) {
  f("embed_width", embed_width, between(1, 65'536), "numbers that a token is embedded in");
  f("shared", shared, any(), "whether both tokens have one embedding");
  f("combine", combine, one_of({"sum", "concatenate"}),
    "whether the MLP reads the sum of both embeddings, or both");
  f("embed_scale", embed_scale, above(0), "standard deviation of the initial embedding");
  f("widths", widths, at_least(1), "neurons of each hidden layer; an empty list: a linear map");
  f("activation", activation, one_of(activation_names()), "non-linearity, as in the mlp");
  f("bias", bias, any(), "whether layers have biases (embeddings have none)");
  f("training", training, any(), "how it is trained");
}

std::unique_ptr<Subject> make_subject(const EmbeddingMlp& config, const World& world,
                                      std::int64_t seed) {
  return std::make_unique<EmbeddingMlpSubject>(config, world, seed);
}

}  // namespace lab
