#include "experiments/evaluation_sums.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <doctest/doctest.h>

#include <map>

#include "experiments/stages.h"
#include "lab/scores/dictionary.h"

namespace lab {
namespace {

constexpr std::int64_t samples = 9'000, M = 10;

// A toy autoencoder, untrained: it has a task, and its activations are sums of many features.
struct Place {
  Trained on = untrained(train_key(
      read_config<WorldConfig>(
          {{"kind", "sparse"}, {"features", 12}, {"probability", {{"kind", "equal"}, {"p", 0.2}}}}),
      read_config<SubjectConfig>({{"kind", "toy_autoencoder"}, {"hidden", 6}}), 0));
  Site site{*on.subject, {}};
  Dictionary dictionary = random_dictionary();

  Dictionary random_dictionary() const {
    const at::Tensor atoms = unit_rows(normals(Draw("test/atoms", 0), 0, M, site.output_width()));
    return {atoms, at::zeros({site.output_width()}),
            AffineEncoder{atoms.t().contiguous(),
                          at::full({M}, -.05),
                          at::zeros({site.output_width()}),
                          "relu",
                          0,
                          {}}};
  }

  Scores scores(std::int64_t kept, std::int64_t rows) const {
    const Measured head = measure(*on.world, *on.subject, site, kept);
    const EvaluationSums sums = evaluation_sums(*on.world, site, dictionary, head,
                                                coded(dictionary, head.acts.in_BD), samples, rows);
    const Matching matching = match(dictionary.atoms_MD, head.directions_CD);
    Scores all = sums.reconstruction.scores();
    all.merge(sparsity_scores(sums.codes));
    all.merge(firing_scores(sums.firings, matching));
    all["ml2r"] =
        magnitude_ratio(sums.codes, sums.values, dictionary.atoms_MD, head.directions_CD, matching);
    all["activation_mcc"] = activation_mcc(sums.moments);
    all["own"] = Score::of(sums.losses.value().own);
    all["reconstruction"] = Score::of(sums.losses->reconstruction);
    all["zero"] = Score::of(sums.losses->zero);
    return all;
  }
};

TEST_CASE("scores over many samples are the same in any batches, kept or drawn again") {
  const at::NoGradGuard no_gradients;
  at::set_num_threads(1);
  const Place place;
  const Scores whole = place.scores(samples, samples);
  CHECK(whole.at("l0").value > .1);
  CHECK(whole.at("zero").value > whole.at("own").value);
  // Codes and losses are float32: products of other shapes may round otherwise. The sums themselves are float64.
  for (const auto& [kept, rows] : std::map<std::int64_t, std::int64_t>{
           {samples, 1'000}, {8'192, 8'192}, {512, 1'000}, {1'024, 512}}) {
    CAPTURE(kept);
    CAPTURE(rows);
    for (const auto& [name, score] : place.scores(kept, rows)) {
      CAPTURE(name);
      const bool loss = name == "own" || name == "reconstruction" || name == "zero";
      CHECK(score.value == doctest::Approx(whole.at(name).value).epsilon(loss ? 1e-6 : 1e-9));
    }
  }
}

TEST_CASE("as many rows are held as fit, in whole parts, and at least one part") {
  CHECK(rows_that_fit(4096, 100, 1 << 26) == 4096);
  CHECK(rows_that_fit(1'000'000, 20'480, 1 << 26) == 3072);
  CHECK(rows_that_fit(1'000'000, 1 << 20, 1 << 10) == 512);
  CHECK(rows_that_fit(100, 1 << 20, 1 << 10) == 100);
  CHECK(rows_that_fit(100, 0, 1 << 10) == 100);
}

TEST_CASE("batches go through the head and then through fresh samples, each once") {
  const Place place;
  const Batch all = place.on.world->sample("eval", 0, 1'300);
  const Batch head = rows_of(all, 0, 600);
  std::vector<at::Tensor> seen;
  std::vector<std::int64_t> firsts;
  for_each_batch(*place.on.world, head, 1'300, 256,
                 [&](const Batch& batch, std::optional<std::int64_t> at) {
                   seen.push_back(batch.values_BC);
                   firsts.push_back(batch.first);
                   CHECK(at.has_value() == (batch.first < 600));
                 });
  CHECK(at::equal(at::cat(seen), all.values_BC));
  CHECK(firsts == std::vector<std::int64_t>{0, 256, 512, 600, 856, 1112});
}

}  // namespace
}  // namespace lab
