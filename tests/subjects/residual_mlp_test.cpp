// The residual network: its formula, its taps, what is trained, and what is refused.
#include "lab/subjects/residual_mlp.h"

#include <ATen/ATen.h>
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "lab/core/error.h"
#include "lab/subjects/site.h"
#include "lab/subjects/subject.h"
#include "subjects/worlds.h"

using namespace lab;
using namespace lab::test;

namespace {

std::unique_ptr<Subject> network(const ResidualMlp& config, const World& world) {
  return make_subject(SubjectConfig{config}, world, 1);
}

ResidualMlp small() {
  ResidualMlp config{.embed_width = 7, .widths = {9, 4}};
  config.training = {.steps = 30, .batch = 16, .optimizer = {.lr = 0.01}};
  return config;
}

}  // namespace

TEST_CASE("the output is the formula's, and the stream is the sum of what was written to it") {
  const FunctionWorld world = linear_world(5, 3);
  const Batch batch = world.sample("eval", 0, 11);
  ResidualMlp config = small();
  config.activation = "abs";
  const auto subject = network(config, world);
  subject->train(world, StopToken{});  // biases are no longer 0
  const Tensors w = subject->weights();
  CHECK(w.size() == 11);
  at::Tensor x = batch.inputs_BN.mm(w.at("embed.weight").t());
  for (const std::string layer : {"layer0", "layer1"}) {
    const at::Tensor pre = x.mm(w.at(layer + ".in.weight").t()) + w.at(layer + ".in.bias");
    x = x + pre.abs().mm(w.at(layer + ".out.weight").t()) + w.at(layer + ".out.bias");
  }
  const at::Tensor expected = x.mm(w.at("output.weight").t()) + w.at("output.bias");
  CHECK(at::allclose(subject->run(batch), expected, 1e-5, 1e-6));

  const auto acts = [&](const std::string& tap) { return Site(*subject, {tap}).acts(batch).in_BD; };
  CHECK(at::allclose(acts("layer1.resid"), acts("embed") + acts("layer0.out") + acts("layer1.out"),
                     1e-5, 1e-6));
  CHECK(at::allclose(acts("layer1.resid"), x, 1e-5, 1e-6));
}

TEST_CASE("taps come in the order of computation; own activations change nothing") {
  const FunctionWorld world = linear_world(5, 3);
  const auto subject = network(small(), world);
  const Batch batch = world.sample("eval", 0, 6), other = world.sample("eval", 6, 6);
  std::vector<std::string> seen;
  subject->run(batch, [&](std::string_view tap, const at::Tensor& acts) {
    seen.emplace_back(tap);
    CHECK(acts.size(1) == subject->tap_width(seen.back()));
    return acts;
  });
  CHECK(seen == std::vector<std::string>{"embed", "layer0.pre", "layer0.post", "layer0.out",
                                         "layer0.resid", "layer1.pre", "layer1.post", "layer1.out",
                                         "layer1.resid", "output"});
  CHECK(seen.size() == subject->taps().size());
  CHECK(subject->default_tap() == "layer1.post");
  for (const std::string& name : seen) {
    CAPTURE(name);
    const auto replaced = [&](const Batch& source) {
      const at::Tensor by = Site(*subject, {name}).acts(source).in_BD;
      return subject->run(batch, [&](std::string_view tap, const at::Tensor& acts) {
        return tap == name ? by : acts;
      });
    };
    CHECK(at::equal(replaced(batch), subject->run(batch)));
    // Everything flows through the stream; past a layer's own taps it flows around them.
    const bool whole = name == "embed" || name.ends_with("resid") || name == "output";
    CHECK(at::equal(replaced(other), subject->run(other)) == whole);
  }
}

TEST_CASE("a fixed embedding stays, a trained one moves; its columns start as unit vectors") {
  const FunctionWorld world = linear_world(5, 3);
  for (const char* kind : {"fixed", "trained"}) {
    CAPTURE(kind);
    ResidualMlp config = small();
    config.embedding = kind;
    const auto subject = network(config, world);
    const Tensors before = subject->weights();
    const at::Tensor e = before.at("embed.weight");
    CHECK(e.sizes() == at::IntArrayRef{7, 5});
    CHECK(at::allclose(e.norm(2, 0), at::ones({5}), 1e-5, 1e-6));
    const Batch batch = world.sample("eval", 0, 500);
    const double first = subject->loss(subject->run(batch), batch)->item<double>();
    subject->train(world, StopToken{});
    CHECK(subject->loss(subject->run(batch), batch)->item<double>() < first);
    CHECK(at::equal(e, subject->weights().at("embed.weight")) == (kind == std::string("fixed")));
    CHECK_FALSE(
        at::equal(before.at("layer0.in.weight"), subject->weights().at("layer0.in.weight")));
  }
}

TEST_CASE("a tied output reads the stream by the embedding") {
  ResidualMlp config = small();
  config.output = "tied";
  config.bias = false;
  const FunctionWorld world = linear_world(5, 5);
  const auto subject = network(config, world);
  CHECK(subject->weights().size() == 5);
  const Batch batch = world.sample("eval", 0, 6);
  const at::Tensor stream = Site(*subject, {"layer1.resid"}).acts(batch).in_BD;
  CHECK(at::allclose(subject->run(batch), stream.mm(subject->weights().at("embed.weight")), 1e-5,
                     1e-6));
  CHECK_NOTHROW(subject->train(world, StopToken{}));
  CHECK_THROWS_AS(network(config, linear_world(5, 3)), InputError);
}

TEST_CASE("weights: a round trip") {
  const FunctionWorld world = linear_world(5, 3);
  const auto one = network(small(), world);
  one->train(world, StopToken{});
  const auto two = network(small(), world);
  const Batch batch = world.sample("eval", 0, 6);
  CHECK_FALSE(at::equal(one->run(batch), two->run(batch)));
  two->set_weights(from_safetensors(to_safetensors(one->weights()), "test"));
  CHECK(at::equal(one->run(batch), two->run(batch)));
}
