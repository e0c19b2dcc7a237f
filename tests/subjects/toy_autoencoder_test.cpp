// The toy model of superposition: its gradients, what it learns, its taps and its weights.
#include "lab/subjects/toy_autoencoder.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <doctest/doctest.h>

#include <cmath>
#include <string>
#include <vector>

#include "lab/core/config.h"
#include "lab/core/error.h"
#include "lab/subjects/site.h"
#include "lab/subjects/subject.h"
#include "lab/subjects/toy_objective.h"
#include "subjects/worlds.h"

using namespace lab;
using namespace lab::test;

namespace {

const bool one_thread = (at::set_num_threads(1), true);

std::unique_ptr<World> sparse_world(std::int64_t features, double p) {
  const json config = {{"kind", "sparse"},
                       {"features", features},
                       {"probability", {{"kind", "equal"}, {"p", p}}},
                       {"magnitude", "uniform"}};
  return make_world(read_config<WorldConfig>(config), 1);
}

ToyAutoencoder toy(const json& fields) {
  return read_config<ToyAutoencoder>(fields);
}

std::unique_ptr<Subject> subject_of(const ToyAutoencoder& config, const World& world,
                                    std::int64_t seed = 1) {
  return make_subject(SubjectConfig{.kind = config}, world, seed);
}

json training(std::int64_t steps, double lr = 1e-3) {
  return {{"steps", steps}, {"batch", 256}, {"optimizer", {{"kind", "adam"}, {"lr", lr}}}};
}

std::vector<at::Tensor> random_params(const ToyObjective& objective, std::int64_t hidden,
                                      std::int64_t inputs) {
  std::vector<at::Tensor> params{normals(Draw("test/a", 1), 0, hidden, inputs) * 0.5};
  if (!objective.tied) params.push_back(normals(Draw("test/b", 1), 0, hidden, inputs) * 0.5);
  if (objective.bias_learned) params.push_back(normals(Draw("test/c", 1), 0, 1, inputs)[0] * 0.1);
  for (at::Tensor& param : params) param = param.clone().requires_grad_();
  return params;
}

}  // namespace

TEST_CASE("gradients by hand equal those of autograd") {
  const auto world = sparse_world(23, 0.4);
  for (const bool tied : {true, false}) {
    for (const char* activation : {"relu", "linear"}) {
      for (const json& loss :
           {json("mse"), json{{"kind", "power"}, {"p", 4}}, json{{"kind", "power"}, {"p", 1.5}}}) {
        for (const char* bias : {"learned", "fixed"}) {
          CAPTURE(tied);
          CAPTURE(activation);
          CAPTURE(loss.dump());
          CAPTURE(bias);
          const ToyObjective objective(toy({{"hidden", 6},
                                            {"tied", tied},
                                            {"activation", activation},
                                            {"bias", bias},
                                            {"bias_value", -0.2},
                                            {"importance", {{"kind", "geometric"}, {"ratio", 0.8}}},
                                            {"training", {{"loss", loss}}}}),
                                       23);
          const auto params = random_params(objective, 6, 23);
          const Gradient hand = objective.by_hand(), plain = by_autograd(objective.definition());
          for (const std::int64_t size : {64, 7}) {  // one after the other with the same scratch
            const Batch batch = world->sample("train", 0, size);
            const LossAndGradients a = hand(params, batch), b = plain(params, batch);
            CHECK(a.loss == doctest::Approx(b.loss).epsilon(1e-5));
            REQUIRE(a.gradients.size() == params.size());
            for (std::size_t i = 0; i < params.size(); ++i) {
              REQUIRE(a.gradients[i].sizes() == params[i].sizes());
              const double scale = b.gradients[i].norm().item<double>();
              CHECK((a.gradients[i] - b.gradients[i]).norm().item<double>() < 1e-5 * scale);
            }
          }
        }
      }
    }
  }
}

TEST_CASE("the loss is the one of the definition, on a case counted by hand") {
  const auto world = sparse_world(2, 1);
  const auto subject = subject_of(toy({{"hidden", 1},
                                       {"bias", "fixed"},
                                       {"bias_value", -0.1},
                                       {"importance", {{"kind", "list"}, {"values", {1.0, 3.0}}}}}),
                                  *world);
  subject->set_weights({{"W", at::tensor({0.5F, -1.0F}).view({2, 1})}});
  Batch batch;
  batch.inputs_BN = at::tensor({1.0F, 0.25F}).view({1, 2});
  // h = .5 − .25 = .25; before the ReLU .125 − .1 and −.25 − .1.
  const at::Tensor output = subject->run(batch);
  CHECK(output[0][0].item<double>() == doctest::Approx(0.025));
  CHECK(output[0][1].item<double>() == 0);
  CHECK(subject->loss(output, batch)->item<double>() ==
        doctest::Approx((0.975 * 0.975 + 3 * 0.25 * 0.25) / 2));
}

