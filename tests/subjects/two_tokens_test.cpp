// The networks on two tokens: their formulas, their taps, what the attention rate does, what is refused.
#include <ATen/ATen.h>
#include <doctest/doctest.h>

#include <cmath>
#include <string>
#include <vector>

#include "lab/core/config.h"
#include "lab/core/error.h"
#include "lab/subjects/attention.h"
#include "lab/subjects/embedding_mlp.h"
#include "lab/subjects/site.h"
#include "lab/subjects/subject.h"
#include "subjects/worlds.h"

using namespace lab;
using namespace lab::test;

namespace {

constexpr std::int64_t kModulus = 7;

std::unique_ptr<World> residues() {
  return make_world(Residues{.modulus = kModulus}, 0);
}

TrainingConfig short_training() {
  return {.steps = 20,
          .loss = {CrossEntropy{}},
          .optimizer = {AdamW{}, 0.01},
          .data = {ListedData{.share = 0.8}}};
}

Attention small_attention(double rate) {
  return {.rate = rate, .width = 12, .heads = 3, .mlp = 10, .training = short_training()};
}

EmbeddingMlp small_embedding(const std::string& combine, bool shared) {
  return {.embed_width = 5,
          .shared = shared,
          .combine = combine,
          .widths = {9},
          .training = short_training()};
}

// Trained a little, so that biases are not 0.
std::unique_ptr<Subject> network(const SubjectConfig& config, const World& world) {
  auto subject = make_subject(config, world, 1);
  subject->train(world, StopToken{});
  return subject;
}

at::Tensor one_hot(const Batch& batch, std::int64_t token) {
  return batch.inputs_BN.narrow(1, token * kModulus, kModulus);
}

// The transformer as its header says it, position by position and head by head, with the softmax.
at::Tensor by_formula(const Attention& config, const Tensors& w, const Batch& batch) {
  const at::Tensor positions = w.at("position.weight");
  std::vector<at::Tensor> x;
  for (std::int64_t i = 0; i < 2; ++i) {
    x.push_back(one_hot(batch, i).mm(w.at("embed.weight").t()) + positions[i]);
  }
  const std::int64_t d_head = config.width / config.heads;
  std::vector<at::Tensor> mixed;
  for (std::int64_t h = 0; h < config.heads; ++h) {
    const auto rows = [&](const char* name) { return w.at(name).narrow(0, h * d_head, d_head); };
    const at::Tensor query = x[1].mm(rows("query.weight").t());
    std::vector<at::Tensor> scores, values;
    for (std::int64_t i = 0; i < 2; ++i) {
      scores.push_back((query * x[static_cast<std::size_t>(i)].mm(rows("key.weight").t())).sum(1) /
                       std::sqrt(static_cast<double>(d_head)));
      values.push_back(x[static_cast<std::size_t>(i)].mm(rows("value.weight").t()));
    }
    const at::Tensor softmax = at::softmax(at::stack(scores, 1), 1);
    const at::Tensor a = softmax * config.rate + (1 - config.rate);
    mixed.push_back(values[0] * a.narrow(1, 0, 1) + values[1] * a.narrow(1, 1, 1));
  }
  const at::Tensor mid = x[1] + at::cat(mixed, 1).mm(w.at("attn.out.weight").t());
  const at::Tensor post = (mid.mm(w.at("layer0.in.weight").t()) + w.at("layer0.in.bias")).relu();
  const at::Tensor stream = mid + post.mm(w.at("layer0.out.weight").t()) + w.at("layer0.out.bias");
  return stream.mm(w.at("output.weight").t());
}

}  // namespace

TEST_CASE("the transformer's output is the formula's at every attention rate") {
  const auto world = residues();
  const Batch all = world->enumerate(0, kModulus * kModulus);
  for (const double rate : {0.0, 0.3, 1.0}) {
    CAPTURE(rate);
    const Attention config = small_attention(rate);
    const auto subject = network({config}, *world);
    CHECK(at::allclose(subject->run(all), by_formula(config, subject->weights(), all), 1e-4, 1e-5));
  }
}

TEST_CASE(
    "constant attention adds both values up: the answer depends on the first token by its value") {
  const auto world = residues();
  const Batch all = world->enumerate(0, kModulus * kModulus);
  const auto subject = network({small_attention(0)}, *world);
  Tensors w = subject->weights();
  const at::Tensor before = subject->run(all).clone();
  w["query.weight"] = at::ones_like(w.at("query.weight"));
  subject->set_weights(w);
  CHECK(at::equal(subject->run(all), before));
  const auto soft = network({small_attention(1)}, *world);
  Tensors other = soft->weights();
  const at::Tensor with_softmax = soft->run(all).clone();
  other["query.weight"] = at::ones_like(other.at("query.weight"));
  soft->set_weights(other);
  CHECK_FALSE(at::allclose(soft->run(all), with_softmax, 1e-3, 1e-3));
}

