#include "experiments/identifiability.h"

#include <ATen/Parallel.h>
#include <doctest/doctest.h>

#include "experiments/experiment.h"
#include "experiments/memory.h"
#include "lab/core/config.h"
#include "lab/core/error.h"

namespace lab {
namespace {

json run_of(const json& changed_subject = json::object()) {
  json subject = {{"kind", "mlp"},
                  {"widths", {2, 2}},
                  {"activation", "leaky_relu"},
                  {"init", "uniform"},
                  {"training",
                   {{"steps", 3000},
                    {"loss", "mse"},
                    {"target_loss", 0.001},
                    {"data", "listed"},
                    {"optimizer", {{"kind", "adamw"}, {"lr", 0.01}}}}}};
  subject.update(changed_subject);
  return {
      {"kind", "identifiability"},
      {"world", {{"kind", "boolean"}, {"circuit", {{"kind", "parity"}, {"inputs", 2}, {"k", 2}}}}},
      {"subject", subject},
      {"networks", 12},
      {"depth", 2}};
}

TEST_CASE("networks that learnt XOR have circuits; medians lie among the rows") {
  at::set_num_threads(1);
  const Record record = Memory().make(compose(run_of())).record;
  const Table& networks = record.tables.at("networks");
  REQUIRE(networks.rows.size() >= 3);
  CHECK(record.scores.at("share_learnt").value ==
        doctest::Approx(static_cast<double>(networks.rows.size()) / 12));
  CHECK(record.scores.at("whole_circuits").value == 69);
  CHECK(record.scores.at("candidate_formulas").value == 2);
  double least = 1e9, most = 0;
  for (const auto& row : networks.rows) {
    CHECK(row.size() == networks.columns.size());
    CHECK(row[1] >= 1);  // the whole network, or what is left without its dead edges
    least = std::min(least, row[1]);
    most = std::max(most, row[1]);
  }
  CHECK(record.scores.at("circuits_median").value >= least);
  CHECK(record.scores.at("circuits_median").value <= most);
}

TEST_CASE("without training nothing is learnt, and scores of networks are absent") {
  at::set_num_threads(1);
  json run = run_of();
  run["subject"]["training"]["steps"] = 0;
  const Record record = Memory().make(compose(run)).record;
  CHECK(record.scores.at("share_learnt").value == 0);
  CHECK_FALSE(record.scores.at("circuits_median").present);
  CHECK_FALSE(record.scores.at("one_readings").present);
}

TEST_CASE("other networks and worlds are refused") {
  for (const json& change : {json{{"widths", {2}}}, json{{"widths", {2, 3}}},
                             json{{"widths", {5, 5}}}, json{{"bias", false}}}) {
    CAPTURE(change.dump());
    CHECK_THROWS_AS(compose(run_of(change)), InputError);
  }
  json bce = run_of();
  bce["subject"]["training"]["loss"] = "bce";
  CHECK_THROWS_AS(compose(bce), InputError);
  json three = run_of();
  three["world"]["circuit"]["inputs"] = 3;
  CHECK_THROWS_AS(compose(three), InputError);
  json signs = run_of();
  signs["world"]["encoding"] = "plus_minus";
  CHECK_THROWS_AS(compose(signs), InputError);
}

}  // namespace
}  // namespace lab
