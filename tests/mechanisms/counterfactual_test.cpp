// The 2×2 scores and faithfulness curves on networks that are known by heart.
#include "lab/mechanisms/counterfactual.h"

#include <ATen/ATen.h>
#include <doctest/doctest.h>

#include "lab/core/config.h"
#include "lab/core/error.h"
#include "lab/mechanisms/faithfulness.h"
#include "mechanisms/gate_subject.h"

using namespace lab;
using namespace lab::test;

namespace {

// y = (a and b) or c; g = 3.
std::unique_ptr<World> small_world() {
  return make_world(read_config<WorldConfig>(parse_json(R"({"kind": "boolean", "inputs": "uniform",
    "circuit": {"kind": "given", "inputs": ["a", "b", "c"],
    "gates": [{"name": "g", "op": "and", "in": ["a", "b"]}, {"name": "y", "op": "or", "in": ["g", "c"]}],
    "outputs": [{"name": "y", "node": "y"}]}})",
                                                        "test")),
                    1);
}

// g and c, g once more, and two that nothing reads. The output is 1 where g (of either copy, or only of the
// first) or c is.
GateSubject network(bool copies) {
  return GateSubject(
      [](const at::Tensor& x) {
        const at::Tensor g = x.select(1, 0) * x.select(1, 1);
        return at::stack({g, x.select(1, 2), g, x.select(1, 0), x.select(1, 1)}, 1);
      },
      [copies](const at::Tensor& h) {
        const at::Tensor g = copies ? .5 * (h.select(1, 0) + h.select(1, 2)) : h.select(1, 0);
        return (g + h.select(1, 1)).unsqueeze(1) * .9;
      },
      5);
}

Scores scores_at(const Subject& subject, const World& world,
                 const std::vector<std::int64_t>& neurons) {
  const Interchange of = interchange(world.truth(), all_pairs(world), {3});
  return counterfactual_scores(subject, world.truth(), of, {3},
                               {neurons_place("gates", neurons, 5)});
}

}  // namespace

TEST_CASE("the 2x2 of the true place is 1, 1, 1, 1; of no place 0, 1, 0, 1") {
  const auto world = small_world();
  const GateSubject once = network(false);
  for (const auto& [neurons, sufficiency, independence, necessity, completeness] :
       {std::tuple<std::vector<std::int64_t>, double, double, double, double>{{0}, 1, 1, 1, 1},
        {{3, 4}, 0, 1, 0, 1}}) {
    const Scores scores = scores_at(once, *world, neurons);
    CHECK(scores.at("sufficiency").value == sufficiency);
    CHECK(scores.at("independence").value == independence);
    CHECK(scores.at("necessity").value == necessity);
    CHECK(scores.at("completeness").value == completeness);
  }
}

TEST_CASE("a second copy makes a place insufficient; another variable in it makes it dependent") {
  const auto world = small_world();
  const GateSubject twice = network(true);
  CHECK(scores_at(twice, *world, {0}).at("sufficiency").value < 1);
  const Scores both = scores_at(twice, *world, {0, 2});
  CHECK(both.at("sufficiency").value == 1);
  CHECK(both.at("necessity").value == 1);
  const Scores wide = scores_at(twice, *world, {0, 1, 2});
  CHECK(wide.at("independence").value < 1);
  CHECK(wide.at("sufficiency").value == .75);  // the whole tap's known answer
  CHECK(wide.at("completeness").value < 1);
  const Interchange of = interchange(world->truth(), all_pairs(*world), {3});
  CHECK_THROWS_AS(counterfactual_scores(twice, world->truth(), of, {3},
                                        {whole_tap("gates"), whole_tap("output")}),
                  InputError);
}

TEST_CASE("faithfulness: two units of five do everything") {
  const auto world = small_world();
  const GateSubject once = network(false);
  const Batch batch = world->sample("eval", 0, 400);
  const Draw draw("test/faithfulness", 1);
  for (const Ablation ablation : {Ablation::Mean, Ablation::Resample}) {
    const Faithfulness of(once, batch, units_of(once, {"gates"}), ablation, draw);
    const std::vector<double> effects = of.effects();
    CHECK(effects[0] > .01);
    CHECK(effects[1] > .01);
    for (int i = 2; i < 5; ++i) CHECK(effects[static_cast<std::size_t>(i)] == 0);
    const std::vector<double> f = of.curve({1, 0, 2, 3, 4}, {0, .2, .4, 1});
    CHECK(f[0] == 0);
    CHECK(f[1] < .99);
    CHECK(f[2] == doctest::Approx(1));
    CHECK(f[3] == 1);
    const FaithfulnessReport report = faithfulness_scores(
        once, batch, world->sample("test", 0, 400), {"gates"}, ablation, 20, draw);
    const Scores& scores = report.scores;
    CHECK(scores.at("cpr").value > scores.at("cpr_random").value);
    CHECK(scores.at("cmd").value < scores.at("cmd_random").value);
    CHECK(scores.at("cmd").value == doctest::Approx(1 - scores.at("cpr").value));
    CHECK(scores.at("cpr_random_sd").value > 0);
    CHECK_FALSE(scores.at("cpr_oracle").present);
    CHECK(report.table.rows.size() == kept_shares().size());
  }
  CHECK_THROWS_AS(Faithfulness(once, batch, {}, Ablation::Mean, draw), InputError);
  CHECK_THROWS_AS(Faithfulness(once, batch, {{"gates", 5}}, Ablation::Mean, draw), InputError);
}
