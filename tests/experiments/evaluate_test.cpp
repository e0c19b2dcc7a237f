#include "experiments/evaluate.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <doctest/doctest.h>

#include "experiments/examine.h"
#include "experiments/memory.h"
#include "experiments/stages.h"
#include "lab/core/config.h"

namespace lab {
namespace {

// More coordinates than the 512 samples that are kept at least, and directions that nobody planted.
EvaluateKey wide_key(std::int64_t samples) {
  const TrainKey train = train_key(
      read_config<WorldConfig>({{"kind", "sparse"},
                                {"features", 600},
                                {"probability", {{"kind", "equal"}, {"p", 0.02}}}}),
      read_config<SubjectConfig>(
          {{"kind", "mlp"}, {"widths", {6}}, {"training", {{"steps", 2}, {"batch", 16}}}}),
      0);
  const auto decomposer = read_config<DecomposerConfig>(
      {{"kind", "fixed"}, {"atoms", {{"kind", "random"}, {"latents", 5}}}, {"encoder", "relu"}});
  return {fit_key(train, {}, decomposer, 0), {train, {}, samples}, 0, 8};
}

TEST_CASE("scores that are sums do not depend on how many samples are kept, nor do estimates") {
  at::set_num_threads(1);
  const EvaluateKey key = wide_key(2000);
  Memory memory;
  const Record all = memory.make(evaluate_stage(key)).record;
  const Record few = evaluate(key, memory, Held{1, 1}).record;
  for (const char* name :
       {"mcc_estimated", "mmcs_estimated", "gram_correlation_estimated", "f1_estimated", "fvu",
        "mse", "l0", "dead", "bits", "l1", "activation_mcc", "true_l0"}) {
    CAPTURE(name);
    REQUIRE(all.scores.at(name).present);
    CHECK(few.scores.at(name).value == doctest::Approx(all.scores.at(name).value).epsilon(1e-5));
  }
  // Those that choose among samples looked at fewer.
  CHECK(few.scores.at("phi_best").value != all.scores.at("phi_best").value);
  // The same regression stands behind the subject's own scores.
  const at::NoGradGuard no_gradients;
  const Record subject = examine(key.examine, memory, Held{1, 1}).record;
  CHECK(all.scores.at("direction_r2").value > .5);
  CHECK(subject.scores.at("direction_r2").value ==
        doctest::Approx(all.scores.at("direction_r2").value).epsilon(1e-9));
  // Too few samples are still too few.
  Memory other;
  CHECK_THROWS_WITH_AS(other.make(evaluate_stage(wide_key(601))),
                       doctest::Contains("cannot be estimated from 601 samples; it takes 602"),
                       Failure);
}

}  // namespace
}  // namespace lab
