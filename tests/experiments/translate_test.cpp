// The experiment `translate`: what is known by construction, and what cannot be asked.
#include "experiments/translate.h"

#include <ATen/Parallel.h>
#include <doctest/doctest.h>

#include "experiments/experiment.h"
#include "experiments/memory.h"
#include "lab/core/error.h"

namespace lab {
namespace {

const json circuit = {{"kind", "given"},
                      {"inputs", {"a", "b", "c", "d", "e", "f"}},
                      {"gates",
                       {{{"name", "g"}, {"op", "and"}, {"in", {"a", "b"}}},
                        {{"name", "h"}, {"op", "xor"}, {"in", {"c", "d"}}},
                        {{"name", "i"}, {"op", "or"}, {"in", {"g", "h"}}}}},
                      {"outputs", {{{"name", "y"}, {"node", "i"}}}}};
const json world = {{"kind", "boolean"}, {"circuit", circuit}};
const json embedding = {{"kind", "embedding"}, {"width", 9}, {"placement", "orthonormal"}};
const json mlp = {{"kind", "mlp"},
                  {"widths", {8, 8}},
                  {"training",
                   {{"steps", 600},
                    {"batch", 64},
                    {"loss", "bce"},
                    {"optimizer", {{"kind", "adam"}, {"lr", 0.02}}}}}};

Record record_of(const json& subject, const json& decomposer, const json& more = {}) {
  at::set_num_threads(1);
  json run = {{"kind", "translate"}, {"world", world},
              {"subject", subject},  {"decomposer", decomposer},
              {"seed", 1},           {"scores", {{"samples", 64}, {"nulls", 4}}},
              {"pairs", 64}};
  if (more.is_object()) run.update(more);
  return Memory().make(compose(run)).record;
}

double value(const Record& record, const std::string& name) {
  CAPTURE(name);
  REQUIRE(record.scores.at(name).present);
  return record.scores.at(name).value;
}

TEST_CASE("the oracle's latents are the inputs and gates, each in one word") {
  const Record record = record_of(embedding, {{"kind", "fixed"}, {"atoms", "truth"}});
  CHECK(value(record, "coverage_latents") == 1);
  CHECK(value(record, "latents_gate") == doctest::Approx(3. / 9));
  CHECK(value(record, "latents_input") == doctest::Approx(6. / 9));
  CHECK(value(record, "description_length") == 1);
  CHECK(value(record, "elicited_one") == doctest::Approx(1).epsilon(1e-6));
  CHECK(value(record, "coverage_latents_null") < .2);
  const Table& gates = record.tables.at("gates");
  CHECK(gates.labels == std::vector<std::string>{"g", "h", "i"});
  for (int g = 0; g < 3; ++g) CHECK(gates.rows[g][8] == 6 + g);  // latent
  CHECK(record.tables.at("latents").labels[6] == "g");
  CHECK(record.tables.at("matrix").rows.size() == 3 * (9 + 9));
  CHECK_FALSE(record.scores.at("iia_latent").present);  // an embedding has no outputs
  CHECK_FALSE(record.scores.at("coverage_latents_placed").present);
  CHECK_FALSE(record.scores.at("edge_recall").present);
}

TEST_CASE(
    "latents of two taps of a compiled network are wired as the gates are; what is carried is no "
    "edge") {
  json carried = circuit;  // g is read by i and, a layer later, by y
  carried["gates"].push_back({{"name", "y"}, {"op", "xor"}, {"in", {"i", "g"}}});
  carried["outputs"] = {{{"name", "y"}, {"node", "y"}}};
  const Record record = record_of({{"kind", "compiled"}},  // a coordinate a value
                                  {{"kind", "fixed"}, {"atoms", "basis"}, {"encoder", "relu"}},
                                  {{"world", {{"kind", "boolean"}, {"circuit", carried}}},
                                   {"site", {{"tap", "layer0.out"}}},
                                   {"onward", {{"tap", "layer1.out"}}}});
  CHECK(value(record, "edge_precision") == 1);
  CHECK(value(record, "edge_recall") == 1);
  CHECK(value(record, "edges_true") == 2);  // g and h to i
  CHECK(value(record, "edges_tested") == 2);
}

TEST_CASE("a network's own units are covered as neurons and as latents alike") {
  const Record record =
      record_of(mlp, {{"kind", "fixed"}, {"atoms", "basis"}, {"encoder", "relu"}});
  CHECK(value(record, "coverage_latents") == value(record, "coverage_neurons"));
  CHECK(value(record, "phi_latents") == doctest::Approx(value(record, "phi_neurons")));
  CHECK(value(record, "fvu") < 1e-9);  // activations of ReLU are their own codes
  for (const char* name : {"iia_latent", "iia_direction", "iia_whole", "present_mlp", "used"})
    CHECK(value(record, name) <= 1);
  double kinds = 0, answers = 0;
  for (const auto& [name, score] : record.scores) {
    if (name.starts_with("present_elicited_used_")) answers += score.value;
  }
  CHECK(answers == 3);
  for (const char* kind :
       {"dead", "input", "gate", "conjunction", "disjunction", "parity", "mixture"})
    kinds += value(record, std::string("latents_") + kind);
  CHECK(kinds == doctest::Approx(1));
}

TEST_CASE("signed codes have no firings to describe, and are scored as units all the same") {
  const Record record = record_of(mlp, "pca");
  CHECK_FALSE(record.scores.at("latents_gate").present);
  CHECK_FALSE(record.tables.contains("latents"));
  CHECK(value(record, "coverage_latents") == value(record, "coverage_pca"));
}

TEST_CASE("what has no circuit or no such tap is refused in one line") {
  CHECK_THROWS_AS(record_of(embedding, "pca", {{"world", {{"kind", "sparse"}}}}), InputError);
  CHECK_THROWS_AS(record_of(mlp, "pca", {{"site", {{"tap", "layer9.post"}}}}), InputError);
  CHECK_THROWS_AS(record_of(mlp, "pca", {{"site", {{"output_tap", "layer1.pre"}}}}), ConfigError);
  json only = world;
  only["features"] = {"a", "b"};
  CHECK_THROWS_AS(record_of(mlp, "pca", {{"world", only}}), InputError);
}

}  // namespace
}  // namespace lab
