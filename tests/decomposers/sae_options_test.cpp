// Options that all autoencoders share: tied encoders, scaling, skips, steering, clipping, averaging; and the
// autoencoder that is trained on the subject's output.
#include <doctest/doctest.h>

#include <cmath>
#include <utility>

#include "lab/core/config.h"
#include "lab/core/error.h"
#include "lab/core/json.h"
#include "lab/decomposers/codes.h"
#include "lab/decomposers/fit_batches.h"
#include "lab/decomposers/relu_objective.h"
#include "lab/decomposers/sae_training.h"
#include "lab/decomposers/topk_objective.h"
#include "tests/decomposers/gradients.h"

namespace lab {
namespace {

using toy::largest, toy::orthonormal, toy::random, toy::Toy, toy::ToySubject, toy::ToyWorld;

SaeSettings quick(std::int64_t latents, std::int64_t steps = 800) {
  SaeSettings settings;
  settings.latents = latents;
  settings.steps = steps;
  settings.batch = 128;
  settings.optimizer.lr = .01;
  settings.bias_init = "zero";
  return settings;
}

Toy orthonormal_toy(double p = .2) {
  return Toy(ToyWorld(16, p), ToySubject(orthonormal(16, 16)));
}

double l0_of(const Dictionary& sae, const at::Tensor& x) {
  return encode(sae, x).ne(0).sum().item<double>() / static_cast<double>(x.size(0));
}

}  // namespace

TEST_CASE("a tied encoder is the decoder's transpose after training, too") {
  const Toy toy = orthonormal_toy();
  ReluL1 relu;
  relu.sae = quick(24, 100);
  relu.sae.tied = true;
  relu.sae.dead.kind = Resample{10, 20, 1};
  const ReluObjective objective({.1, 0, {}, common_of(relu.sae, toy.site)});
  SaeParams start = initial_params(objective, relu.sae, toy.data(), 1);
  start.b_enc_M.narrow(0, 0, 12).fill_(-9);  // half of them are dead, and restart
  const Dictionary sae = train_sae(relu.sae, objective, start, toy.data(), 1).dictionary;
  CHECK(encode(sae, toy.acts()).ne(0).any(0).all().item<bool>());
  const auto& encoder = std::get<AffineEncoder>(sae.encoder);
  CHECK(at::equal(encoder.W_DM, sae.atoms_MD.t()));
  relu.sae.tied = false;
  const Dictionary free = fit_relu_l1(relu, toy.data(), 1).dictionary;
  CHECK(largest(std::get<AffineEncoder>(free.encoder).W_DM - free.atoms_MD.t()) > .01);
}

TEST_CASE("with train_samples, batches go through the same samples again and again") {
  const Toy toy = orthonormal_toy();
  SaeSettings settings = quick(24);
  const FitData data = toy.data();
  const Normaliser as_they_are(settings, data);
  // One chunk holds all samples, or two do.
  for (const auto& [samples, batch] : {std::pair{384, 128}, std::pair{12288, 4096}}) {
    settings.train_samples = samples;
    settings.batch = batch;
    FitBatches batches(data, settings, as_they_are, false);
    for (std::int64_t step = 0; step < 7; ++step) {
      const at::Tensor seen = batches.next().in_BD;
      const std::int64_t first = step * batch % samples;
      CHECK(largest(seen - toy.site.acts(toy.world, "fit", first, batch).in_BD) < 1e-6);
    }
  }
  // Enough samples for all steps are as good as new ones.
  TopK topk;
  topk.sae = quick(24, 100);
  const at::Tensor plain = fit_topk(topk, toy.data(), 1).dictionary.atoms_MD;
  topk.sae.train_samples = 100 * 128;
  CHECK(fit_topk(topk, toy.data(), 1).dictionary.atoms_MD.equal(plain));
  topk.sae.train_samples = 256;
  CHECK_FALSE(fit_topk(topk, toy.data(), 1).dictionary.atoms_MD.equal(plain));
  CHECK_THROWS_AS(read_config<DecomposerConfig>(parse_json(
                      R"({"kind": "topk", "batch": 128, "train_samples": 200})", "test")),
                  ConfigError);
}

TEST_CASE("with normalise = scale, activations in other units give the same codes in those units") {
  ReluL1 relu;
  relu.sae = quick(24, 200);
  relu.sae.normalise = "scale";
  const at::Tensor directions = orthonormal(16, 16);
  const Toy small(ToyWorld(16, .2), ToySubject(directions)),
      large(ToyWorld(16, .2), ToySubject(directions * 50));
  const Dictionary a = fit_relu_l1(relu, small.data(), 1).dictionary;
  const Dictionary b = fit_relu_l1(relu, large.data(), 1).dictionary;
  const at::Tensor x = small.acts();
  CHECK(largest(encode(b, x * 50) - encode(a, x) * 50) < .05);
  CHECK(largest(reconstruct(b, x * 50).output_BD - reconstruct(a, x).output_BD * 50) < .05);
  CHECK(a.normalise == "none");
}

TEST_CASE("a dictionary for scaled inputs says the same of them, whatever its encoder") {
  const at::Tensor atoms = unit_rows(random(9, 5, 1)), x = random(30, 5, 2),
                   b = random(1, 5, 3).view(-1);
  const at::Tensor W = atoms.t().contiguous(), bias = random(1, 9, 4).view(-1) * .1;
  const std::vector<Dictionary> all{
      {atoms, b, AffineEncoder{W, bias, b, "relu"}},
      {atoms, b, AffineEncoder{W, bias, b, "jumprelu", 0, at::full({9}, .2f)}},
      {atoms, b, AffineEncoder{W, bias, b, "topk", 2}},
      {atoms, b, GatedEncoder{W, b, bias, bias, bias}},
      {atoms, b, PursuitEncoder{b, 2}},
      {atoms, b, MatchingPursuitEncoder{b, 3, .1, false}},
      {atoms, b, NonNegativeEncoder{b, {}, .2}},
      {atoms, b, FistaEncoder{b, {}, .2, 50}},
      {atoms, b, AffineEncoder{W, bias, b, "blocktopk", 2, {}, 3}},
      {atoms, b, AffineEncoder{W, bias, b, "one_hot"}},
      {atoms, b, ListaEncoder{W, bias, b, random(9, 9, 5) * .1, 2}},
      {atoms, b, MlpEncoder{random(5, 6, 6), random(1, 6, 7).view(-1), random(6, 9, 8), bias, b}},
      {atoms, b, SpadeEncoder{atoms, .7}}};
  for (std::size_t i = 0; i < all.size(); ++i) {
    CAPTURE(i);
    const Dictionary scaled = for_inputs_scaled_by(all[i], 3);
    CHECK(largest(reconstruct(scaled, x / 3).output_BD * 3 - reconstruct(all[i], x).output_BD) <
          1e-4);
  }
}

TEST_CASE("atoms may start at the truth, with noise, and there may be no decoder bias") {
  const Toy toy(ToyWorld(6, .3),
                ToySubject(unit_rows(random(6, 10)) * 2, random(1, 10, 3).view(-1)));
  const at::Tensor truth = unit_rows(random(6, 10));
  SaeSettings settings = quick(9, 50);
  settings.unit_norm_decoder = false;
  settings.atoms_init = "truth";
  settings.bias_init = "zero";
  settings.decoder_bias = false;
  const ReluObjective objective({.1});
  const auto start = [&](std::int64_t seed) {
    return initial_params(objective, settings, toy.data(), seed);
  };
  CHECK(largest(start(0).W_dec_MD.narrow(0, 0, 6) - truth) < 1e-6);
  CHECK(largest(start(0).W_enc_MD - start(0).W_dec_MD) == 0);
  CHECK(largest(start(0).W_dec_MD.norm(2, 1) - 1) < 1e-6);
  settings.init_noise = .5;
  const at::Tensor noise = start(0).W_dec_MD.narrow(0, 0, 6) - truth;
  CHECK(noise.std().item<double>() == doctest::Approx(.5).epsilon(.3));  // 60 numbers: 3.3 sd
  CHECK_FALSE(at::equal(start(0).W_dec_MD, start(1).W_dec_MD));
  at::Tensor one_never_there = unit_rows(random(6, 10)) * 2;
  one_never_there[2].zero_();
  const Toy lacking(ToyWorld(6, .3), ToySubject(one_never_there));
  const SaeParams told = initial_params(objective, settings, lacking.data(), 0);
  CHECK(told.W_dec_MD[2].norm().item<double>() == doctest::Approx(1));  // a random direction
  settings.latents = 4;
  CHECK(start(0).W_dec_MD.size(0) == 4);
  settings.latents = 9;
  CHECK(largest(fit_sae(settings, objective, toy.data(), 0).dictionary.bias_D) == 0);
  settings.decoder_bias = true;
  CHECK(largest(fit_sae(settings, objective, toy.data(), 0).dictionary.bias_D) > .01);
  for (const char* wrong :
       {R"({"kind": "topk", "decoder_bias": false})", R"({"kind": "topk", "init_noise": 1})"}) {
    CHECK_THROWS_AS(read_config<DecomposerConfig>(json::parse(wrong)), ConfigError);
  }
}

TEST_CASE("per-sample normalisation is undone behind the decoder") {
  const Toy toy(ToyWorld(16, .3), ToySubject(orthonormal(16, 20)));
  const at::Tensor x = toy.acts();
  for (const std::string kind : {"layer_norm", "unit_rms"}) {
    CAPTURE(kind);
    TopK topk;
    topk.k = 12;
    topk.sae = quick(32, 600);
    topk.sae.normalise = kind;
    const Dictionary sae = fit_topk(topk, toy.data(), 1).dictionary;
    CHECK(sae.normalise == kind);
    CHECK(toy::fvu(x, reconstruct(sae, x).output_BD) < .2);
  }
}

TEST_CASE("the sparsity coefficient is steered to a target, from above and from below") {
  const Toy toy = orthonormal_toy(.3);
  const at::Tensor x = toy.acts();
  for (const double start : {.01, 3.}) {
    CAPTURE(start);
    ReluL1 relu;
    relu.l1 = start;
    relu.sae = quick(32, 2500);
    relu.sae.target.kind = L0Target{4};
    const Fitted fitted = fit_relu_l1(relu, toy.data(), 3);
    CHECK(l0_of(fitted.dictionary, x) == doctest::Approx(4).epsilon(.1));
    const double factor = fitted.record.tables.at("steps").rows.back()[5];
    CHECK((start < .1 ? factor > 1 : factor < 1));
    Gated gated;
    gated.l1 = start;
    gated.sae = quick(32, 2500);
    gated.sae.target.kind = FvuTarget{.2};
    const Dictionary other = fit_gated(gated, toy.data(), 3).dictionary;
    CHECK(toy::fvu(x, reconstruct(other, x).output_BD) == doctest::Approx(.2).epsilon(.15));
  }
}

TEST_CASE("settings that would do nothing are refused when the config is read") {
  for (const char* text : {R"({"kind": "relu_l1", "l1": 0, "target": {"kind": "l0"}})",
                           R"({"kind": "jump_relu", "l0_target": 3, "target": {"kind": "l0"}})",
                           R"({"kind": "topk", "skip": true, "normalise": "layer_norm"})",
                           R"({"kind": "end_to_end", "target": {"kind": "fvu"}})",
                           R"({"kind": "archetypal", "dead": "resample"})",
                           R"({"kind": "lista", "dead": "auxiliary"})",
                           R"({"kind": "mlp_encoder", "dead": "resample"})",
                           R"({"kind": "spade", "bias_init": "mean"})",
                           R"({"kind": "matching_pursuit", "tied": true})",
                           R"({"kind": "topk", "checkpoints": [3, 2]})",
                           R"({"kind": "topk", "steps": 5, "checkpoints": [6]})"}) {
    CAPTURE(text);
    CHECK_THROWS_AS(read_config<DecomposerConfig>(parse_json(text, "test")), ConfigError);
  }
}

TEST_CASE("a family without a sparsity coefficient has no target") {
  CHECK_THROWS_AS(read_config<DecomposerConfig>(
                      parse_json(R"({"kind": "topk", "target": {"kind": "l0", "l0": 3}})", "test")),
                  ConfigError);
}

TEST_CASE("clipping bounds the first step of plain descent; averaging ends between the steps") {
  const Toy toy = orthonormal_toy();
  SaeSettings settings = quick(24, 1);
  settings.unit_norm_decoder = false;
  settings.optimizer.kind = Sgd{};
  settings.optimizer.lr = 1;
  settings.clip = .01;
  const ReluObjective objective({.1, 0, {}, {}});
  const SaeParams start = initial_params(objective, settings, toy.data(), 0);
  SaeParams moved = initial_params(objective, settings, toy.data(), 0);
  train_sae(settings, objective, moved, toy.data(), 0);
  double square = 0;
  for (std::size_t i = 0; i < start.list().size(); ++i) {
    square += (moved.list()[i] - start.list()[i]).square().sum().item<double>();
  }
  CHECK(std::sqrt(square) == doctest::Approx(.01).epsilon(1e-3));
  // Two steps, averaged with decay ½: ½ (½ s + ½ p₁) + ½ p₂.
  settings.clip.reset();
  settings.optimizer.lr = .1;
  const auto after = [&](std::int64_t steps, double ema) {
    settings.steps = steps;
    settings.ema = ema;
    SaeParams params = initial_params(objective, settings, toy.data(), 0);
    const Dictionary sae = train_sae(settings, objective, params, toy.data(), 0).dictionary;
    return std::get<AffineEncoder>(sae.encoder).W_DM.t();
  };
  const at::Tensor expected = start.W_enc_MD * .25 + after(1, 0) * .25 + after(2, 0) * .5;
  CHECK(largest(after(2, .5) - expected) < 1e-6);
}

TEST_CASE("a skip takes the linear part of what a transcoder has to say") {
  // The subject's output is a linear map of its input: the skip alone explains it.
  const Toy toy(ToyWorld(16, .2), ToySubject(orthonormal(16, 16), {}, random(16, 10, 8)),
                {"embed", "twice"});
  const SiteActs acts = toy.site.acts(toy.world.sample("test", 0, 500));
  TopK topk;
  topk.k = 1;
  topk.sae = quick(8, 1500);
  const auto left_over = [&] {
    const Dictionary sae = fit_topk(topk, toy.data(), 1).dictionary;
    return toy::fvu(acts.out_BD, output(sae, encode(sae, acts.in_BD), acts.in_BD));
  };
  CHECK(left_over() > .3);
  topk.sae.skip = true;
  CHECK(left_over() < .05);
  topk.sae.tied = true;
  CHECK_THROWS_AS(fit_topk(topk, toy.data(), 1), InputError);
  topk.sae.tied = false;
  const Toy same = orthonormal_toy();
  CHECK_THROWS_AS(fit_topk(topk, same.data(), 1), InputError);
}

TEST_CASE("sampled prefixes: ascending, ending with all, and as frequent as their law says") {
  TopKSae sae;
  sae.sampled = 4;
  sae.seed = 3;
  double small = 0;
  constexpr int kSteps = 4000;
  for (int step = 0; step < kSteps; ++step) {
    const auto prefixes = prefixes_at(sae, 64, step);
    REQUIRE(std::ranges::is_sorted(prefixes, std::less_equal{}));
    REQUIRE(prefixes.back() == 64);
    REQUIRE(prefixes.front() >= 1);
    small += prefixes.front() == 1;
  }
  // P(m = 1) = (1 − 2^(−½))/(1 − 65^(−½)) = .3344; of four at least one: 1 − (1 − .3344)^4 = .8038. A sound
  // generator misses ±.025 (4 sd) in fewer than 1 of 10,000 runs.
  CHECK(small / kSteps == doctest::Approx(.8038).epsilon(.025 / .8038));
  CHECK(prefixes_at(sae, 64, 7) == prefixes_at(sae, 64, 7));
}

TEST_CASE("a loss that is not finite fails, whatever the family") {
  class Broken : public ToyWorld {
   public:
    Broken() : ToyWorld(16, .3) {}
    Batch sample(const std::string& split, std::int64_t first, std::int64_t count) const override {
      Batch batch = ToyWorld::sample(split, first, count);
      batch.values_BC.select(1, 3).fill_(std::nan(""));
      return batch;
    }
  };
  const Broken world;
  const ToySubject subject(orthonormal(16, 16));
  const Site site(subject, {});
  const StopToken stop;
  for (const char* kind : {"topk", "batch_topk", "matryoshka", "relu_l1", "p_anneal", "jump_relu",
                           "gated", "matching_pursuit", "block_topk", "lista", "mlp_encoder"}) {
    CAPTURE(kind);
    const auto config = read_config<DecomposerConfig>(
        {{"kind", kind}, {"steps", 3}, {"latents", 24}, {"bias_init", "zero"}});
    CHECK_THROWS_AS(fit(config, {world, subject, site, std::nullopt, stop}, 0), Failure);
  }
}

TEST_CASE(
    "checkpoints are the dictionaries that shorter fits end with, and the last one is the last") {
  const Toy toy = orthonormal_toy();
  ReluL1 relu;
  relu.sae = quick(24, 60);
  relu.sae.checkpoints = {20, 60};
  for (const double ema : {0., .9}) {
    CAPTURE(ema);
    relu.l1_warmup = 0;
    relu.sae.ema = ema;
    relu.sae.steps = 60;
    const Fitted fitted = fit_relu_l1(relu, toy.data(), 1);
    REQUIRE(fitted.checkpoints.size() == 2);
    CHECK(at::equal(fitted.checkpoints.at(60).atoms_MD, fitted.dictionary.atoms_MD));
    ReluL1 shorter = relu;
    shorter.sae.steps = 20;
    shorter.sae.checkpoints.clear();
    const Dictionary sae = fit_relu_l1(shorter, toy.data(), 1).dictionary;
    CHECK(largest(fitted.checkpoints.at(20).atoms_MD - sae.atoms_MD) < 1e-6);
    ReluL1 without = relu;  // looking changes nothing
    without.sae.checkpoints.clear();
    CHECK(at::equal(fit_relu_l1(without, toy.data(), 1).dictionary.atoms_MD,
                    fitted.dictionary.atoms_MD));
  }
}

TEST_CASE("a transcoder with scaled inputs says outputs of their own size") {
  const Toy toy(ToyWorld(16, .2), ToySubject(orthonormal(16, 16) * 30, {}, random(16, 10, 8)),
                {"embed", "twice"});
  const SiteActs acts = toy.site.acts(toy.world.sample("test", 0, 500));
  ReluL1 relu;
  relu.l1 = .001;
  relu.sae = quick(32, 1500);
  relu.sae.unit_norm_decoder = false;
  relu.sae.normalise = "scale";
  const Fitted fitted = fit_relu_l1(relu, toy.data(), 1);
  const double left = fitted.record.tables.at("steps").rows.back()[2];
  CHECK(toy::fvu(acts.out_BD, output(fitted.dictionary, encode(fitted.dictionary, acts.in_BD),
                                     acts.in_BD)) < left + .05);
}

TEST_CASE("end to end: gradient, and what the subject does not read is not reconstructed") {
  // Of 16 features the subject's output reads the first 8 alone.
  at::Tensor out = random(16, 10, 8);
  const at::Tensor directions = orthonormal(16, 16);
  out = directions.t().mm(at::cat({random(8, 10, 8), at::zeros({8, 10})}));
  const Toy toy(ToyWorld(16, .2), ToySubject(directions, {}, out));
  const FitData data = toy.data();
  const Batch rows = toy.world.sample("fit", 0, 64);
  const at::Tensor x = toy.site.acts(rows).in_BD;
  const ReluObjective objective(
      {.1, 0, {}, {}, [&](const at::Tensor& said, const SaeBatch& batch) {
         return (toy.subject.run(*batch.rows) - said.mm(out).sigmoid()).square().sum(1).mean();
       }});
  toy::require_same_gradients(objective, toy::some_params(16, 24, 16), {x, x, &rows}, {});
  for (const std::string distance : {"mse", "kl", "kl_bits"}) {
    CAPTURE(distance);
    EndToEnd config;
    config.l1 = distance == "mse" ? .05 : .005;
    config.distance = distance;
    config.downstream = distance == "mse" ? .5 : 0;
    config.sae = quick(24, 600);
    const Dictionary sae = fit_end_to_end(config, data, 1).dictionary;
    const at::Tensor eval = toy.acts(), said = reconstruct(sae, eval).output_BD;
    const at::Tensor read = directions.narrow(0, 0, 8).t(), rest = directions.narrow(0, 8, 8).t();
    CHECK(toy::fvu(eval.mm(read), said.mm(read)) < .5);
    CHECK(toy::fvu(eval.mm(rest), said.mm(rest)) > .8);
  }
  const Toy last(ToyWorld(16, .2), ToySubject(directions));
  CHECK_THROWS_AS(fit_end_to_end({}, last.data(), 1), InputError);
}

}  // namespace lab
