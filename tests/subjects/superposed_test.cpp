// Computation in superposition by construction: read-offs are unbiased, errors are where they must be.
#include "lab/subjects/superposed.h"

#include <ATen/ATen.h>
#include <doctest/doctest.h>

#include <cmath>

#include "lab/core/config.h"
#include "lab/core/error.h"
#include "lab/subjects/subject.h"

using namespace lab;

namespace {

std::unique_ptr<World> pairs_world(std::int64_t inputs, std::int64_t ones,
                                   const std::string& op = "and",
                                   const std::string& encoding = "zero_one") {
  const json config = {{"kind", "boolean"},
                       {"circuit", {{"kind", "pairs"}, {"inputs", inputs}, {"op", op}}},
                       {"inputs", {{"kind", "exactly"}, {"k", ones}}},
                       {"encoding", encoding}};
  return make_world(read_config<WorldConfig>(config), 1);
}

std::unique_ptr<Subject> superposed(const World& world, json construction, std::int64_t seed = 1) {
  construction["kind"] = "universal_and";
  return make_subject(
      read_config<SubjectConfig>(json{{"kind", "superposed"}, {"construction", construction}}),
      world, seed);
}

at::Tensor errors(const World& world, const Subject& subject, std::int64_t samples = 512) {
  const Batch batch = world.sample("eval", 0, samples);
  return (subject.run(batch) - batch.targets_BT).to(at::kDouble);
}

double rmse(const at::Tensor& errors) {
  return std::sqrt(errors.square().mean().item<double>());
}

}  // namespace

TEST_CASE(
    "bernoulli: with two active inputs their pair is exact, or 0 where no neuron reads both") {
  const auto world = pairs_world(20, 2);
  for (const double overlap : {.3, 20.}) {
    const auto subject = superposed(*world, {{"neurons", 80}, {"overlap", overlap}});
    const Batch batch = world->sample("eval", 0, 400);
    const at::Tensor said = subject->run(batch).masked_select(batch.targets_BT > .5);
    CHECK(((said - 1).abs() < 1e-5).logical_or(said == 0).all().item<bool>());
    CHECK((said == 0).any().item<bool>() == (overlap < 1));
    // A neuron's share of a pair's intersection is 1 at most with two ones: no error exceeds 1.
    CHECK(errors(*world, *subject).abs().max().item<double>() < 1 + 1e-5);
  }
  const auto single = pairs_world(20, 1);
  CHECK(rmse(errors(*single, *superposed(*single, {{"neurons", 60}}))) < 1e-6);  // below threshold
}

TEST_CASE("bernoulli: neurons, intersections and errors are as many as the law says") {
  const auto world = pairs_world(100, 3);
  const auto subject = superposed(*world, {{"neurons", 400}, {"overlap", 10}});
  const Batch batch = world->sample("eval", 0, 512);
  double share = 0;
  subject->run(batch, [&](std::string_view tap, const at::Tensor& acts) {
    if (tap == "layer0.pre") share = (acts + 1).mean().item<double>() / 3;
    return acts;
  });
  CHECK(share == doctest::Approx(std::sqrt(10. / 400)).epsilon(.05));
  // A third active input is read by a neuron of the intersection with probability √(10/400).
  const at::Tensor error = errors(*world, *subject).masked_select(batch.targets_BT > .5);
  CHECK(error.mean().item<double>() == doctest::Approx(std::sqrt(10. / 400)).epsilon(.15));
  CHECK(error.min().item<double>() > -1e-5);
}

// With d neurons the error of a read-off is N(0, v/d) over weights: means over 190 pairs lie within a few
// percent, and errors halve when neurons grow fourfold. Fixed seeds.
TEST_CASE("gaussian and rademacher read-offs are unbiased, and noise falls as 1/√d") {
  for (const std::string op : {"and", "both"}) {
    const auto world = pairs_world(12, 3, op);
    for (const std::string weights : {"gaussian", "rademacher"}) {
      for (const std::string activation : {"relu", "square"}) {
        for (const std::string from : {"neurons", "inputs"}) {
          if (weights == "rademacher" && activation == "square" && from == "neurons") continue;
          CAPTURE(op + " " + weights + " " + activation + " " + from);
          const auto made = [&](std::int64_t neurons) {
            return superposed(*world, {{"weights", weights},
                                       {"activation", activation},
                                       {"neurons", neurons},
                                       {"linear_from", from}});
          };
          const at::Tensor few = errors(*world, *made(4000)), many = errors(*world, *made(64000));
          CHECK(rmse(many) < .06);
          CHECK(rmse(few) / rmse(many) == doctest::Approx(4).epsilon(.25));
          const at::Tensor targets = world->sample("eval", 0, 512).targets_BT;
          CHECK(std::abs(many.masked_select(targets > .5).mean().item<double>()) < .03);
          CHECK(std::abs(many.masked_select(targets < .5).mean().item<double>()) < .01);
        }
      }
    }
  }
}

