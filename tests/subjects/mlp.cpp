// The network: its formula, its initial weights, hooks and sites.
#include "lab/subjects/mlp.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <doctest/doctest.h>
#include <torch/csrc/autograd/autograd.h>

#include <atomic>
#include <cmath>
#include <string>
#include <vector>

#include "lab/core/error.h"
#include "lab/core/stop.h"
#include "lab/subjects/site.h"
#include "lab/subjects/subject.h"
#include "subjects/worlds.h"

using namespace lab;
using namespace lab::test;

namespace {

std::unique_ptr<Subject> network(const Mlp& config, const World& world, std::int64_t seed = 1) {
  return make_subject(SubjectConfig{config}, world, seed);
}

Hook replacing(const std::string& name, const at::Tensor& by) {
  return [=](std::string_view tap, const at::Tensor& acts) { return tap == name ? by : acts; };
}

}  // namespace

TEST_CASE("the output is the formula's, for every activation") {
  const FunctionWorld world = linear_world(5, 3);
  const Batch batch = world.sample("eval", 0, 11);
  for (const std::string activation :
       {"relu", "leaky_relu", "gelu", "silu", "tanh", "sigmoid", "square", "linear", "abs"}) {
    CAPTURE(activation);
    const auto f = [&](double x) {
      if (activation == "relu") return std::max(x, 0.0);
      if (activation == "leaky_relu") return x > 0 ? x : 0.01 * x;
      if (activation == "gelu") return x * 0.5 * std::erfc(-x / std::sqrt(2.0));
      if (activation == "silu") return x / (1 + std::exp(-x));
      if (activation == "tanh") return std::tanh(x);
      if (activation == "sigmoid") return 1 / (1 + std::exp(-x));
      if (activation == "abs") return std::abs(x);
      return activation == "square" ? x * x : x;
    };
    const auto subject = network({.widths = {7, 4}, .activation = activation}, world);
    Tensors w = subject->weights();
    CHECK(w.size() == 6);
    for (auto& [name, value] : w) {
      if (name.ends_with("bias")) value = normals(Draw(name, 1), 0, 1, value.size(0))[0];
    }
    subject->set_weights(w);
    at::Tensor h = batch.inputs_BN.to(at::kDouble);
    for (const std::string layer : {"layer0", "layer1", "output"}) {
      h = h.mm(w.at(layer + ".weight").t().to(at::kDouble)) + w.at(layer + ".bias");
      if (layer == "output") continue;
      h = h.contiguous();
      for (std::int64_t i = 0; i < h.numel(); ++i)
        h.data_ptr<double>()[i] = f(h.data_ptr<double>()[i]);
    }
    CHECK(at::allclose(subject->run(batch).to(at::kDouble), h, 1e-5, 1e-6));
  }
}

// Of n = 200·300 weights the sample variance has relative sd √(2/n) = .0058; 4.5 sd.
TEST_CASE("initial weights have the variance that was asked for, and biases are 0") {
  const FunctionWorld world = linear_world(300, 1);
  for (const auto& [init, gain] : {std::pair{"he", 2.0}, std::pair{"lecun", 1.0}}) {
    const auto subject = network({.widths = {200}, .init = init, .init_scale = 3}, world);
    const at::Tensor w = subject->weights().at("layer0.weight");
    CHECK(w.sizes() == at::IntArrayRef{200, 300});
    const double variance = w.to(at::kDouble).square().mean().item<double>();
    CHECK(variance == doctest::Approx(9 * gain / 300).epsilon(4.5 * 0.0058));
    CHECK(subject->weights().at("layer0.bias").abs().max().item<float>() == 0);
  }
  CHECK(network({.widths = {3}, .bias = false}, world)->weights().size() == 2);
  const at::Tensor one = network({}, world, 1)->weights().at("layer0.weight");
  CHECK(at::equal(one, network({}, world, 1)->weights().at("layer0.weight")));
  CHECK_FALSE(at::equal(one, network({}, world, 2)->weights().at("layer0.weight")));
}

