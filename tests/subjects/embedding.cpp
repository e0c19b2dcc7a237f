// The embedding: linear, and with noise that belongs to the sample.
#include "lab/subjects/embedding.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <doctest/doctest.h>

#include <cmath>

#include "lab/core/error.h"
#include "lab/subjects/site.h"
#include "lab/subjects/subject.h"
#include "subjects/worlds.h"

using namespace lab;
using namespace lab::test;

namespace {

std::unique_ptr<Subject> embedding(const Embedding& config, std::int64_t seed = 3) {
  return make_subject(SubjectConfig{config}, linear_world(4, 1), seed);
}

}  // namespace

TEST_CASE("without noise, activations are the values times the planted directions") {
  const FunctionWorld world = linear_world(4, 1);
  const auto subject = embedding({.placement = {Random{}}, .width = 6});
  const Batch batch = world.sample("eval", 0, 9);
  const at::Tensor frames = subject->planted("embed").value().directions_CD;
  CHECK(frames.sizes() == at::IntArrayRef{4, 6});
  CHECK(at::equal(subject->run(batch), batch.values_BC.mm(frames)));
  CHECK_FALSE(subject->planted("output").has_value());
  CHECK(subject->default_tap() == "embed");
  CHECK(subject->tap_width("embed") == 6);
  CHECK_THROWS_WITH_AS(subject->tap_width("hidden"),
                       "tap 'hidden' does not exist; this subject has embed", InputError);
}

TEST_CASE("a bias moves all activations by one vector of that norm") {
  const FunctionWorld world = linear_world(4, 1);
  const Batch batch = world.sample("eval", 0, 5);
  const at::Tensor with = embedding({.width = 6, .bias = 2.5})->run(batch);
  const at::Tensor moved = with - embedding({.width = 6})->run(batch);
  CHECK((moved - moved[0]).abs().max().item<double>() < 1e-6);
  CHECK(moved[0].norm().item<double>() == doctest::Approx(2.5));
}

// 2,000 lengths: their mean has sd σ/√n, their variance σ²√(2/n); cuts at 4.5 sd, false alarms in less than 1 of
// 50,000 tests.
TEST_CASE("lengths of features spread around 1, and directions stay") {
  const FunctionWorld world = linear_world(2000, 1);
  const Embedding even{.placement = {Random{}}, .width = 8};
  Embedding spread = even;
  spread.norm_sd = 0.05;
  const auto subject = make_subject(SubjectConfig{spread}, world, 3);
  const at::Tensor unit =
      make_subject(SubjectConfig{even}, world, 3)->planted("embed")->directions_CD;
  const at::Tensor frames = subject->planted("embed")->directions_CD;
  const at::Tensor lengths = frames.norm(2, 1).to(at::kDouble);
  CHECK((frames / frames.norm(2, 1, true) - unit).abs().max().item<double>() < 1e-6);
  CHECK(std::abs(lengths.mean().item<double>() - 1) < 4.5 * 0.05 / std::sqrt(2000));
  CHECK(std::abs(lengths.var().item<double>() / 0.0025 - 1) < 4.5 * std::sqrt(2 / 2000.));
  const Batch batch = world.sample("eval", 0, 5);
  CHECK((subject->run(batch) - batch.values_BC.mm(frames)).abs().max().item<double>() < 1e-4);
  CHECK(uses_seed(Embedding{.placement = {Orthonormal{true}}, .norm_sd = 0.05}));
}

TEST_CASE("noise belongs to the sample: batches do not matter, splits and seeds do") {
  const FunctionWorld world = linear_world(4, 1);
  const Embedding config{.width = 6, .noise = 0.3};
  const auto subject = embedding(config);
  const at::Tensor whole = subject->run(world.sample("fit", 0, 100));
  const at::Tensor parts = at::cat(
      {subject->run(world.sample("fit", 0, 37)), subject->run(world.sample("fit", 37, 63))});
  CHECK(at::equal(whole, parts));
  CHECK(at::equal(whole, subject->run(world.sample("fit", 0, 100))));
  Batch renamed = world.sample("fit", 0, 100);
  renamed.split = "eval";
  CHECK_FALSE(at::equal(whole, subject->run(renamed)));
  CHECK_FALSE(at::equal(whole, embedding(config, 4)->run(world.sample("fit", 0, 100))));
}

