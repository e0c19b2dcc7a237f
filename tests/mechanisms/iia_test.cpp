// Interchange accuracy: the known answers of a small circuit, its nulls, rare gates.
#include "lab/mechanisms/iia.h"

#include <ATen/ATen.h>
#include <doctest/doctest.h>

#include "lab/core/config.h"
#include "lab/core/error.h"
#include "mechanisms/gate_subject.h"

using namespace lab;
using namespace lab::test;

namespace {

std::unique_ptr<World> world_of(const std::string& circuit) {
  return make_world(
      read_config<WorldConfig>(
          parse_json(R"({"kind": "boolean", "inputs": "uniform", "circuit": {"kind": "given", )" +
                         circuit + "}}",
                     "test")),
      1);
}

// (a and b) or c
const std::string kKnown = R"("inputs": ["a", "b", "c"],
  "gates": [{"name": "g", "op": "and", "in": ["a", "b"]}, {"name": "y", "op": "or", "in": ["g", "c"]}],
  "outputs": [{"name": "y", "node": "y"}])";
constexpr circuits::Node kG = 3;

// Its one tap holds g and c in a rotated frame.
GateSubject known_network(const at::Tensor& frame_22) {
  return GateSubject(
      [frame_22](const at::Tensor& x) {
        return at::stack({x.select(1, 0) * x.select(1, 1), x.select(1, 2)}, 1).mm(frame_22);
      },
      [frame_22](const at::Tensor& h) { return h.mm(frame_22.t()).sum(1, true); }, 2);
}

at::Tensor turned(double angle) {
  const float c = static_cast<float>(std::cos(angle)), s = static_cast<float>(std::sin(angle));
  return at::tensor({c, s, -s, c}).reshape({2, 2});
}

}  // namespace

TEST_CASE(
    "(a and b) or c, by all 64 pairs: nothing .8125 on all, the whole tap .75 on effective ones") {
  const auto world = world_of(kKnown);
  const at::Tensor frame = turned(.7);
  const GateSubject network = known_network(frame);
  const Interchange of = interchange(world->truth(), all_pairs(*world), {kG});
  CHECK(of.looked == 64);
  CHECK(of.effective_B().sum().item<int>() == 12);
  const at::Tensor said = decisions(network, network.run(of.pairs.base, {}));
  CHECK((said == of.wanted_BT).to(at::kDouble).mean().item<double>() == .8125);

  const Iia whole = interchange_accuracy(network, of, {whole_tap("gates")});
  CHECK(whole.effective.value == .75);
  const Iia nothing = interchange_accuracy(network, of, {});
  CHECK(nothing.effective.value == 0);
  CHECK(nothing.ineffective.value == 1);
  CHECK(nothing.balanced.value == .5);

  const Scores scores = iia_scores(network, nullptr, of, {direction_place("gates", frame[0])}, 30,
                                   Draw("test/nulls", 1));
  CHECK(scores.at("iia_balanced").value == 1);
  CHECK(scores.at("iia_effective").value == 1);
  CHECK(scores.at("iia_ineffective").value == 1);
  CHECK(scores.at("iia_nothing").value == .5);
  CHECK(scores.at("iia_whole").value == .5 * (.75 + whole.ineffective.value));
  CHECK(scores.at("iia_random").value < .95);
  CHECK(scores.at("iia_random_sd").value > 0);
  CHECK(scores.at("iia_random_max").value >= scores.at("iia_random").value);
  CHECK_FALSE(scores.at("iia_untrained").present);
  // c's direction is the wrong one: right only where g rises (half) and the source has c (half).
  const Iia wrong = interchange_accuracy(network, of, {direction_place("gates", frame[1])});
  CHECK(wrong.effective.value == .25);
}

TEST_CASE("the balanced accuracy does not depend on how pairs are ordered or repeated") {
  const auto world = world_of(kKnown);
  const GateSubject network = known_network(at::eye(2));
  const std::vector<Place> places{direction_place("gates", turned(.4)[0])};
  const Pairs all = all_pairs(*world);
  const Iia once = interchange_accuracy(network, interchange(world->truth(), all, {kG}), places);
  const auto reversed = [](const Batch& b) {
    return Batch{b.inputs_BN.flip(0),
                 b.values_BC.flip(0),
                 b.present_BF.flip(0),
                 b.targets_BT.flip(0),
                 b.split,
                 0};
  };
  const Iia turned_round = interchange_accuracy(
      network, interchange(world->truth(), {reversed(all.base), reversed(all.source)}, {kG}),
      places);
  CHECK(once.balanced.value == turned_round.balanced.value);
  // The stratified sample estimates the same: 4000 pairs, six standard errors.
  const Iia sampled =
      interchange_accuracy(network, stratified_interchange(*world, {kG}, "test", 4000), places);
  CHECK(std::abs(sampled.balanced.value - once.balanced.value) < 6 * .5 / std::sqrt(4000.0));
}

