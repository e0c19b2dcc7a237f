// Fixed and listed training data, held-out inputs, learning curves, early stops, and the L1 penalty.
#include "lab/subjects/learning_curve.h"

#include <ATen/ATen.h>
#include <doctest/doctest.h>

#include <cmath>
#include <set>
#include <vector>

#include "lab/core/config.h"
#include "lab/core/error.h"
#include "lab/subjects/subject.h"
#include "subjects/worlds.h"

using namespace lab;
using namespace lab::test;

namespace {

std::unique_ptr<World> boolean_world(const json& circuit, std::int64_t seed = 1) {
  return make_world(read_config<WorldConfig>({{"kind", "boolean"}, {"circuit", circuit}}), seed);
}

// Numbers of listed inputs (bit i of a row is bit i).
std::vector<std::int64_t> numbers(const at::Tensor& inputs_BN) {
  std::vector<std::int64_t> result;
  for (std::int64_t b = 0; b < inputs_BN.size(0); ++b) {
    std::int64_t number = 0;
    for (std::int64_t i = 0; i < inputs_BN.size(1); ++i) {
      if (inputs_BN[b][i].item<float>() > 0.5) number |= std::int64_t{1} << i;
    }
    result.push_back(number);
  }
  return result;
}

std::multiset<std::int64_t> epoch_of(TrainingData& data, std::int64_t first, std::int64_t steps) {
  std::multiset<std::int64_t> seen;
  for (std::int64_t step = first; step < first + steps; ++step) {
    for (const std::int64_t number : numbers(data.batch(step).inputs_BN)) seen.insert(number);
  }
  return seen;
}

Record trained(Mlp config, const World& world, std::int64_t seed = 1) {
  return make_subject(SubjectConfig{config}, world, seed)->train(world, StopToken{});
}

}  // namespace

TEST_CASE("online data are the world's samples, as they were before there was a choice") {
  const FunctionWorld world = xor_world();
  TrainingData data({}, world, 8, 5, 3);
  CHECK(at::equal(data.batch(7).inputs_BN, world.sample("train", 56, 8).inputs_BN));
  CHECK_FALSE(data.train_set().has_value());
  CHECK(at::equal(data.held_out().inputs_BN, world.sample("test", 0, 5).inputs_BN));
}

TEST_CASE("an epoch of a fixed set is the set, in another order every time") {
  const auto world = boolean_world({{"kind", "parity"}, {"inputs", 16}, {"k", 3}});
  TrainingData data({FixedData{.samples = 50}}, *world, 16, 3000, 3);
  const auto set = numbers(data.train_set()->inputs_BN);
  const std::multiset<std::int64_t> expected(set.begin(), set.end());
  CHECK(epoch_of(data, 0, 4) == expected);  // 16 + 16 + 16 + 2
  CHECK(epoch_of(data, 4, 4) == expected);
  CHECK(data.batch(3).inputs_BN.size(0) == 2);
  CHECK_FALSE(at::equal(data.batch(0).inputs_BN, data.batch(4).inputs_BN));
  CHECK(at::equal(data.batch(5).inputs_BN,
                  TrainingData({FixedData{.samples = 50}}, *world, 16, 1, 3).batch(5).inputs_BN));
  // Held out: of 3000 samples of 2^16 inputs, those that are not in the set.
  const Batch held_out = data.held_out();
  CHECK(held_out.inputs_BN.size(0) > 2900);
  for (const std::int64_t number : numbers(held_out.inputs_BN))
    CHECK_FALSE(expected.contains(number));
  TrainingData whole({FixedData{.samples = 50, .full_batch = true}}, *world, 16, 1, 3);
  CHECK(at::equal(whole.batch(2).inputs_BN, whole.train_set()->inputs_BN));
}

TEST_CASE("a sample that is in the training set is not held out") {
  const auto world = boolean_world({{"kind", "parity"}, {"inputs", 3}, {"k", 2}});
  TrainingData data({FixedData{.samples = 5}}, *world, 4, 500, 1);
  const auto set = numbers(data.train_set()->inputs_BN);
  const std::set<std::int64_t> known(set.begin(), set.end());
  const auto rest = numbers(data.held_out().inputs_BN);
  const std::set<std::int64_t> others(rest.begin(), rest.end());
  CHECK(known.size() + others.size() == 8);
  for (const std::int64_t number : others) CHECK_FALSE(known.contains(number));
}