TEST_CASE("uniform initial weights and biases fill ±scale/√fan_in evenly") {
  const auto subject =
      network({.widths = {200}, .init = "uniform", .init_scale = 3}, linear_world(300, 1));
  const double bound = 3 / std::sqrt(300.0);
  for (const auto& [name, sd] :
       {std::pair{"layer0.weight", 0.0058}, std::pair{"layer0.bias", 0.1}}) {
    CAPTURE(name);
    const at::Tensor w = subject->weights().at(name).to(at::kDouble);
    CHECK(w.abs().max().item<double>() <= bound * (1 + 1e-6));
    CHECK(w.square().mean().item<double>() == doctest::Approx(bound * bound / 3).epsilon(4.5 * sd));
  }
  CHECK(subject->weights().at("layer0.bias").sizes() == at::IntArrayRef{200});
}

TEST_CASE("hooks are called at every tap in order, with the tap's width") {
  const FunctionWorld world = linear_world(5, 3);
  const auto subject = network({.widths = {7, 4}}, world);
  std::vector<std::string> seen;
  subject->run(world.sample("eval", 0, 2), [&](std::string_view tap, const at::Tensor& acts) {
    seen.emplace_back(tap);
    CHECK(acts.size(1) == subject->tap_width(seen.back()));
    return acts;
  });
  CHECK(seen == std::vector<std::string>{"layer0.pre", "layer0.post", "layer1.pre", "layer1.post",
                                         "output"});
  CHECK(seen.size() == subject->taps().size());
  CHECK(subject->default_tap() == "layer1.post");
  CHECK(network({.widths = {}}, world)->default_tap() == "output");
}

TEST_CASE("a hook that changes nothing changes nothing; one that replaces replaces") {
  const FunctionWorld world = linear_world(5, 3);
  const auto subject = network({.widths = {7, 4}}, world);
  const Batch batch = world.sample("eval", 0, 6), other = world.sample("eval", 6, 6);
  const at::Tensor out = subject->run(batch);
  CHECK(
      at::equal(out, subject->run(batch, [](std::string_view, const at::Tensor& x) { return x; })));
  for (const Tap& tap : subject->taps()) {
    CAPTURE(tap.name);
    const at::Tensor own = Site(*subject, {tap.name}).acts(batch).in_BD;
    CHECK(own.size(1) == tap.width);
    CHECK(at::equal(out, subject->run(batch, replacing(tap.name, own))));
    // A whole tap of another input decides the output: nothing flows around it.
    const at::Tensor others = Site(*subject, {tap.name}).acts(other).in_BD;
    CHECK(at::equal(subject->run(other), subject->run(batch, replacing(tap.name, others))));
  }
  const at::Tensor wanted = at::full({6, 3}, 0.25);
  CHECK(at::equal(subject->run(batch, replacing("output", wanted)), wanted));
  CHECK_THROWS_WITH_AS(subject->run(batch, replacing("layer0.pre", at::zeros({6, 8}))),
                       "hook at tap 'layer0.pre' must return a tensor of shape [6, 7], got [6, 8]",
                       InputError);
}

TEST_CASE("sites: taps by name or by default, activations without gradients, loss from there on") {
  const FunctionWorld world = linear_world(5, 3);
  const auto subject = network({.widths = {7, 4}}, world);
  const Batch batch = world.sample("eval", 0, 6);
  const Site usual(*subject, {});
  CHECK(usual.input_tap() == "layer1.post");
  CHECK(usual.output_tap() == "layer1.post");
  const Site across(*subject, {"layer0.post", "layer1.pre"});
  CHECK(across.input_width() == 7);
  CHECK(across.output_width() == 4);
  const SiteActs acts = across.acts(batch);
  CHECK(acts.in_BD.size(1) == 7);
  CHECK_FALSE(acts.out_BD.requires_grad());
  CHECK_THROWS_AS(Site(*subject, {"layer2.pre"}), InputError);
  CHECK_THROWS_AS(Site(*subject, {"", "hidden"}), InputError);

  const double own = subject->loss(subject->run(batch), batch)->item<double>();
  CHECK(across.loss(batch, acts.out_BD)->item<double>() == own);
  CHECK(across.loss(batch, at::zeros_like(acts.out_BD))->item<double>() != own);

  // Its gradient in the activations, by central differences in one entry.
  const at::Tensor x = acts.out_BD.clone().requires_grad_();
  const at::Tensor g = torch::autograd::grad({*across.loss(batch, x)}, {x})[0];
  const auto at_entry = [&](float change) {
    at::Tensor moved = acts.out_BD.clone();
    moved[2][1] += change;
    return across.loss(batch, moved)->item<double>();
  };
  CHECK((at_entry(0.01f) - at_entry(-0.01f)) / 0.02 ==
        doctest::Approx(g[2][1].item<double>()).epsilon(1e-2));
  CHECK_FALSE(subject->run(batch).requires_grad());
}

