// Finding places: each method finds what it can see, on fresh pairs; budgets and refusals.
#include "lab/mechanisms/alignment.h"

#include <ATen/ATen.h>
#include <doctest/doctest.h>

#include "lab/core/config.h"
#include "lab/core/error.h"
#include "lab/subjects/interventions.h"
#include "mechanisms/gate_subject.h"

using namespace lab;
using namespace lab::test;

namespace {

// y = (a xor b) xor (c and d): gates p = 4, q = 5.
std::unique_ptr<World> small_world() {
  return make_world(read_config<WorldConfig>(parse_json(R"({"kind": "boolean", "inputs": "uniform",
    "circuit": {"kind": "given", "inputs": ["a", "b", "c", "d"],
    "gates": [{"name": "p", "op": "xor", "in": ["a", "b"]}, {"name": "q", "op": "and", "in": ["c", "d"]},
              {"name": "y", "op": "xor", "in": ["p", "q"]}, {"name": "r", "op": "or", "in": ["c", "d"]}],
    "outputs": [{"name": "y", "node": "y"}]}})",
                                                        "test")),
                    1);
}

// Its tap holds p, q and six numbers that nothing reads, in a frame [8, 8]. The output is smooth in p and q.
GateSubject network(const at::Tensor& frame) {
  return GateSubject(
      [frame](const at::Tensor& x) {
        const at::Tensor a = x.select(1, 0), b = x.select(1, 1);
        const at::Tensor p = a + b - 2 * a * b, q = x.select(1, 2) * x.select(1, 3);
        return at::stack({p, q, a, b, a * b, 1 - a, x.select(1, 2), x.select(1, 3)}, 1).mm(frame);
      },
      [frame](const at::Tensor& h) {
        const at::Tensor back = h.mm(frame.t());
        const at::Tensor p = back.select(1, 0), q = back.select(1, 1);
        return (p + q - 2 * p * q).unsqueeze(1);
      },
      8);
}

double fresh_accuracy(const Subject& subject, const World& world, const Gates& gates,
                      const std::vector<Place>& places) {
  return interchange_accuracy(subject, stratified_interchange(world, gates, "fresh", 1000), places)
      .balanced.value;
}

at::Tensor random_frame() {
  Words words = Draw("test/frame", 1).at(0);
  return random_basis(8, 8, words);
}

}  // namespace

TEST_CASE("neurons are found where gates lie on neurons, and not in a turned frame") {
  const auto world = small_world();
  PlaceSearch search;
  search.method = "neurons";
  const GateSubject straight = network(at::eye(8));
  const FoundPlaces found = find_places(straight, *world, "gates", {{4}, {5}}, search, 1);
  REQUIRE(found.places.size() == 2);
  CHECK(found.places[0].what == "neurons 0");
  CHECK(found.places[1].what == "neurons 1");
  CHECK(found.search_iia.value == 1);
  CHECK(found.tried == 7.0);  // 8 neurons for p; 7 are left for q; the mean, rounded down
  CHECK(fresh_accuracy(straight, *world, {4, 5}, found.places) == 1);
  const GateSubject turned = network(random_frame());
  const FoundPlaces poor = find_places(turned, *world, "gates", {{4}}, search, 1);
  CHECK(fresh_accuracy(turned, *world, {4}, poor.places) < .9);
}

TEST_CASE("distributed alignment search finds gates in a turned frame, alone and together") {
  const auto world = small_world();
  const at::Tensor frame = random_frame();
  const GateSubject turned = network(frame);
  PlaceSearch search;
  search.steps = 300;
  search.lr = .03;
  const FoundPlaces one = find_places(turned, *world, "gates", {{5}}, search, 1);
  CHECK(fresh_accuracy(turned, *world, {5}, one.places) > .98);
  const FoundPlaces both = find_places(turned, *world, "gates", {{4}, {5}}, search, 1);
  CHECK(fresh_accuracy(turned, *world, {4}, {both.places[0]}) > .98);
  CHECK(fresh_accuracy(turned, *world, {5}, {both.places[1]}) > .98);
  CHECK(fresh_accuracy(turned, *world, {4, 5}, both.places) > .98);
  // The same seed finds the same place; the places of two variables are at right angles.
  const FoundPlaces again = find_places(turned, *world, "gates", {{4}, {5}}, search, 1);
  const at::Tensor zero = at::zeros({1, 8}),
                   one_each = at::arange(1, 9).to(at::kFloat).unsqueeze(0);
  const at::Tensor first = both.places[0].exchange(zero, one_each);
  CHECK(at::equal(first, again.places[0].exchange(zero, one_each)));
  CHECK(std::abs((first * both.places[1].exchange(zero, one_each)).sum().item<float>()) < 1e-3f);
}

TEST_CASE("a direction is found where the gate varies independently of what else is there") {
  const auto world = small_world();
  PlaceSearch search;
  search.method = "direction";
  const GateSubject clean(
      [](const at::Tensor& x) {
        const at::Tensor a = x.select(1, 0), b = x.select(1, 1);
        const at::Tensor frame = random_frame().narrow(0, 0, 2);
        return at::stack({a + b - 2 * a * b, x.select(1, 2) * x.select(1, 3)}, 1).mm(frame);
      },
      [](const at::Tensor& h) {
        const at::Tensor back = h.mm(random_frame().narrow(0, 0, 2).t());
        const at::Tensor p = back.select(1, 0), q = back.select(1, 1);
        return (p + q - 2 * p * q).unsqueeze(1);
      },
      8);
  const FoundPlaces found = find_places(clean, *world, "gates", {{4}, {5}}, search, 1);
  CHECK(found.tried == 3);
  CHECK(fresh_accuracy(clean, *world, {4, 5}, found.places) > .98);
}

TEST_CASE("what cannot be searched is refused") {
  const auto world = small_world();
  const GateSubject net = network(at::eye(8));
  PlaceSearch search;
  search.dimensions = 5;
  CHECK_THROWS_AS(find_places(net, *world, "gates", {{4}, {5}}, search, 1), InputError);
  CHECK_THROWS_AS(find_places(net, *world, "layer7", {{4}}, search, 1), InputError);
  CHECK_THROWS_AS(find_places(net, *world, "gates", {}, search, 1), InputError);
  // r is read by nothing.
  CHECK_THROWS_AS(find_places(net, *world, "gates", {{7}}, PlaceSearch{}, 1), Failure);
}