TEST_CASE("listed data: all inputs once, or a share of them with the others held out") {
  const auto world = boolean_world({{"kind", "parity"}, {"inputs", 6}, {"k", 3}});
  TrainingData all({ListedData{}}, *world, 10, 0, 1);
  CHECK(at::equal(all.batch(3).inputs_BN, world->enumerate(0, 64).inputs_BN));
  CHECK(all.held_out().inputs_BN.size(0) == 0);

  TrainingData data({ListedData{.share = 0.75, .full_batch = false}}, *world, 10, 0, 1);
  const auto seen = epoch_of(data, 0, 5);
  CHECK(seen.size() == 48);
  std::set<std::int64_t> everything(seen.begin(), seen.end());
  CHECK(everything.size() == 48);
  for (const std::int64_t number : numbers(data.held_out().inputs_BN)) everything.insert(number);
  CHECK(everything.size() == 64);
  TrainingData other({ListedData{.share = 0.75}}, *world, 10, 0, 2);
  CHECK_FALSE(at::equal(other.held_out().inputs_BN, data.held_out().inputs_BN));
  CHECK_THROWS_AS(TrainingData({ListedData{}}, xor_world(), 10, 0, 1), InputError);
}

TEST_CASE("training ends when the network is exact on all inputs, and it is") {
  const auto world = boolean_world({{"kind", "parity"}, {"inputs", 6}, {"k", 2}});
  Mlp config{.widths = {32}};
  config.training = {.steps = 5000,
                     .batch = 64,
                     .loss = {BinaryCrossEntropy{}},
                     .optimizer = {.lr = 0.01},
                     .log_every = 25};
  config.training.evaluation = EvaluationConfig{.samples = 200, .stop = "exact"};
  const auto subject = make_subject(SubjectConfig{config}, *world, 1);
  const Record record = subject->train(*world, StopToken{});
  const double steps = record.scores.at("train_steps").value;
  CHECK(steps < 5000);
  CHECK(record.scores.at("steps_to_exact").value == steps);
  const Batch all = world->enumerate(0, 64);
  CHECK(at::equal(subject->run(all).gt(0), all.targets_BT.gt(0.5)));
  CHECK(record.scores.at("test_accuracy").value == 1);
  CHECK(record.scores.at("steps_to_test_99").value <= steps);
  CHECK_FALSE(record.scores.at("steps_to_train_99").present);

  // Evaluations do not change what is trained.
  config.training.steps = static_cast<std::int64_t>(steps);
  config.training.evaluation.reset();
  const auto plain = make_subject(SubjectConfig{config}, *world, 1);
  CHECK(plain->train(*world, StopToken{}).tables.at("steps").columns.size() == 3);
  CHECK(at::equal(plain->weights().at("layer0.weight"), subject->weights().at("layer0.weight")));
}

TEST_CASE("a network that memorises: training accuracy 1, held-out accuracy at chance") {
  const auto world = boolean_world({{"kind", "parity"}, {"inputs", 30}, {"k", 15}});
  Mlp config{.widths = {64}};
  config.training = {.steps = 400,
                     .batch = 20,
                     .loss = {BinaryCrossEntropy{}},
                     .optimizer = {.lr = 0.01},
                     .log_every = 50};
  config.training.data.kind = FixedData{.samples = 40};
  config.training.evaluation = EvaluationConfig{.samples = 2000};
  const Record record = trained(config, *world);
  const Table& steps = record.tables.at("steps");
  CHECK(steps.columns == std::vector<std::string>{"step", "loss", "lr", "train_accuracy",
                                                  "test_accuracy", "test_loss"});
  CHECK(record.scores.at("train_accuracy").value == 1);
  CHECK(record.scores.at("steps_to_train_99").present);
  // 2000 held-out inputs: 1/2 ± 5 sd of .011.
  CHECK(record.scores.at("test_accuracy").value == doctest::Approx(0.5).epsilon(0.11));
  CHECK(record.scores.at("steps_to_test_99").reason == "not reached");
  CHECK(steps.rows.back()[4] == record.scores.at("test_accuracy").value);
}

