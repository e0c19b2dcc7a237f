// Present, elicited, used: closed forms of small gates, and a network known by heart.
#include "lab/scores/elicited.h"

#include <ATen/ATen.h>
#include <doctest/doctest.h>

#include "lab/core/config.h"
#include "lab/core/error.h"
#include "mechanisms/gate_subject.h"
#include "scores/random_tensors.h"

using namespace lab;
using namespace lab::test;
using namespace random_tensors;

namespace {

const Draw draw_here("test/elicited", 1);

InputSplit halves_of(std::int64_t rows) {
  const std::vector<std::int64_t> order = draw_here.at(0).permutation(rows);
  const at::Tensor all = at::tensor(order, at::kLong);
  return {all.narrow(0, 0, rows / 2), all.narrow(0, rows / 2, rows - rows / 2)};
}

std::unique_ptr<World> known_world() {
  return make_world(read_config<WorldConfig>(parse_json(R"({"kind": "boolean", "inputs": "uniform",
    "circuit": {"kind": "given", "inputs": ["a", "b", "c", "d"],
      "gates": [{"name": "g", "op": "and", "in": ["a", "b"]}, {"name": "y", "op": "or", "in": ["g", "c"]}],
      "outputs": [{"name": "y", "node": "y"}]}})",
                                                        "test")),
                    1);
}

}  // namespace

TEST_CASE(
    "of two bits: a bit is linear, AND is two thirds linear and one neuron, XOR needs several") {
  const at::Tensor x = bits("x", 2000, 4, .5);
  const at::Tensor a = x.select(1, 0), b = x.select(1, 1);
  const at::Tensor gates = at::stack({a, a * b, (a != b).to(at::kDouble)}, 1);
  const Present found = present(x, gates, halves_of(2000), 8, draw_here);
  CHECK(found.linear[0] == doctest::Approx(1).epsilon(.001));
  CHECK(found.linear[1] == doctest::Approx(2. / 3).epsilon(.05));
  CHECK(std::abs(found.linear[2]) < .05);
  CHECK(found.relu[0] > .99);
  CHECK(found.relu[1] > .99);
  CHECK(found.relu[2] < .5);  // one neuron: at best 1/3
  CHECK(found.mlp[2] > .95);
}

TEST_CASE("turning the activations changes nothing but rounding; noise tells nothing") {
  const at::Tensor x = bits("x", 1200, 6, .5);
  const at::Tensor gates = at::stack({x.select(1, 2), x.select(1, 0) * x.select(1, 1)}, 1);
  const InputSplit split = halves_of(1200);
  const Present plain = present(x, gates, split, 4, draw_here);
  const Present turned = present(x.matmul(rotation("turn", 6)), gates, split, 4, draw_here);
  for (int g : {0, 1}) CHECK(turned.linear[g] == doctest::Approx(plain.linear[g]).epsilon(.01));
  const Present noise = present(normal("noise", 1200, 6), gates, split, 4, draw_here);
  for (int g : {0, 1}) CHECK(noise.linear[g] < .03);
  CHECK(std::isnan(present(normal("wide", 1200, 300), gates, split, 4, draw_here).linear[0]));
  CHECK(std::isnan(present(x, at::ones({1200, 1}), split, 4, draw_here).mlp[0]));
  CHECK_THROWS_AS(present(x, at::ones({3, 1}), split, 4, draw_here), InputError);
}

TEST_CASE("a latent that is the gate, three that add up to it, a firing whose size says nothing") {
  const at::Tensor parts = bits("parts", 1000, 3, .2), gate = bits("gate", 1000, 1, .5);
  const at::Tensor sum = parts.sum(1, true);
  const at::Tensor sized = gate * (.1 + normal("size", 1000, 1).square());
  const at::Tensor codes = at::cat({parts, sized, bits("other", 1000, 2, .5)}, 1);
  const at::Tensor targets = at::cat({sum, gate}, 1);
  const Elicited found = elicited(codes, false, targets, halves_of(1000));
  CHECK(found.one[0] < .5);
  CHECK(found.three[0] == doctest::Approx(1).epsilon(1e-6));
  CHECK(found.one[1] == doctest::Approx(1).epsilon(1e-6));
  CHECK(found.latents[1].front() == 3);
  CHECK(found.latents[0].size() == 3);
  const Elicited by_size = elicited(codes, true, targets, halves_of(1000));
  CHECK(by_size.one[1] < .7);
}

TEST_CASE("what the network reads is used, what it only carries is not; counts add up") {
  const auto world = known_world();
  const Batch all = world->enumerate(0, 16);
  // The tap holds g = a∧b, c and d; the output is g ∨ c, and d is carried along.
  const GateSubject network(
      [](const at::Tensor& x) {
        return at::stack({x.select(1, 0) * x.select(1, 1), x.select(1, 2), x.select(1, 3)}, 1);
      },
      [](const at::Tensor& h) { return h.narrow(1, 0, 2).sum(1, true); }, 3);
  const at::Tensor x = all.inputs_BN;
  const at::Tensor gates =
      at::stack({x.select(1, 0) * x.select(1, 1), x.select(1, 2), x.select(1, 3)}, 1);
  const std::optional<Used> cost = used(network, all, "gates", gates, 40, draw_here);
  REQUIRE(cost.has_value());
  // Erasing c leaves its mean .5 everywhere: g ∨ c becomes g + .5 > .5, wrong where c ∧ ¬g, 6 of 16.
  CHECK(cost->drop[1] == doctest::Approx(6. / 16));
  CHECK(cost->drop[2] == 0);
  CHECK(cost->random[2] > 0);
  CHECK_THROWS_AS(used(network, all, "nowhere", gates, 1, draw_here), InputError);

  const std::vector<double> high(3, .9), low(3, 0.);
  const Elicitation told = elicitation({low, high, low}, {low, low, {{0}, {1}, {2}}}, cost);
  double sum = 0;
  for (const auto& [name, score] : told.scores)
    if (name.starts_with("present_elicited_used_")) sum += score.value;
  CHECK(sum == 3);
  CHECK(told.scores.at("present_elicited_used_100").value >= 1);  // d
  CHECK(told.scores.at("present").value == 1);
  CHECK(told.scores.at("elicited").value == 0);
  const Elicitation unused =
      elicitation({low, high, low}, {low, low, {{0}, {1}, {2}}}, std::nullopt);
  CHECK_FALSE(unused.scores.at("present_elicited_used_100").present);
  CHECK_FALSE(unused.scores.at("used").present);
}
