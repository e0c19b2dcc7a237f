// Training: known solutions and paths, stopping, failing, and the same bits every time.
#include "lab/subjects/training.h"

#include <ATen/Parallel.h>
#include <doctest/doctest.h>
#include <ATen/ATen.h>

#include <chrono>
#include <cmath>
#include <thread>
#include <vector>

#include "lab/core/error.h"
#include "lab/subjects/subject.h"
#include "subjects/worlds.h"

using namespace lab;
using namespace lab::test;

namespace {

// Many small operations: more threads only get into each other's way.
const bool one_thread = (at::set_num_threads(1), true);

std::unique_ptr<Subject> network(const Mlp& config, const World& world, std::int64_t seed = 1) {
  return make_subject(SubjectConfig{config}, world, seed);
}

Mlp small(std::int64_t steps) {
  Mlp config{.widths = {8}};
  config.training.steps = steps;
  config.training.batch = 32;
  config.training.optimizer.lr = 0.02;
  return config;
}

bool same(const Tensors& a, const Tensors& b) {
  for (const auto& [name, value] : a) {
    if (!at::equal(value, b.at(name))) return false;
  }
  return a.size() == b.size();
}

}  // namespace

TEST_CASE("a small network learns xor exactly, with every loss that fits bits") {
  const FunctionWorld world = xor_world();
  const at::Tensor inputs = at::tensor({0.f, 0.f, 0.f, 1.f, 1.f, 0.f, 1.f, 1.f}).view({4, 2});
  Batch all;
  all.inputs_BN = inputs;
  for (const LossConfig& loss : {LossConfig{MeanSquared{}}, LossConfig{PowerLoss{}},
                                 LossConfig{BinaryCrossEntropy{}}, LossConfig{Hinge{}}}) {
    CAPTURE(loss.kind.index());
    Mlp config = small(1500);
    config.training.loss = loss;
    const auto subject = network(config, world);
    subject->train(world, StopToken{});
    const at::Tensor said = subject->run(all).gt(subject->decision_threshold().value());
    CHECK(at::equal(said.flatten(), at::tensor({0, 1, 1, 0}).to(at::kBool)));
  }
}

TEST_CASE("cross-entropy learns which of three inputs is largest") {
  const FunctionWorld world(
      3, false, [](const at::Tensor& x) { return at::one_hot(x.argmax(1), 3).to(at::kFloat); });
  Mlp config{.widths = {}};
  config.training = {.steps = 600, .batch = 64, .loss = {CrossEntropy{}}, .optimizer = {.lr = 0.1}};
  const auto subject = network(config, world);
  subject->train(world, StopToken{});
  const Batch batch = world.sample("eval", 0, 2000);
  const at::Tensor right = subject->run(batch).argmax(1).eq(batch.targets_BT.argmax(1));
  CHECK(right.to(at::kFloat).mean().item<double>() > 0.97);
  CHECK_FALSE(subject->decision_threshold().has_value());
}

TEST_CASE("a linear map trained by plain gradient descent follows the path in closed form") {
  const FunctionWorld world = linear_world(4, 2);
  Mlp config{.widths = {}, .bias = false};
  config.training = {.steps = 5, .batch = 16, .optimizer = {.kind = Sgd{}, .lr = 0.3}};
  const auto subject = network(config, world);
  at::Tensor w = subject->weights().at("output.weight").to(at::kDouble);
  for (std::int64_t step = 0; step < 5; ++step) {
    const Batch batch = world.sample("train", step * 16, 16);
    const at::Tensor x = batch.inputs_BN.to(at::kDouble), t = batch.targets_BT.to(at::kDouble);
    w = w - 0.3 * 2 * (x.mm(w.t()) - t).t().mm(x) / (16 * 2);  // of the mean over 16·2 elements
  }
  subject->train(world, StopToken{});
  CHECK(at::allclose(subject->weights().at("output.weight").to(at::kDouble), w, 1e-5, 1e-6));
}

