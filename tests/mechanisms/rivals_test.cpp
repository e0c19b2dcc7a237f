// Circuits as hypotheses: what they predict, when they differ, which one a network computes.
#include "lab/mechanisms/rivals.h"

#include <ATen/ATen.h>
#include <doctest/doctest.h>

#include <array>

#include "lab/core/config.h"
#include "lab/core/error.h"
#include "mechanisms/gate_subject.h"

using namespace lab;
using namespace lab::test;

namespace {

std::unique_ptr<World> world_of(const std::string& gates, const std::string& output) {
  const std::string text = R"({"kind": "boolean", "inputs": "uniform", "circuit": {"kind": "given",
    "inputs": ["a", "b", "c"], "gates": [)" +
                           gates + R"(], "outputs": [{"name": "y", "node": ")" + output +
                           R"("}]}})";
  return make_world(read_config<WorldConfig>(parse_json(text, "test")), 1);
}

// (a and b) or (a and c), and the same factored: a and (b or c).
const std::string kSum =
    R"({"name": "ab", "op": "and", "in": ["a", "b"]}, {"name": "ac", "op": "and", "in": ["a", "c"]},
       {"name": "y", "op": "or", "in": ["ab", "ac"]})";
const std::string kFactored =
    R"({"name": "bc", "op": "or", "in": ["b", "c"]}, {"name": "y", "op": "and", "in": ["a", "bc"]})";
// The first again with the complements of its inner gates.
const std::string kNegated =
    R"({"name": "p", "op": "nand", "in": ["a", "b"]}, {"name": "q", "op": "nand", "in": ["a", "c"]},
       {"name": "y", "op": "nand", "in": ["p", "q"]})";

Hypothesis of(const World& world, const std::string& name) {
  return hypothesis(name, *world.truth().circuit);
}

}  // namespace

TEST_CASE("inner functions are those of gates, without the output's") {
  const auto world = world_of(kSum, "y"), negated = world_of(kNegated, "y");
  const Hypothesis sum = of(*world, "sum"), turned = of(*negated, "negated");
  REQUIRE(sum.functions.size() == 2);
  CHECK(sum.functions[0].nodes == std::vector<circuits::Node>{3});
  CHECK(turned.functions[0].hash ==
        sum.functions[0].hash);  // a function and its complement are one
  CHECK(turned.functions[1].hash == sum.functions[1].hash);
}

TEST_CASE("can_distinguish counts pairs and functions on which predictions differ") {
  const auto sum_world = world_of(kSum, "y"), factored_world = world_of(kFactored, "y");
  const Pairs pairs = all_pairs(*sum_world);
  const Hypothesis sum = of(*sum_world, "sum"), factored = of(*factored_world, "factored");
  int differ = 0;
  for (int base = 0; base < 8; ++base) {
    for (int source = 0; source < 8; ++source) {
      const auto bit = [](int x, int i) { return (x >> i & 1) != 0; };
      const bool a = bit(base, 0), b = bit(base, 1), c = bit(base, 2);
      const bool own = (a && b) || (a && c);
      const bool ab = (bit(source, 0) && bit(source, 1)) || (a && c);
      const bool ac = (a && b) || (bit(source, 0) && bit(source, 2));
      const bool bc = a && (bit(source, 1) || bit(source, 2));
      differ += (ab != own) + (ac != own) + (bc != own);
    }
  }
  CHECK(can_distinguish(sum, factored, pairs) == doctest::Approx(differ / 192.0));
  CHECK(can_distinguish(factored, sum, pairs) == can_distinguish(sum, factored, pairs));
  CHECK(can_distinguish(sum, sum, pairs) == 0);
  CHECK(can_distinguish(sum, of(*world_of(kNegated, "y"), "negated"), pairs) == 0);
}

TEST_CASE("the circuit that a network computes ranks first, one that says the same is no rival") {
  const auto sum_world = world_of(kSum, "y"), factored_world = world_of(kFactored, "y"),
             negated_world = world_of(kNegated, "y");
  const GateSubject sum_net(
      [](const at::Tensor& x) {
        return at::stack({x.select(1, 0) * x.select(1, 1), x.select(1, 0) * x.select(1, 2)}, 1);
      },
      [](const at::Tensor& h) { return (h.sum(1, true) > .5); }, 2);
  const GateSubject factored_net(
      [](const at::Tensor& x) {
        return at::stack({x.select(1, 0), at::maximum(x.select(1, 1), x.select(1, 2))}, 1);
      },
      [](const at::Tensor& h) { return (h.sum(1, true) > 1.5); }, 2);
  const Hypothesis sum = of(*sum_world, "sum"), factored = of(*factored_world, "factored"),
                   negated = of(*negated_world, "negated");
  const Pairs pairs = all_pairs(*sum_world);
  const auto ranked = [&](const Subject& net, const std::vector<Hypothesis>& hypotheses) {
    return rank(hypotheses,
                align(net, random_networks(net, *sum_world, 2, 1), *sum_world, hypotheses,
                      SearchBudget{}),
                pairs)
        .scores;
  };
  for (const auto& [net, first, second] :
       {std::tuple<const Subject*, Hypothesis, Hypothesis>{&sum_net, sum, factored},
        {&factored_net, factored, sum}}) {
    const Scores right = ranked(*net, {first, negated, second});
    CHECK(right.at("truth_iia").value == 1);
    CHECK(right.at("truth_first").value == 1);
    CHECK(right.at("truth_rank").value == 0);
    const Scores wrong = ranked(*net, {second, first});
    CHECK(wrong.at("truth_first").value == 0);
    CHECK(wrong.at("truth_rank").value == 1);
    CHECK(wrong.at("truth_iia").value < 1);
  }
  const Scores alone = ranked(sum_net, {sum, negated});
  CHECK(alone.at("rivals_distinguishable").value == 0);
  CHECK_FALSE(alone.at("truth_first").present);
}

TEST_CASE("hypotheses must fit the world") {
  const auto world = world_of(kSum, "y");
  const auto other = make_world(
      read_config<WorldConfig>(parse_json(
          R"({"kind": "boolean", "circuit": {"kind": "random", "inputs": 4, "gates": 6}})",
          "test")),
      1);
  const GateSubject net([](const at::Tensor& x) { return x; },
                        [](const at::Tensor& h) { return h.sum(1, true); }, 3);
  CHECK_THROWS_AS(align(net, {}, *world, {of(*other, "other")}, SearchBudget{}), InputError);
}