TEST_CASE("the read-off is made for a number of ones: with relu others have another signal") {
  const auto seven = pairs_world(12, 7);
  const auto signal = [&](std::int64_t active) {
    const auto subject =
        superposed(*seven, {{"weights", "gaussian"}, {"neurons", 64000}, {"active", active}});
    const Batch batch = seven->sample("eval", 0, 256);
    return subject->run(batch).masked_select(batch.targets_BT > .5).mean().item<double>();
  };
  CHECK(signal(7) == doctest::Approx(1).epsilon(.05));
  CHECK(signal(3) == doctest::Approx(std::sqrt(3. / 7)).epsilon(.05));
}

TEST_CASE("both encodings give the same outputs") {
  for (const std::string from : {"neurons", "inputs"}) {
    const json construction = {{"weights", "gaussian"}, {"neurons", 50}, {"linear_from", from}};
    const auto bits = pairs_world(8, 3, "xor"), signs = pairs_world(8, 3, "xor", "plus_minus");
    const Batch a = bits->sample("eval", 0, 64), b = signs->sample("eval", 0, 64);
    CHECK(at::allclose(superposed(*bits, construction)->run(a),
                       superposed(*signs, construction)->run(b), 1e-3, 1e-4));
  }
}

TEST_CASE(
    "inputs in superposition: orthonormal vectors change nothing; cutting removes interference") {
  const auto world = pairs_world(16, 3);
  const json plain = {{"neurons", 200}, {"overlap", 10}};
  const auto with = [&](const std::string& placement, std::int64_t width, const std::string& read) {
    json c = plain;
    c["placement"] = placement;
    c["width"] = width;
    c["read"] = read;
    return superposed(*world, c);
  };
  const Batch batch = world->sample("eval", 0, 200);
  const at::Tensor bits = superposed(*world, plain)->run(batch);
  for (const std::string read : {"dot", "clip"}) {
    CHECK(at::allclose(with("orthonormal", 20, read)->run(batch), bits, 1e-3, 1e-4));
  }
  // 16 vectors in 150 dimensions meet at cosines of about .08: three of them stay below ¼.
  CHECK_FALSE(at::allclose(with("random", 150, "dot")->run(batch), bits, 1e-3, 1e-3));
  CHECK(rmse((with("random", 150, "clip")->run(batch) - bits).to(at::kDouble)) <
        .2 * rmse((with("random", 150, "dot")->run(batch) - bits).to(at::kDouble)));
  const auto crowded = with("random", 10, "clip");  // fewer dimensions than inputs
  CHECK(crowded->tap_width("embed") == 10);
  CHECK(crowded->tap_width("layer0.post") == 32);
  CHECK(crowded->default_tap() == "layer1.post");
}

TEST_CASE("what does not fit is refused") {
  const auto either = pairs_world(6, 2, "xor");
  CHECK_THROWS_AS(superposed(*either, {{"weights", "bernoulli"}}), InputError);
  CHECK_THROWS_AS(superposed(*either, {{"weights", "rademacher"}, {"activation", "square"}}),
                  InputError);
  CHECK_NOTHROW(superposed(*either, {{"weights", "bernoulli"}, {"linear_from", "inputs"}}));
  const auto sparse = make_world(read_config<WorldConfig>(json("sparse")), 1);
  CHECK_THROWS_AS(superposed(*sparse, json::object()), InputError);
  const auto deep = make_world(
      read_config<WorldConfig>(
          json{{"kind", "boolean"}, {"circuit", {{"kind", "parity"}, {"inputs", 5}, {"k", 3}}}}),
      1);
  CHECK_THROWS_AS(superposed(*deep, json::object()), InputError);
  const auto pairs = pairs_world(6, 2);
  CHECK_THROWS_AS(superposed(*pairs, {{"neurons", 4}, {"overlap", 5}}), InputError);
  const auto subject = superposed(*pairs, json::object());
  CHECK(subject->weights().empty());
  CHECK_THROWS_AS(subject->set_weights({{"layer0.weight", at::zeros({1})}}), InputError);
}
