// Reference values of tests/data/metrics: 7 dictionaries with the scores that numpy (float64) and
// SAELens (float32) give for them.
#include <ATen/ATen.h>
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "lab/core/files.h"
#include "lab/core/json.h"
#include "lab/scores/assignment.h"
#include "lab/scores/dictionary.h"
#include "lab/scores/latents.h"
#include "lab/scores/reconstruction.h"
#include "lab/tensors/tensors.h"

using namespace lab;

namespace {

struct Case {
  Tensors data;
  json metrics;

  const at::Tensor& operator[](const std::string& name) const { return tensor(data, name); }
  void check(const std::string& name, double value) const {
    INFO(name);
    const json& expected = metrics.at(name);
    CHECK(value == doctest::Approx(expected.at("value").get<double>()).epsilon(1e-9));
    if (expected.contains("saelens"))
      CHECK(value == doctest::Approx(expected.at("saelens").get<double>()).epsilon(1e-6));
  }
  void check_list(const std::string& name, const std::vector<double>& values) const {
    INFO(name);
    const json& expected = metrics.at(name).at("value");
    std::vector<double> flat;
    for (const json& item : expected) {
      if (item.is_array())
        for (const json& x : item) flat.push_back(x.get<double>());
      else
        flat.push_back(item.get<double>());
    }
    REQUIRE(flat.size() == values.size());
    for (std::size_t i = 0; i < flat.size(); ++i)
      CHECK(values[i] == doctest::Approx(flat[i]).epsilon(1e-9));
  }
};

Case read(const std::string& name) {
  const fs::path folder = fs::path(LAB_SOURCE_DIR) / "tests/data/metrics" / name;
  const std::string bytes = read_file(folder / "data.safetensors");
  const std::string text = read_file(folder / "expected.json");
  return {from_safetensors(bytes, name), parse_json(text, name).at("metrics")};
}

std::vector<double> column(const Table& table, const std::string& name) {
  for (std::size_t c = 0; c < table.columns.size(); ++c)
    if (table.columns[c] == name) {
      std::vector<double> values;
      for (const auto& row : table.rows) values.push_back(row[c]);
      return values;
    }
  throw std::logic_error("no column " + name);
}

void check_pairs(const Case& c, const Matching& matching) {
  if (c.metrics.at("hungarian_abs_gap").at("value").get<double>() < 1e-6) return;
  for (const json& pair : c.metrics.at("hungarian_abs_pairs").at("value"))
    CHECK(matching.coordinate_of_latent[pair[0].get<std::size_t>()] == pair[1].get<std::int64_t>());
}

double mean_signed_cos(const Matching& matching) {
  double sum = 0, pairs = 0;
  for (std::int64_t m = 0; m < matching.latents(); ++m)
    if (matching.coordinate_of_latent[m] >= 0)
      sum += matching.cos(m, matching.coordinate_of_latent[m]), ++pairs;
  return sum / pairs;
}

}  // namespace

TEST_CASE("the metric fixtures are reproduced") {
  for (const std::string name : {"degenerate", "equal_near", "equal_random", "fewer_near",
                                 "fewer_random", "more_near", "more_random"}) {
    INFO(name);
    const Case c = read(name);
    const Matching matching = match(c["sae_decoder"], c["gt_features"]);
    c.check_list("cos", to_vector(matching.cosines_MC));
    check_pairs(c, matching);
    c.check("hungarian_abs_signed_cos", mean_signed_cos(matching));
    c.check_list("best_match", {matching.best_coordinate.begin(), matching.best_coordinate.end()});

    const Scores atoms = dictionary_scores(c["sae_decoder"], c["gt_features"], matching, false);
    c.check("mcc", atoms.at("mcc").value);
    c.check("hungarian_signed_cos", atoms.at("mcc_signed").value);
    c.check("uniqueness", atoms.at("uniqueness").value);
    c.check("mmcs_truth_to_sae", atoms.at("mmcs").value);
    c.check("mmcs_sae_to_truth", atoms.at("mmcs_latents").value);
    for (const std::string set : {"decoder", "truth"}) {
      const Scores own = coherence_scores(c[set == "truth" ? "gt_features" : "sae_decoder"]);
      c.check(set + "_mutual_coherence", own.at("coherence").value);
      c.check(set + "_mean_max_abs_cos", own.at("mean_max_cos").value);
      c.check(set + "_mean_abs_cos", own.at("c_dec").value);
    }

    const at::Tensor present = c["gt_acts"] > 0;
    const Firings firings = count_firings(c["latents"], present);
    const Scores fires = firing_scores(firings, matching);
    c.check("precision", fires.at("precision").value);
    c.check("recall", fires.at("recall").value);
    c.check("f1_score", fires.at("f1").value);
    c.check("accuracy", fires.at("accuracy").value);
    const Table table = firings_table(firings, matching);
    c.check_list("precision_per_latent", column(table, "precision"));
    c.check_list("recall_per_latent", column(table, "recall"));
    c.check_list("f1_score_per_latent", column(table, "f1"));
    c.check_list("accuracy_per_latent", column(table, "accuracy"));

    const at::Tensor r = pearson(c["latents"], c["gt_acts"]);
    c.check_list("pearson", to_vector(r));
    c.check("pearson_mcc_abs", activation_mcc(c["latents"], c["gt_acts"]).value);
    const double pairs = static_cast<double>(std::min(r.size(0), r.size(1)));
    c.check("pearson_mcc_signed", assign(r, Objective::maximum).total / pairs);

    const Scores sparsity = sparsity_scores(c["latents"]);
    c.check("sae_l0", sparsity.at("l0").value);
    c.check("dead_latents", sparsity.at("dead").value);
    c.check("true_l0", true_l0(c["gt_acts"]).value);
    const Scores given = reconstruction_scores(c["x"], c["reconstruction"]);
    c.check("shrinkage", given.at("shrinkage").value);
    c.check("fvu", given.at("fvu").value);
    c.check("explained_variance", given.at("explained_variance").value);
  }
}
