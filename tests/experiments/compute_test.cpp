#include "experiments/compute.h"

#include <ATen/Parallel.h>
#include <doctest/doctest.h>

#include <cmath>

#include "experiments/experiment.h"
#include "experiments/memory.h"
#include "lab/core/config.h"
#include "lab/core/error.h"

namespace lab {
namespace {

Record computed(const json& world, const json& subject, json more = json::object()) {
  at::set_num_threads(1);
  more["kind"] = "compute";
  more["world"] = world;
  more["subject"] = subject;
  return Memory().make(compose(more)).record;
}

double value(const Record& record, const std::string& name) {
  const Score& score = record.scores.at(name);
  CAPTURE(name);
  REQUIRE(score.present);
  return score.value;
}

const json kPairs = {{"kind", "boolean"},
                     {"circuit", {{"kind", "pairs"}, {"inputs", 8}}},
                     {"inputs", {{"kind", "exactly"}, {"k", 3}}}};

TEST_CASE("a compiled network is the oracle") {
  const Record record = computed(kPairs, "compiled", {{"all_up_to", 8}});
  CHECK(value(record, "rmse") < 1e-6);
  CHECK(value(record, "exact_outputs") == 1);
  CHECK(value(record, "epsilon_accuracy") == 1);
  CHECK(value(record, "task_loss") < 1e-10);
  CHECK(record.tables.at("computed").rows.size() == 28);
  CHECK(record.tables.at("computed").labels[0] == "and0_1");
}

TEST_CASE("all inputs with at most k ones are scored once each: closed forms of doing nothing") {
  const json untrained = {{"kind", "mlp"}, {"widths", {5}}, {"training", {{"steps", 0}}}};
  const Record record = computed(kPairs, untrained, {{"all_up_to", 3}});
  // 1 + 8 + 28 + 56 inputs; those with two ones make one AND true, those with three three.
  const double share = (28 + 3 * 56) / (93. * 28);
  CHECK(value(record, "do_nothing_loss") == doctest::Approx(share));
  CHECK(value(record, "do_nothing_rmse") == doctest::Approx(std::sqrt(share)));
  CHECK(value(record, "naive_loss") == doctest::Approx(share * 23 / 28));  // symmetric in the pairs
  CHECK(value(record, "hidden_neurons") == 5);
  CHECK(value(record, "outputs") == 28);
}

TEST_CASE("functions of real features: naive and nothing as derived, for several exponents") {
  for (const std::string targets : {"relu", "plus_relu"}) {
    for (const double p : {2., 4.}) {
      const json world = {{"kind", "sparse"},
                          {"features", 20},
                          {"probability", {{"kind", "equal"}, {"p", .1}}},
                          {"magnitude", {{"kind", "uniform"}, {"low", -1}}},
                          {"targets", targets}};
      const json subject = {{"kind", "mlp"},
                            {"widths", {10}},
                            {"training", {{"steps", 0}, {"loss", {{"kind", "power"}, {"p", p}}}}}};
      const Record record = computed(world, subject, {{"samples", 20000}});
      // E|ReLU(x)|^p = ½/(p + 1) for x in U[−1, 1]; 40,000 active values, to 4 standard deviations.
      const double nothing = .1 * .5 / (p + 1);
      CHECK(value(record, "do_nothing_loss") == doctest::Approx(nothing).epsilon(.04));
      CHECK(value(record, "naive_loss") == doctest::Approx(nothing / 2).epsilon(.06));
      CHECK_FALSE(record.scores.at("exact_outputs").present);
      CHECK_FALSE(record.scores.at("rmse_11").present);
      CHECK(value(record, "mse_active") > 0);
    }
  }
}

TEST_CASE("logits are turned into probabilities, and have no loss of doing nothing") {
  const json subject = {{"kind", "mlp"},
                        {"widths", {64}},
                        {"training",
                         {{"steps", 600},
                          {"batch", 64},
                          {"loss", "bce"},
                          {"optimizer", {{"kind", "adam"}, {"lr", .02}}}}}};
  const Record record = computed(kPairs, subject, {{"samples", 500}});
  CHECK(value(record, "exact_outputs") == 1);
  CHECK(value(record, "worst_error") < .5);
  CHECK_FALSE(record.scores.at("naive_loss").present);
  CHECK(record.tables.contains("steps"));
}

TEST_CASE("what cannot be scored is refused") {
  CHECK_THROWS_AS(computed("sparse", "embedding"), InputError);
  CHECK_THROWS_AS(
      computed("sparse", {{"kind", "mlp"}, {"training", {{"steps", 0}}}}, {{"all_up_to", 2}}),
      InputError);
}

}  // namespace
}  // namespace lab