TEST_CASE("the history: a row every log_every steps and at the end") {
  const FunctionWorld world = linear_world(4, 2);
  Mlp config = small(25);
  config.training.log_every = 10;
  config.training.schedule = {Cosine{}};
  const Record record = network(config, world)->train(world, StopToken{});
  const Table& steps = record.tables.at("steps");
  CHECK(steps.columns == std::vector<std::string>{"step", "loss", "lr"});
  REQUIRE(steps.rows.size() == 3);
  CHECK(steps.rows[0][0] == 10);
  CHECK(steps.rows[2][0] == 25);
  CHECK(steps.rows[0][2] == doctest::Approx(0.02 * (1 + std::cos(M_PI * 9 / 25)) / 2));
  CHECK(record.scores.at("train_loss").value == steps.rows[2][1]);
  CHECK(record.scores.at("train_steps").value == 25);

  // One step: its loss is that of the initial weights on the first batch.
  config.training.steps = 1;
  const auto subject = network(config, world);
  const Batch first = world.sample("train", 0, 32);
  const double initial = subject->loss(subject->run(first), first)->item<double>();
  CHECK(subject->train(world, StopToken{}).scores.at("train_loss").value ==
        doctest::Approx(initial));
}

TEST_CASE("no steps: the initial weights, and scores that are absent with a reason") {
  const FunctionWorld world = linear_world(4, 2);
  const auto subject = network(small(0), world);
  const Tensors before = subject->weights();
  const Record record = subject->train(world, StopToken{});
  CHECK(same(before, subject->weights()));
  CHECK_FALSE(record.scores.at("train_loss").present);
  CHECK_FALSE(record.scores.at("train_loss").reason.empty());
}

TEST_CASE("training stops on its target") {
  const FunctionWorld world = linear_world(4, 2);
  Mlp config = small(5000);
  config.training.log_every = 20;
  config.training.target_loss = 0.05;
  const Record record = network(config, world)->train(world, StopToken{});
  CHECK(record.scores.at("train_steps").value < 5000);
  CHECK(record.scores.at("train_loss").value <= 0.05);
  const auto& rows = record.tables.at("steps").rows;
  for (std::size_t i = 0; i + 1 < rows.size(); ++i) CHECK(rows[i][1] > 0.05);
}

TEST_CASE("a loss that is not finite is a failure that says what to do, and leaves the weights") {
  const FunctionWorld world = linear_world(4, 2);
  Mlp config = small(200);
  config.training.optimizer = {.kind = Sgd{}, .lr = 1e6};
  const auto subject = network(config, world);
  const Tensors before = subject->weights();
  std::string message;
  try {
    subject->train(world, StopToken{});
  } catch (const Failure& failure) {
    message = failure.what();
  }
  CHECK(message.find("loss is not finite at step ") != std::string::npos);
  CHECK(message.find("lower the learning rate") != std::string::npos);
  CHECK(same(before, subject->weights()));

  config.training.steps = 1;  // the last update alone spoils the weights: no later loss shows it
  config.training.optimizer.lr = 1e39;
  CHECK_THROWS_AS(network(config, world)->train(world, StopToken{}), Failure);
}

TEST_CASE("targets that do not fit the loss are refused") {
  Mlp config = small(10);
  config.training.loss = {Hinge{}};
  const FunctionWorld world = linear_world(4, 2);
  CHECK_THROWS_AS(network(config, world)->train(world, StopToken{}), InputError);
}

TEST_CASE("a raised stop token stops") {
  const FunctionWorld world = linear_world(4, 2);
  StopToken stop;
  stop.request();
  CHECK_THROWS_AS(network(small(10), world)->train(world, stop), Stopped);

  StopToken later;
  const auto start = std::chrono::steady_clock::now();
  std::thread other([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(30));
    later.request();
  });
  CHECK_THROWS_AS(network(small(100'000'000), world)->train(world, later), Stopped);
  other.join();
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(2));
}

TEST_CASE("the same bits on repetition, and when other subjects train at the same time") {
  REQUIRE(one_thread);
  const FunctionWorld world = xor_world();
  const auto trained = [&](std::int64_t seed) {
    const auto subject = network(small(200), world, seed);
    subject->train(world, StopToken{});
    return subject->weights();
  };
  std::vector<Tensors> alone;
  for (std::int64_t seed = 0; seed < 4; ++seed) alone.push_back(trained(seed));
  CHECK(same(alone[0], trained(0)));
  CHECK_FALSE(same(alone[0], alone[1]));

  std::vector<Tensors> together(4);
  std::vector<std::thread> threads;
  for (std::size_t seed = 0; seed < 4; ++seed) {
    threads.emplace_back([&, seed] {
      at::set_num_threads(1);
      together[seed] = trained(static_cast<std::int64_t>(seed));
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (std::size_t seed = 0; seed < 4; ++seed) CHECK(same(alone[seed], together[seed]));
}