TEST_CASE("as many dimensions as features: everything is learned") {
  const auto world = sparse_world(4, 0.5);
  for (const bool tied : {true, false}) {
    const auto subject = subject_of(
        toy({{"hidden", 4}, {"tied", tied}, {"training", training(3000, 3e-3)}}), *world);
    const Record record = subject->train(*world, StopToken());
    CHECK(record.scores.at("train_loss").value < 1e-4);
  }
}

TEST_CASE("a linear tied autoencoder finds the principal subspace: its loss is that of PCA") {
  const auto world = sparse_world(4, 1);
  const auto subject = subject_of(toy({{"hidden", 2},
                                       {"activation", "linear"},
                                       {"bias", "fixed"},
                                       {"training", training(4000, 3e-3)}}),
                                  *world);
  subject->train(*world, StopToken());
  // Second moments of U(0, 1] are ¼ + I/12: eigenvalues 13/12 once and 1/12 thrice; two of the latter are lost.
  const Batch batch = world->sample("eval", 0, 20000);
  CHECK(subject->loss(subject->run(batch), batch)->item<double>() ==
        doctest::Approx(2.0 / 12 / 4).epsilon(0.03));
}

TEST_CASE("taps, hooks and planted directions") {
  const auto world = sparse_world(5, 0.5);
  const auto subject = subject_of(toy({{"hidden", 2}, {"tied", false}, {"init_sd", 0.5}}), *world);
  CHECK(subject->default_tap() == "hidden");
  CHECK(subject->tap_width("hidden") == 2);
  CHECK(subject->tap_width("output") == 5);
  const Batch batch = world->sample("eval", 0, 10);
  const Planted planted = subject->planted("hidden").value();
  const SiteActs acts = Site(*subject, {}).acts(batch);
  CHECK(at::allclose(acts.out_BD, batch.values_BC.mm(planted.directions_CD) + planted.offset_D));
  CHECK(at::equal(planted.directions_CD, subject->weights().at("W_enc")));
  CHECK_FALSE(subject->planted("output").has_value());

  const at::Tensor zeroed = subject->run(batch, [](std::string_view tap, const at::Tensor& acts) {
    return tap == "hidden" ? at::zeros_like(acts) : acts;
  });
  CHECK(zeroed.eq(0).all().item<bool>());  // the bias starts at 0
}

TEST_CASE("weights go out and come back") {
  const auto world = sparse_world(5, 0.5);
  for (const bool tied : {true, false}) {
    const ToyAutoencoder config = toy({{"hidden", 2}, {"tied", tied}});
    const auto a = subject_of(config, *world, 1), b = subject_of(config, *world, 2);
    const Batch batch = world->sample("eval", 0, 10);
    CHECK_FALSE(at::equal(a->run(batch), b->run(batch)));
    b->set_weights(a->weights());
    CHECK(at::equal(a->run(batch), b->run(batch)));
    Tensors wrong = a->weights();
    wrong["b"] = at::zeros({4});
    CHECK_THROWS_AS(b->set_weights(wrong), InputError);
    wrong = a->weights();
    wrong["c"] = at::zeros({4});
    CHECK_THROWS_AS(b->set_weights(wrong), InputError);
  }
}

TEST_CASE("what does not fit is refused") {
  const auto world = sparse_world(3, 0.5);
  CHECK_THROWS_AS(subject_of(toy({{"hidden", 2}}), linear_world(3, 3)), InputError);
  CHECK_THROWS_AS(subject_of(toy({{"hidden", 2}}), xor_world()), InputError);
  CHECK_THROWS_AS(
      subject_of(toy({{"importance", {{"kind", "list"}, {"values", {1.0, 2.0}}}}}), *world),
      InputError);
  CHECK_THROWS_AS(toy({{"training", {{"loss", "hinge"}}}}), ConfigError);
  CHECK_THROWS_AS(toy({{"activation", "gelu"}}), ConfigError);

  ToyAutoencoder wild = toy({{"training", training(50)}});
  wild.training.optimizer = {.kind = Sgd{}, .lr = 1e30};
  CHECK_THROWS_AS(subject_of(wild, *world)->train(*world, StopToken()), Failure);
}

TEST_CASE("importance: the features that count are the ones that are kept") {
  const auto world = sparse_world(6, 1);
  const auto subject = subject_of(toy({{"hidden", 2},
                                       {"importance", {{"kind", "geometric"}, {"ratio", 0.3}}},
                                       {"training", training(4000, 3e-3)}}),
                                  *world);
  subject->train(*world, StopToken());
  const at::Tensor norms = subject->weights().at("W").norm(2, 1);
  CHECK(norms[0].item<double>() > 0.8);
  CHECK(norms[1].item<double>() > 0.8);
  for (int i = 2; i < 6; ++i) CHECK(norms[i].item<double>() < 0.3);
}
