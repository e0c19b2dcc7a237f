#include "lab/decomposers/sae_training.h"

#include <ATen/Parallel.h>
#include <doctest/doctest.h>

#include <thread>

#include "lab/core/error.h"
#include "lab/decomposers/relu_objective.h"
#include "lab/decomposers/topk_objective.h"
#include "tests/decomposers/toy.h"

namespace lab {
namespace {

using toy::largest, toy::orthonormal, toy::random, toy::Toy, toy::ToySubject, toy::ToyWorld;

SaeSettings quick(std::int64_t latents, std::int64_t steps) {
  SaeSettings settings;
  settings.latents = latents;
  settings.steps = steps;
  settings.batch = 128;
  settings.optimizer.lr = 0.01;
  settings.schedule.kind = Cosine{};
  return settings;
}

Toy orthonormal_toy(double p = 0.15) {
  return Toy(ToyWorld(16, p), ToySubject(orthonormal(16, 16)));
}

bool same(const Dictionary& a, const Dictionary& b) {
  const Tensors of_a = to_tensors(a), of_b = to_tensors(b);
  return std::equal(of_a.begin(), of_a.end(), of_b.begin(), of_b.end(), [](auto& x, auto& y) {
    return x.first == y.first && at::equal(x.second, y.second);
  });
}

TEST_CASE("topk with k of the truth recovers an orthonormal dictionary") {
  const Toy toy = orthonormal_toy();
  TopK topk;
  topk.k = 4;
  topk.sae = quick(16, 1500);
  topk.sae.bias_init = "zero";
  const Fitted fitted = fit_topk(topk, toy.data(), 3);
  CHECK(toy::worst_cosine(fitted.dictionary.atoms_MD, orthonormal(16, 16)) > 0.95);
  const at::Tensor codes = encode(fitted.dictionary, toy.acts());
  CHECK((codes != 0).sum(1).max().item<std::int64_t>() <= 4);
}

TEST_CASE("relu_l1 recovers an orthonormal dictionary") {
  const Toy toy = orthonormal_toy();
  ReluL1 relu;
  relu.l1 = 0.2;
  relu.sae = quick(16, 1500);
  const Fitted fitted = fit_relu_l1(relu, toy.data(), 3);
  CHECK(toy::worst_cosine(fitted.dictionary.atoms_MD, orthonormal(16, 16)) > 0.95);
}

TEST_CASE("one latent shrinks by l1/2, however its atom's norm is kept") {
  // x = f·v, f ∈ {0, 1}. Over codes c ≥ 0 and a free bias the loss is least at x̂(1) = (1 − l1/2)v
  // and c(1)‖w‖ = 1 − l1/(2(1−p)).
  const double p = 0.4, l1 = 0.3;
  const at::Tensor v = unit_rows(random(1, 4));
  const Toy toy(ToyWorld(1, p, 1, 1), ToySubject(v));
  for (const bool unit : {true, false}) {
    CAPTURE(unit);
    ReluL1 relu;
    relu.l1 = l1;
    relu.sae = quick(1, 1000);
    relu.sae.unit_norm_decoder = unit;
    relu.sae.bias_init = "zero";
    // A first atom that looks away from v would stay silent for ever.
    const ReluObjective objective({l1, 0, {}, {}});
    const Fitted fitted =
        train_sae(relu.sae, objective,
                  {v * 0.5, at::zeros({1}), unit_rows(v + 0.1), at::zeros({4}), {}}, toy.data(), 0);
    const at::Tensor code = encode(fitted.dictionary, v);
    const double size = (code * fitted.dictionary.atoms_MD.norm()).item<double>();
    CHECK(largest(decode(fitted.dictionary, code) - v * (1 - l1 / 2)) < 0.02);
    CHECK(size == doctest::Approx(1 - l1 / (2 * (1 - p))).epsilon(0.03));
  }
}

TEST_CASE("atoms keep norm 1 when told to, and only then") {
  const Toy toy = orthonormal_toy();
  ReluL1 relu;
  relu.sae = quick(24, 60);
  CHECK(largest(fit_relu_l1(relu, toy.data(), 0).dictionary.atoms_MD.norm(2, 1) - 1) < 1e-6);
  relu.sae.unit_norm_decoder = false;
  CHECK(largest(fit_relu_l1(relu, toy.data(), 0).dictionary.atoms_MD.norm(2, 1) - 1) > 1e-3);
}

TEST_CASE("the start: encoder tied to atoms of the norm asked for, bias as asked for") {
  const Toy toy(ToyWorld(3, 0.2), ToySubject(orthonormal(3, 6), at::full({6}, 2.0)));
  SaeSettings settings = quick(20, 1);
  settings.unit_norm_decoder = false;
  settings.init_norm = 0.1;
  const at::Tensor x = toy.site.acts(toy.world.sample("fit", 0, 8192)).in_BD;
  const SaeParams mean = initial_params(ReluObjective({}), settings, toy.data(), 0);
  CHECK(largest(mean.W_dec_MD.norm(2, 1) - 0.1) < 1e-6);
  CHECK(at::equal(mean.W_enc_MD, mean.W_dec_MD));
  CHECK(largest(mean.b_dec_D - x.mean(0)) < 1e-4);
  settings.bias_init = "geometric_median";
  // Half of the samples and more are the bare bias, which is then the geometric median.
  CHECK(largest(initial_params(ReluObjective({}), settings, toy.data(), 0).b_dec_D - 2) < 1e-3);
  settings.bias_init = "zero";
  CHECK(largest(initial_params(ReluObjective({}), settings, toy.data(), 0).b_dec_D) == 0);
}

TEST_CASE("the same bits again, also beside another fit, and others with another seed") {
  const Toy toy = orthonormal_toy();
  TopK topk;
  topk.sae = quick(24, 80);
  topk.sae.dead.kind = Resample{5, 10, 1};
  const Dictionary first = fit_topk(topk, toy.data(), 7).dictionary;
  CHECK(same(first, fit_topk(topk, toy.data(), 7).dictionary));
  CHECK_FALSE(same(first, fit_topk(topk, toy.data(), 8).dictionary));
  // Two fits at once, each on one thread, as the sweep runs them.
  std::vector<Dictionary> results(2);
  std::vector<std::thread> workers;
  for (Dictionary& result : results) {
    workers.emplace_back([&] {
      at::set_num_threads(1);
      result = fit_topk(topk, toy.data(), 7).dictionary;
    });
  }
  for (std::thread& worker : workers) worker.join();
  CHECK(same(results[0], results[1]));
}

TEST_CASE("permuted latents give the permuted result") {
  const Toy toy = orthonormal_toy();
  const SaeSettings settings = quick(24, 40);
  const ReluObjective objective({0.1, 0, {}, {}});
  const at::Tensor order = at::arange(23, -1, -1);
  const SaeParams start = initial_params(ReluObjective({}), settings, toy.data(), 0);
  const auto copy = [&](bool permute) {
    const auto pick = [&](const at::Tensor& x) {
      return permute ? x.index_select(0, order) : x.clone();
    };
    return SaeParams{
        pick(start.W_enc_MD), pick(start.b_enc_M), pick(start.W_dec_MD), start.b_dec_D.clone(), {}};
  };
  const Dictionary plain = train_sae(settings, objective, copy(false), toy.data(), 0).dictionary;
  const Dictionary permuted = train_sae(settings, objective, copy(true), toy.data(), 0).dictionary;
  CHECK(largest(permuted.atoms_MD - plain.atoms_MD.index_select(0, order)) < 1e-3);
}

// A latent that is dead from the start: its encoder looks away from all data.
SaeParams half_dead(const SaeSettings& settings, const Toy& toy) {
  SaeParams params = initial_params(ReluObjective({}), settings, toy.data(), 0);
  params.b_enc_M.narrow(0, 0, settings.latents / 2).fill_(-3);
  return params;
}

TEST_CASE("dead latents stay dead when left alone, and are revived by each remedy") {
  const Toy toy = orthonormal_toy();
  SaeSettings settings = quick(16, 600);
  settings.schedule.kind = Constant{};
  settings.log_every = 50;
  TopKSae sae;
  sae.k = 4;
  const auto dead_at_end = [&](const SaeObjective& family) {
    const Fitted fitted = train_sae(settings, family, half_dead(settings, toy), toy.data(), 0);
    const Table& steps = fitted.record.tables.at("steps");
    CHECK(steps.columns ==
          std::vector<std::string>{"step", "loss", "fvu", "l0", "dead", "sparsity"});
    CHECK(steps.rows.size() == 12);
    return steps.rows.back()[4];
  };
  CHECK(dead_at_end(TopKObjective(sae)) == 8);
  settings.dead.kind = AuxiliaryLoss{20, std::nullopt, 1.0};
  sae.common.auxiliary_k = 8;
  sae.common.auxiliary_weight = 1.0;
  CHECK(dead_at_end(TopKObjective(sae)) <= 2);
  settings.dead.kind = Resample{20, 50, 0.5};
  CHECK(dead_at_end(ReluObjective({0.1, 0, {}, {}})) <= 2);
  settings.dead.kind = Reinitialise{20, 50, 0.5};
  CHECK(dead_at_end(ReluObjective({0.1, 0, {}, {}})) <= 2);
}

TEST_CASE("the table of steps tells the truth about the last batches") {
  const Toy toy = orthonormal_toy();
  ReluL1 relu;
  relu.sae = quick(24, 250);
  relu.sae.log_every = 100;
  const Fitted fitted = fit_relu_l1(relu, toy.data(), 0);
  const Table& steps = fitted.record.tables.at("steps");
  REQUIRE(steps.rows.size() == 3);
  CHECK(steps.rows[1][0] == 200);
  CHECK(steps.rows[2][0] == 250);
  const at::Tensor x = toy.acts(), codes = encode(fitted.dictionary, x);
  CHECK(steps.rows[2][3] == doctest::Approx((codes != 0).sum().item<double>() / 4096).epsilon(0.1));
  CHECK(steps.rows[2][2] ==
        doctest::Approx(toy::fvu(x, decode(fitted.dictionary, codes))).epsilon(0.2));
}

TEST_CASE("a transcoder predicts one tap from another") {
  const Toy toy(ToyWorld(8, 0.2), ToySubject(orthonormal(8, 8), at::ones({8}), random(8, 5)),
                {"embed", "twice"});
  ReluL1 relu;
  relu.l1 = 0.01;
  relu.sae = quick(16, 1200);
  relu.sae.unit_norm_decoder = false;
  const Fitted fitted = fit_relu_l1(relu, toy.data(), 0);
  const SiteActs acts = toy.site.acts(toy.world.sample("eval", 0, 2048));
  CHECK(fitted.dictionary.atoms_MD.size(1) == 5);
  CHECK(toy::fvu(acts.out_BD, decode(fitted.dictionary, encode(fitted.dictionary, acts.in_BD))) <
        0.05);
}

TEST_CASE("a loss that is not finite is a failure that names the step and what to do") {
  const Toy toy(ToyWorld(4, 0.3), ToySubject(orthonormal(4, 4) * 1e30));
  ReluL1 relu;
  relu.sae = quick(8, 10);
  CHECK_THROWS_WITH_AS(fit_relu_l1(relu, toy.data(), 0),
                       "the loss is not finite at step 0: lower optimizer.lr (now 0.01) or look "
                       "for huge activations",
                       Failure);
  TopK topk;
  topk.sae = quick(8, 10);
  CHECK_THROWS_AS(fit_topk(topk, toy.data(), 0), Failure);
}

TEST_CASE("training stops when asked to") {
  Toy toy = orthonormal_toy();
  toy.stop.request();
  CHECK_THROWS_AS(fit_topk(TopK{}, toy.data(), 0), Stopped);
}

}  // namespace
}  // namespace lab