TEST_CASE("steps to a loss and to an accuracy stop the training") {
  const FunctionWorld world = xor_world();
  Mlp config{.widths = {16}};
  config.training = {.steps = 5000, .batch = 32, .optimizer = {.lr = 0.02}, .log_every = 20};
  config.training.target_loss = 0.01;
  const Record by_loss = trained(config, world);
  CHECK(by_loss.scores.at("steps_to_loss").value == by_loss.scores.at("train_steps").value);
  config.training.steps = 20;
  CHECK(trained(config, world).scores.at("steps_to_loss").reason == "not reached");

  config.training.steps = 5000;
  config.training.target_loss.reset();
  config.training.evaluation = EvaluationConfig{.samples = 500, .stop = "accuracy"};
  const Record by_accuracy = trained(config, world);
  CHECK(by_accuracy.scores.at("train_steps").value < 5000);
  CHECK(by_accuracy.scores.at("test_accuracy").value >= 0.99);
  CHECK_FALSE(by_accuracy.scores.contains("steps_to_loss"));
}

TEST_CASE("stops that a world cannot give are refused") {
  Mlp config{.widths = {4}};
  config.training.steps = 10;
  config.training.evaluation = EvaluationConfig{.stop = "exact"};
  CHECK_THROWS_AS(trained(config, xor_world()), InputError);         // no list of inputs
  CHECK_THROWS_AS(trained(config, linear_world(3, 1)), InputError);  // no bits
  const auto world = boolean_world({{"kind", "parity"}, {"inputs", 4}, {"k", 2}});
  config.training.data.kind = ListedData{};
  config.training.evaluation = EvaluationConfig{.stop = "accuracy"};
  CHECK_THROWS_AS(trained(config, *world), InputError);  // nothing is held out
}

TEST_CASE("the accuracies of targets that are no bits do not apply") {
  Mlp config{.widths = {4}};
  config.training.steps = 10;
  config.training.evaluation = EvaluationConfig{.samples = 50};
  const Record record = trained(config, linear_world(3, 1));
  CHECK_FALSE(record.scores.at("test_accuracy").present);
  CHECK_FALSE(record.scores.at("steps_to_test_99").present);
  CHECK(record.scores.at("test_loss").value > 0);
}

// One linear layer, one SGD step from the same weights: the penalty's part of the update is −lr·l1·sign(w)
// for weights and nothing for biases.
TEST_CASE("the L1 penalty pulls weights towards 0 by its subgradient, and leaves biases") {
  const FunctionWorld world = linear_world(4, 2);
  Mlp config{.widths = {}};
  config.training = {.steps = 1, .batch = 16, .optimizer = {.kind = Sgd{}, .lr = 0.1}};
  const auto after = [&](double l1) {
    config.training.l1 = l1;
    const auto subject = make_subject(SubjectConfig{config}, world, 1);
    const at::Tensor before = subject->weights().at("output.weight").clone();
    const Record record = subject->train(world, StopToken{});
    return std::tuple{before, subject->weights(), record.scores.at("train_loss").value};
  };
  const auto [before, free, free_loss] = after(0);
  const auto [same, pulled, pulled_loss] = after(0.5);
  CHECK(at::allclose(free.at("output.weight") - pulled.at("output.weight"), 0.05 * before.sign(),
                     1e-4, 1e-6));
  CHECK(at::equal(free.at("output.bias"), pulled.at("output.bias")));
  CHECK(free_loss == pulled_loss);
}

TEST_CASE("new fields leave the ids of old configs alone") {
  const TrainingConfig before;
  const std::string text = key_text(before);
  for (const char* name : {"\"data\"", "\"l1\"", "\"evaluation\""}) {
    CHECK(text.find(name) == std::string::npos);
  }
  TrainingConfig after;
  after.data.kind = ListedData{};
  CHECK(key_text(after).find("\"data\"") != std::string::npos);
}