// Of n = 120,000 draws the mean has sd σ/√n and the sample variance sd σ²√(2/n); cuts at 4.5 sd give
// false alarms in less than 1 of 50,000 tests.
TEST_CASE("noise has mean 0 and the standard deviation that was asked for") {
  const FunctionWorld world = linear_world(4, 1);
  const double sigma = 0.7, n = 120000;
  const Batch batch = world.sample("eval", 0, 20000);
  const at::Tensor noise = embedding({.width = 6, .noise = sigma})->run(batch).to(at::kDouble) -
                           embedding({.width = 6})->run(batch).to(at::kDouble);
  CHECK(std::abs(noise.mean().item<double>()) < 4.5 * sigma / std::sqrt(n));
  const double variance = noise.square().mean().item<double>();
  CHECK(std::abs(variance - sigma * sigma) < 4.5 * sigma * sigma * std::sqrt(2 / n));
}

TEST_CASE("hooks see the noisy activations, and what they return is the output") {
  const FunctionWorld world = linear_world(4, 1);
  const auto subject = embedding({.width = 6, .noise = 0.1});
  const Batch batch = world.sample("eval", 0, 5);
  at::Tensor seen;
  const at::Tensor out = subject->run(batch, [&](std::string_view, const at::Tensor& x) {
    seen = x;
    return 2 * x;
  });
  CHECK(at::equal(seen, subject->run(batch)));
  CHECK(at::equal(out, 2 * seen));
}

TEST_CASE("no task, no weights, no training") {
  const FunctionWorld world = linear_world(4, 1);
  const auto subject = embedding({.width = 6});
  const Batch batch = world.sample("eval", 0, 5);
  CHECK_FALSE(subject->loss(subject->run(batch), batch).has_value());
  CHECK_FALSE(Site(*subject, {}).loss(batch, subject->run(batch)).has_value());
  CHECK_FALSE(subject->decision_threshold().has_value());
  CHECK(subject->weights().empty());
  CHECK_NOTHROW(subject->set_weights({}));
  CHECK_THROWS_AS(subject->set_weights({{"w", at::zeros({1})}}), InputError);
  CHECK(subject->train(world, StopToken{}).tables.empty());
}

TEST_CASE("relations of the placement are told, and a seed that is not used is not asked for") {
  const auto subject = embedding({.placement = {Polyhedron{}}, .width = 3});
  REQUIRE(subject->relations().size() == 1);
  CHECK(subject->relations()[0].shape == "tetrahedron");
  CHECK_FALSE(uses_seed(SubjectConfig{Embedding{.placement = {Orthonormal{true}}}}));
  CHECK(uses_seed(SubjectConfig{Embedding{.placement = {Orthonormal{true}}, .noise = 0.1}}));
  CHECK(uses_seed(SubjectConfig{Embedding{}}));
  CHECK(uses_seed(SubjectConfig{Mlp{}}));
  CHECK_THROWS_AS(embedding({.width = 3}), InputError);  // 4 orthonormal features
}

TEST_CASE("a site's samples in pieces and on threads are those of one batch") {
  Sparse config;
  config.features = 3000;
  config.probability.kind = EqualProbabilities{0.01};
  const auto world = make_world(config, 5);
  const auto subject = make_subject(
      SubjectConfig{Embedding{.placement = {Random{}}, .width = 7, .noise = 0.1}}, *world, 3);
  const Site site(*subject, {});
  const at::Tensor whole = site.acts(world->sample("fit", 11, 300)).in_BD;
  const int threads = at::get_num_threads();
  for (const int used : {1, 3}) {
    at::set_num_threads(used);
    const SiteActs acts = site.acts(*world, "fit", 11, 300);
    CHECK(at::equal(acts.in_BD, whole));
    CHECK(acts.out_BD.is_same(acts.in_BD));
  }
  at::set_num_threads(threads);
  CHECK(site.acts(*world, "fit", 0, 0).in_BD.sizes() == at::IntArrayRef{0, 7});
  CHECK_THROWS_AS(site.acts(*world, "fit", -1, 300), InputError);
}
