#include "experiments/modular_addition.h"

#include <ATen/Parallel.h>
#include <doctest/doctest.h>

#include "experiments/experiment.h"
#include "experiments/memory.h"
#include "lab/core/config.h"
#include "lab/core/error.h"

namespace lab {
namespace {

json run_of(const json& subject, const json& world = {{"kind", "residues"}, {"modulus", 11}}) {
  return {{"kind", "modular_addition"}, {"world", world}, {"subject", subject}, {"triples", 200}};
}

const json training = {{"steps", 300},
                       {"log_every", 10},
                       {"loss", "cross_entropy"},
                       {"optimizer", {{"kind", "adamw"}, {"lr", 0.003}, {"weight_decay", 1}}},
                       {"data", {{"kind", "listed"}, {"share", 0.9}}},
                       {"evaluation", {{"samples", 10}}}};

Record record_of(json subject) {
  at::set_num_threads(1);
  subject["training"] = training;
  return Memory().make(compose(run_of(subject))).record;
}

TEST_CASE("a network that reads the sum of embeddings treats both tokens alike, also untrained") {
  const Record record =
      record_of({{"kind", "embedding_mlp"}, {"embed_width", 32}, {"widths", {64}}});
  CHECK(record.scores.at("gradient_symmetricity").value == doctest::Approx(1).epsilon(1e-6));
  CHECK(record.scores.at("untrained_gradient_symmetricity").value ==
        doctest::Approx(1).epsilon(1e-6));
  CHECK(record.scores.at("steps_to_train_99").present);
  CHECK(record.scores.at("accuracy").value > 0.9);
  CHECK(record.scores.at("untrained_accuracy").value < 0.5);
  CHECK(record.tables.at("steps").rows.size() == 30);
}

TEST_CASE("one that reads both has no reason to: near 0 before training") {
  const Record record = record_of({{"kind", "embedding_mlp"},
                                   {"embed_width", 32},
                                   {"widths", {64}},
                                   {"combine", "concatenate"}});
  CHECK(std::abs(record.scores.at("untrained_gradient_symmetricity").value) < 0.1);
}

TEST_CASE("other worlds and subjects are refused") {
  const json mlp = {{"kind", "mlp"}, {"training", training}};
  const json attention = {{"kind", "attention"}, {"training", training}};
  CHECK_THROWS_AS(compose(run_of(mlp)), InputError);
  CHECK_THROWS_AS(compose(run_of(attention, {{"kind", "residues"}, {"task", "first"}})),
                  InputError);
  CHECK_THROWS_AS(compose(run_of(attention, {{"kind", "sparse"}})), InputError);
  CHECK_NOTHROW(compose(run_of(attention)));
}

}  // namespace
}  // namespace lab