TEST_CASE("several outputs: all must be right, and each is reported alone") {
  const auto world = world_of(R"("inputs": ["a", "b"],
    "gates": [{"name": "u", "op": "and", "in": ["a", "b"]}, {"name": "v", "op": "or", "in": ["a", "b"]},
              {"name": "y", "op": "buf", "in": ["u"]}, {"name": "z", "op": "buf", "in": ["v"]}],
    "outputs": [{"name": "y", "node": "y"}, {"name": "z", "node": "z"}])");
  const GateSubject network(
      [](const at::Tensor& x) {
        return at::stack(
            {x.select(1, 0) * x.select(1, 1), at::maximum(x.select(1, 0), x.select(1, 1))}, 1);
      },
      [](const at::Tensor& h) { return h; }, 2);
  const Interchange of = interchange(world->truth(), all_pairs(*world), {2});
  const Iia right = interchange_accuracy(network, of, {neurons_place("gates", {0}, 2)});
  CHECK(right.balanced.value == 1);
  REQUIRE(right.outputs.size() == 2);
  CHECK(right.outputs[0].value == 1);
  CHECK_FALSE(right.outputs[1].present);  // u never changes it
  const Iia wrong = interchange_accuracy(network, of, {neurons_place("gates", {1}, 2)});
  CHECK(wrong.outputs[0].value == .5);
  CHECK(wrong.effective.value == 0);
  CHECK(wrong.ineffective.value < 1);
  const Interchange both = interchange(world->truth(), all_pairs(*world), {2, 3});
  CHECK(interchange_accuracy(network, both,
                             {neurons_place("gates", {0}, 2), neurons_place("gates", {1}, 2)})
            .balanced.value == 1);
}

TEST_CASE("a rare gate is tested on pairs where it decides; one that never does has a reason") {
  const auto world = world_of(R"("inputs": ["a", "b", "c", "d", "e", "f", "h"],
    "gates": [{"name": "g", "op": "and", "in": ["a", "b", "c", "d", "e", "f"]},
              {"name": "y", "op": "or", "in": ["g", "h"]}, {"name": "z", "op": "or", "in": ["g", "a"]}],
    "outputs": [{"name": "y", "node": "y"}])");
  const Interchange rare = stratified_interchange(*world, {7}, "test", 200);
  CHECK(rare.effective_B().sum().item<int>() == 100);
  CHECK(rare.pairs.base.inputs_BN.size(0) == 200);
  CHECK(rare.looked >= 2048);
  const Interchange again = interchange(world->truth(), rare.pairs, {7});
  CHECK(at::equal(again.wanted_BT, rare.wanted_BT));
  CHECK(at::equal(again.own_BT, rare.own_BT));
  const Interchange few = stratified_interchange(*world, {7}, "test", 200, 500);
  CHECK(few.looked == 500);
  CHECK(few.effective_B().sum().item<int>() < 100);
  const Interchange never = stratified_interchange(*world, {9}, "test", 100, 4096);
  const Iia none = interchange_accuracy(never.own_BT, never.wanted_BT, never.own_BT);
  CHECK_FALSE(none.balanced.present);
  CHECK(none.ineffective.value == 1);
  CHECK(none.balanced.reason == "no pair on which the exchange changes an output of the circuit");
}

TEST_CASE("random places fit beside one another; what has no dimensions is refused") {
  const GateSubject network([](const at::Tensor& x) { return x; },
                            [](const at::Tensor& h) { return h.sum(1, true); }, 5);
  Words words = Draw("test/places", 1).at(0);
  const std::vector<Place> places = random_places_like(
      network, {neurons_place("gates", {0, 2}, 5), direction_place("gates", at::ones({5}))}, words);
  REQUIRE(places.size() == 2);
  CHECK(places[0].dimensions == 2);
  const at::Tensor base = at::zeros({1, 5}), source = at::ones({1, 5});
  const at::Tensor a = places[0].exchange(base, source), b = places[1].exchange(base, source);
  CHECK(std::abs((a * b).sum().item<float>()) < 1e-5f);
  CHECK_THROWS_AS(random_places_like(network, {whole_tap("gates")}, words), InputError);
  CHECK_THROWS_AS(
      random_places_like(network, {neurons_place("gates", {0, 1, 2, 3, 4}, 5), places[1]}, words),
      InputError);
}