TEST_CASE("the embedding and MLP is the formula's") {
  const auto world = residues();
  const Batch all = world->enumerate(0, kModulus * kModulus);
  for (const bool shared : {true, false}) {
    for (const std::string combine : {"sum", "concatenate"}) {
      CAPTURE(shared);
      CAPTURE(combine);
      const auto subject = network({small_embedding(combine, shared)}, *world);
      const Tensors w = subject->weights();
      CHECK(w.size() == (shared ? 5 : 6));
      const at::Tensor a = one_hot(all, 0).mm(w.at(shared ? "embed.weight" : "embed.a.weight").t());
      const at::Tensor b = one_hot(all, 1).mm(w.at(shared ? "embed.weight" : "embed.b.weight").t());
      const at::Tensor x = combine == "sum" ? a + b : at::cat({a, b}, 1);
      const at::Tensor post = (x.mm(w.at("layer0.weight").t()) + w.at("layer0.bias")).relu();
      const at::Tensor expected = post.mm(w.at("output.weight").t()) + w.at("output.bias");
      CHECK(at::allclose(subject->run(all), expected, 1e-5, 1e-5));
      CHECK(at::equal(Site(*subject, {"embed"}).acts(all).in_BD, at::cat({a, b}, 1)));
    }
  }
}

TEST_CASE("taps come in the order of computation; own activations change nothing") {
  const auto world = residues();
  const Batch batch = world->sample("eval", 0, 6), other = world->sample("eval", 6, 6);
  for (const SubjectConfig& config :
       {SubjectConfig{small_attention(0.5)}, SubjectConfig{small_embedding("sum", true)}}) {
    const auto subject = network(config, *world);
    std::vector<std::string> seen;
    subject->run(batch, [&](std::string_view tap, const at::Tensor& acts) {
      seen.emplace_back(tap);
      CHECK(acts.size(1) == subject->tap_width(seen.back()));
      return acts;
    });
    REQUIRE(seen.size() == subject->taps().size());
    for (std::size_t i = 0; i < seen.size(); ++i) CHECK(seen[i] == subject->taps()[i].name);
    CHECK(subject->default_tap() == "layer0.post");
    for (const std::string& name : seen) {
      CAPTURE(name);
      const auto replaced = [&](const Batch& source) {
        const at::Tensor by = Site(*subject, {name}).acts(source).in_BD;
        return subject->run(batch, [&](std::string_view tap, const at::Tensor& acts) {
          return tap == name ? by : acts;
        });
      };
      CHECK(at::equal(replaced(batch), subject->run(batch)));
      if (name == "embed" || name == "resid_mid" || name == "output") {
        CHECK(at::equal(replaced(other), subject->run(other)));
      }
    }
  }
}

TEST_CASE("initial weights are drawn by name; another seed gives others") {
  const auto world = residues();
  EmbeddingMlp config = small_embedding("sum", true);
  config.embed_width = 400;
  const Tensors one = make_subject(SubjectConfig{config}, *world, 1)->weights();
  CHECK(at::equal(one.at("embed.weight"),
                  make_subject(SubjectConfig{config}, *world, 1)->weights().at("embed.weight")));
  CHECK_FALSE(
      at::equal(one.at("embed.weight"),
                make_subject(SubjectConfig{config}, *world, 2)->weights().at("embed.weight")));
  // 2,800 normals: the standard deviation lies within 4 of its standard errors, .053.
  CHECK(one.at("embed.weight").std().item<double>() == doctest::Approx(1).epsilon(0.054));
  CHECK(one.at("layer0.weight").abs().max().item<double>() <= 1 / std::sqrt(400.0));
  CHECK(one.at("layer0.bias").abs().max().item<double>() > 0);
}

TEST_CASE("worlds without two tokens, and heads that do not divide the width, are refused") {
  CHECK_THROWS_AS(make_subject(SubjectConfig{small_attention(1)}, linear_world(5, 3), 1),
                  InputError);
  CHECK_THROWS_AS(make_subject(SubjectConfig{small_embedding("sum", true)}, linear_world(5, 3), 1),
                  InputError);
  const json bad = {{"kind", "attention"}, {"width", 10}, {"heads", 4}};
  CHECK_THROWS_AS(read_config<SubjectConfig>(bad), ConfigError);
}
