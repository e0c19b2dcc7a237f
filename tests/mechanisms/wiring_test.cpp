// Wiring: edges after contraction, direct effects, and what permuted labels give.
#include "lab/mechanisms/wiring.h"

#include <ATen/ATen.h>
#include <doctest/doctest.h>

#include <set>

#include "lab/core/config.h"
#include "lab/core/error.h"
#include "mechanisms/gate_subject.h"

using namespace lab;
using namespace lab::test;

namespace {

using Edges = std::set<std::pair<circuits::Node, circuits::Node>>;

// p = ab, q = c or d, n = not q, r = p xor n, y = r and p; nodes: a…d = 0…3, p = 4, q = 5, n = 6, r = 7, y = 8.
std::unique_ptr<World> wired_world() {
  return make_world(read_config<WorldConfig>(parse_json(R"({"kind": "boolean", "inputs": "uniform",
    "circuit": {"kind": "given", "inputs": ["a", "b", "c", "d"],
    "gates": [{"name": "p", "op": "and", "in": ["a", "b"]}, {"name": "q", "op": "or", "in": ["c", "d"]},
              {"name": "n", "op": "not", "in": ["q"]}, {"name": "r", "op": "xor", "in": ["p", "n"]},
              {"name": "y", "op": "and", "in": ["r", "p"]}],
    "outputs": [{"name": "y", "node": "y"}]}})",
                                                        "test")),
                    1);
}

at::Tensor column(const at::Tensor& x, std::int64_t i) {
  return x.select(1, i);
}

// Taps: first (p, q), second (r, p carried on), output (y).
LayerSubject wired_network() {
  return LayerSubject(
      {{"first", 2,
        [](const at::Tensor& x) {
          return at::stack({column(x, 0) * column(x, 1), at::maximum(column(x, 2), column(x, 3))},
                           1);
        }},
       {"second", 2,
        [](const at::Tensor& h) {
          const at::Tensor p = column(h, 0), n = 1 - column(h, 1);
          return at::stack({p + n - 2 * p * n, p}, 1);
        }},
       {"output", 1,
        [](const at::Tensor& h) { return (column(h, 0) * column(h, 1)).unsqueeze(1); }}});
}

std::vector<FoundGate> found_gates() {
  return {{4, neurons_place("first", {0}, 2)},
          {5, neurons_place("first", {1}, 2)},
          {7, neurons_place("second", {0}, 2)},
          {8, neurons_place("output", {0}, 1)}};
}

}  // namespace

TEST_CASE("edges pass through what was not found") {
  const auto world = wired_world();
  const circuits::Circuit& circuit = *world->truth().circuit;
  std::vector<FoundGate> found = found_gates();
  CHECK(circuit_edges(circuit, found) == Edges{{4, 7}, {5, 7}, {7, 8}, {4, 8}});
  found.erase(found.begin() + 2);  // r is not found: q reaches y through it
  CHECK(circuit_edges(circuit, found) == Edges{{4, 8}, {5, 8}});
  CHECK_THROWS_AS(circuit_edges(circuit, {{99, no_place("first")}}), InputError);
}

TEST_CASE("direct effects are the circuit's edges; what goes through a found gate does not count") {
  const auto world = wired_world();
  const Pairs pairs = all_pairs(*world);
  const LayerSubject network = wired_network();
  const at::Tensor effects = patch_effects(network, pairs, found_gates());
  const auto effect = [&](std::int64_t g, std::int64_t h) { return effects[g][h].item<double>(); };
  CHECK(effect(0, 2) > .5);
  CHECK(effect(1, 2) > .5);
  CHECK(effect(0, 3) > edge_effect);
  CHECK(effect(2, 3) > edge_effect);
  CHECK(effect(1, 3) == 0);  // q acts on y through r alone
  CHECK(std::isnan(effect(0, 1)));
  CHECK(std::isnan(effect(2, 0)));

  const WiringReport report = wiring_scores(network, *world->truth().circuit, pairs, found_gates(),
                                            200, Draw("test/labels", 1));
  CHECK(report.scores.at("edge_precision").value == 1);
  CHECK(report.scores.at("edge_recall").value == 1);
  CHECK(report.scores.at("edge_auroc").value == 1);
  CHECK(report.scores.at("edges_tested").value == 5);
  CHECK(report.scores.at("edges_true").value == 4);
  CHECK(report.scores.at("edge_precision_null").value < .9);
  CHECK(report.scores.at("edge_recall_p").value < .35);
  CHECK(report.table.labels[0] == "p → r");
}

TEST_CASE("a gate that is carried on is no edge of its own, and each edge counts once") {
  const auto world = wired_world();
  const Pairs pairs = all_pairs(*world);
  const LayerSubject network = wired_network();
  std::vector<FoundGate> found = found_gates();
  found.push_back({4, neurons_place("second", {1}, 2)});  // p again, where it is carried
  const Scores scores =
      wiring_scores(network, *world->truth().circuit, pairs, found, 100, Draw("test/labels", 1))
          .scores;
  CHECK(scores.at("edge_precision").value == 1);
  CHECK(scores.at("edge_recall").value == 1);
  CHECK(scores.at("edges_true").value == 4);
  CHECK(scores.at("edges_tested").value == 5);
  // A shuffle gives 1 in one of five cases and ¾ in the others: over 100 of them .8 ± .01, so that .048 is never
  // reached by chance (false alarms 2e-6).
  CHECK(scores.at("edge_precision_null").value ==
        doctest::Approx(.8).epsilon(.06));  // 4 of 5 tested are edges
}

TEST_CASE("an edge whose places are in the wrong order is missed; nothing to find has a reason") {
  const auto world = wired_world();
  const Pairs pairs = all_pairs(*world);
  const LayerSubject network = wired_network();
  std::vector<FoundGate> wrong = found_gates();
  std::swap(wrong[0].gate, wrong[3].gate);  // p at the output, y at the first tap
  const Scores scores =
      wiring_scores(network, *world->truth().circuit, pairs, wrong, 0, Draw("test/labels", 1))
          .scores;
  CHECK(scores.at("edge_recall").value == .25);
  CHECK_FALSE(scores.contains("edge_recall_null"));
  const Scores none = wiring_scores(network, *world->truth().circuit, pairs, {found_gates()[0]}, 0,
                                    Draw("test/labels", 1))
                          .scores;
  CHECK_FALSE(none.at("edge_precision").present);
  CHECK_FALSE(none.at("edge_recall").present);
  CHECK_FALSE(none.at("edge_auroc").present);
}