TEST_CASE("weights: a round trip, and what does not fit is refused") {
  const FunctionWorld world = linear_world(5, 3);
  const auto one = network({.widths = {7}}, world, 1), two = network({.widths = {7}}, world, 2);
  const Batch batch = world.sample("eval", 0, 6);
  CHECK_FALSE(at::equal(one->run(batch), two->run(batch)));
  two->set_weights(from_safetensors(to_safetensors(one->weights()), "test"));
  CHECK(at::equal(one->run(batch), two->run(batch)));

  const auto refuses = [&](const std::string& name, const at::Tensor& value) {
    Tensors w = one->weights();
    w[name] = value;
    CHECK_THROWS_AS(one->set_weights(w), InputError);
  };
  refuses("layer0.weight", at::zeros({5, 7}));
  refuses("layer0.weight", at::zeros({7, 5}, at::kDouble));
  refuses("layer1.weight", at::zeros({7, 5}));
  Tensors missing = one->weights();
  missing.erase("output.bias");
  CHECK_THROWS_AS(one->set_weights(missing), InputError);
  CHECK(at::equal(one->run(batch), two->run(batch)));  // refused weights change nothing
}

TEST_CASE("a world without targets cannot be learnt") {
  const FunctionWorld world(3, false, [](const at::Tensor& x) { return x.narrow(1, 0, 0); });
  CHECK_THROWS_AS(network({}, world), InputError);
}

TEST_CASE("a transcoder's two taps in pieces and on threads are those of one batch") {
  const FunctionWorld world = linear_world(3000, 2);  // so wide that pieces are of 64 samples
  const auto subject = network({.widths = {5, 4}}, world);
  const Site site(*subject, {"layer0.post", "layer1.post"});
  const SiteActs whole = site.acts(world.sample("fit", 11, 300));
  const int threads = at::get_num_threads();
  for (const int used : {1, 3}) {
    at::set_num_threads(used);
    const SiteActs acts = site.acts(world, "fit", 11, 300);
    CHECK(acts.in_BD.sizes() == at::IntArrayRef{300, 5});
    CHECK(acts.out_BD.sizes() == at::IntArrayRef{300, 4});
    CHECK(at::allclose(acts.in_BD, whole.in_BD, 1e-5, 1e-5));
    CHECK(at::allclose(acts.out_BD, whole.out_BD, 1e-5, 1e-5));
  }
  at::set_num_threads(threads);
}

TEST_CASE("a stop is heeded on every thread that draws a site's samples") {
  std::atomic<int> drawn = 0;
  const FunctionWorld world{3000, false, [&](const at::Tensor& x) {
                              ++drawn;
                              return x.narrow(1, 0, 1);
                            }};
  const auto subject = network({.widths = {5}}, world);
  const Site site(*subject, {});
  StopToken stop;
  stop.request();
  const StopScope scope(stop);
  const int threads = at::get_num_threads(), before = drawn;
  at::set_num_threads(3);
  CHECK_THROWS_AS(site.acts(world, "fit", 0, 3000), Stopped);
  at::set_num_threads(threads);
  CHECK(drawn == before);
}
