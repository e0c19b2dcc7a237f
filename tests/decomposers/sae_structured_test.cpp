// Matching pursuit, SpaDE, block TopK, archetypal and LISTA autoencoders: gradients by hand against autograd's,
// files, and what each recovers.
#include <doctest/doctest.h>

#include <cmath>
#include <numbers>

#include "lab/core/error.h"
#include "lab/decomposers/archetypal_objective.h"
#include "lab/decomposers/block_topk_objective.h"
#include "lab/decomposers/lista_objective.h"
#include "lab/decomposers/mlp_encoder.h"
#include "lab/decomposers/mlp_objective.h"
#include "lab/decomposers/pursuit_objective.h"
#include "lab/decomposers/spade_objective.h"
#include "lab/decomposers/sparsemax.h"
#include "tests/decomposers/gradients.h"

namespace lab {
namespace {

using toy::largest, toy::orthonormal, toy::random, toy::require_same_gradients, toy::some_params,
    toy::Toy, toy::ToySubject, toy::ToyWorld;

SaeSettings quick(std::int64_t latents, std::int64_t steps = 1500) {
  SaeSettings settings;
  settings.latents = latents;
  settings.steps = steps;
  settings.batch = 128;
  settings.optimizer.lr = .01;
  settings.schedule.kind = Cosine{};
  settings.bias_init = "zero";
  return settings;
}

Toy orthonormal_toy(double p = .15) {
  return Toy(ToyWorld(16, p), ToySubject(orthonormal(16, 16)));
}

// The codes that the objective trained and those of the dictionary, before and after a file.
void require_same_codes(const SaeObjective& objective, const SaeParams& params,
                        const at::Tensor& x) {
  const Dictionary made = objective.dictionary(params, {x, x});
  const at::Tensor codes = objective.codes(params, x);
  CHECK(largest(encode(made, x) - codes) <= 1e-5 * largest(codes));
  CHECK(largest(reconstruct(made, x).output_BD - objective.reconstruction(params, x)) < 1e-4);
  CHECK(at::equal(encode(dictionary_from_tensors(to_tensors(made)), x), encode(made, x)));
}

}  // namespace

TEST_CASE("matching pursuit: gradient, codes, and a first atom that is the nearest") {
  SaeParams params = some_params(12, 30, 12);
  params.W_dec_MD = unit_rows(params.W_dec_MD) * .9;
  const at::Tensor x = random(64, 12, 5);
  for (const std::int64_t k : {1, 3, 7}) {
    CAPTURE(k);
    const PursuitObjective objective({.k = k});
    require_same_gradients(objective, params, {x, x}, {}, {0, 1});  // it has no encoder
    require_same_codes(objective, params, x);
  }
  const at::Tensor one = PursuitObjective({.k = 1}).codes(params, x);
  const at::Tensor along = (x - params.b_dec_D).mm(params.W_dec_MD.t());
  CHECK(at::equal(one.argmax(1), along.argmax(1)));
}

TEST_CASE("matching pursuit stops where it was told to") {
  SaeParams params = some_params(12, 30, 12);
  params.W_dec_MD = unit_rows(params.W_dec_MD);
  const at::Tensor x = random(64, 12, 5), plain = PursuitObjective({.k = 40}).codes(params, x);
  const PursuitObjective repeat({.k = 40, .until_repeat = true}), near({.k = 40, .residual = 2.5});
  for (const PursuitObjective* objective : {&repeat, &near}) {
    require_same_gradients(*objective, params, {x, x}, {}, {0, 1});
    require_same_codes(*objective, params, x);
    CHECK(objective->codes(params, x).ne(0).sum().item<int>() < plain.ne(0).sum().item<int>());
  }
  // Those that `residual` stopped are nearer than it, and were not a step before.
  const at::Tensor codes = near.codes(params, x), steps = codes.ne(0).sum(1);
  const auto length = [&](const at::Tensor& c) {
    return (x - params.b_dec_D - c.mm(params.W_dec_MD)).norm(2, 1);
  };
  const at::Tensor reached = length(codes) < 2.5;  // not all can be: codes are not negative
  CHECK(reached.sum().item<int>() > 30);
  CHECK(at::equal(reached, length(plain) < 2.5));
  for (std::int64_t b = 0; b < 64; ++b) {
    const auto k = steps[b].item<std::int64_t>();
    if (k < 2 || k > 3) continue;  // one step is always taken; of more an atom may be taken twice
    const at::Tensor before = PursuitObjective({.k = k - 1}).codes(params, x);
    CHECK(length(before)[b].item<double>() >= 2.5);
  }
  // The first latent that comes again ends it: with two orthogonal atoms after both and one more step.
  const SaeParams two{at::zeros({2, 2}), at::zeros({2}), at::eye(2), at::zeros({2}), {}};
  const at::Tensor point = at::tensor({3.F, 1.F}).view({1, 2});
  CHECK(at::equal(repeat.codes(two, point), point));
}

TEST_CASE("sparsemax: on the simplex, nearest to it, and itself for what lies on it") {
  const at::Tensor u = random(50, 9, 3);
  const at::Tensor c = sparsemax(u);
  CHECK(largest(c.sum(1) - 1) < 1e-6);
  CHECK(c.min().item<double>() >= 0);
  CHECK(largest(sparsemax(c) - c) < 1e-6);
  CHECK(largest(sparsemax(u + 7) - c) < 1e-5);
  // No other point of the simplex is nearer.
  const at::Tensor other = random(50, 9, 4).softmax(1);
  CHECK(((u - c).square().sum(1) <= (u - other).square().sum(1)).all().item<bool>());
  CHECK(at::allclose(sparsemax(at::tensor({.5f, .2f, -3.f}).view({1, 3})),
                     at::tensor({.65f, .35f, 0.f}).view({1, 3})));
}

TEST_CASE("spade: gradient and codes") {
  SaeParams params = some_params(12, 30, 12);
  params.more = {at::tensor({-1.2f})};
  params.b_dec_D.zero_();
  const at::Tensor x = random(64, 12, 5);
  for (const double weight : {0., .3}) {
    Spade config;
    config.distance_weight = weight;
    const SpadeObjective objective(config);
    require_same_gradients(objective, params, {x, x}, {}, {1, 3});  // and no biases
    require_same_codes(objective, params, x);
  }
}

TEST_CASE("spade: far from 0 and for broken samples, codes are what they should be") {
  const at::Tensor points = random(30, 12, 1), x = random(64, 12, 5);
  const at::Tensor here = encode({points, at::zeros({12}), SpadeEncoder{points, .5}}, x);
  const at::Tensor far = points + 300;
  const at::Tensor there = encode({far, at::zeros({12}), SpadeEncoder{far, .5}}, x + 300);
  CHECK(largest(there.sum(1) - 1) < 1e-5);
  CHECK(largest(there - here) < 1e-3);
  at::Tensor broken = x.clone();
  broken[3][2] = std::nan("");
  const at::Tensor codes = encode({points, at::zeros({12}), SpadeEncoder{points, .5}}, broken);
  CHECK(codes[3].isnan().all().item<bool>());
  CHECK(largest(codes[4] - here[4]) < 1e-5);
}

TEST_CASE("spade: samples that come in three sizes of one direction get latents of their own") {
  // Sizes 1, 2 and 3: no linear reader is selective for the middle one; a prototype is.
  class Sizes : public World {
   public:
    Sizes() {
      inputs_ = 1;
      truth_.features.push_back({"size", 0, 1});
    }
    Batch sample(const std::string& split, std::int64_t first, std::int64_t count) const override {
      Batch batch;
      batch.values_BC = (uniforms(Draw("size/" + split, 0), first, count, 1) * 3).floor() + 1;
      batch.inputs_BN = batch.values_BC;
      batch.present_BF = at::ones({count, 1}, at::kBool);
      batch.split = split;
      batch.first = first;
      return batch;
    }
  };
  const Sizes world;
  const at::Tensor v = unit_rows(random(1, 6));
  const ToySubject subject(v);
  const Site site(subject, {});
  const StopToken stop;
  Spade spade;
  spade.sae.latents = 3;
  spade.sae.steps = 300;
  spade.scale = 3;
  const Dictionary sae = fit_spade(spade, {world, subject, site, std::nullopt, stop}, 0).dictionary;
  const at::Tensor x = at::tensor({1.f, 2.f, 3.f}).view({3, 1}).mm(v);
  const at::Tensor codes = encode(sae, x);
  CHECK(codes.sum(1).allclose(at::ones({3})));
  CHECK(std::get<0>(at::_unique(codes.argmax(1))).size(0) == 3);  // each its own latent
  CHECK(toy::fvu(x, reconstruct(sae, x).output_BD) < .01);
}

TEST_CASE("spade: latents start apart, also where most samples are alike") {
  const Toy toy(ToyWorld(4, .05), ToySubject(orthonormal(4, 6)));
  Spade spade;
  spade.sae.latents = 200;
  spade.sae.steps = 1;
  const Dictionary sae = fit_spade(spade, toy.data(), 0).dictionary;
  CHECK(std::get<0>(at::unique_dim(sae.atoms_MD, 0)).size(0) == 200);
}

TEST_CASE("block TopK: gradient, codes, and whole blocks fire") {
  const SaeParams params = some_params(12, 30, 12);
  const at::Tensor x = random(64, 12, 5);
  for (const bool across : {false, true}) {
    const BlockTopKObjective objective(2, 3, {!across});
    const SaeParams own = across ? some_params(12, 30, 7) : params;
    require_same_gradients(objective, own, {x, across ? random(64, 7, 6) : x}, {});
    if (!across) require_same_codes(objective, own, x);
    const at::Tensor fires = objective.codes(own, x).view({64, 10, 3}).ne(0);
    CHECK(at::equal(fires.any(2), fires.all(2)));
    CHECK(fires.any(2).sum(1).eq(2).all().item<bool>());
  }
}

TEST_CASE("a block a circle: block TopK keeps in one block what single latents tile") {
  // Eight planes; a sample lies on a unit circle in few of them, mostly one.
  class Circles : public World {
   public:
    Circles() {
      inputs_ = 16;
      for (std::int64_t f = 0; f < 8; ++f) {
        truth_.features.push_back({std::to_string(f), 2 * f, 2});
      }
    }
    Batch sample(const std::string& split, std::int64_t first, std::int64_t count) const override {
      const at::Tensor here = uniforms(Draw("here/" + split, 0), first, count, 8) < .05;
      const at::Tensor angle =
          uniforms(Draw("angle/" + split, 0), first, count, 8) * (2 * std::numbers::pi);
      Batch batch;
      batch.values_BC =
          (at::stack({angle.cos(), angle.sin()}, 2) * here.unsqueeze(2)).view({count, 16});
      batch.inputs_BN = batch.values_BC;
      batch.present_BF = here;
      batch.split = split;
      batch.first = first;
      return batch;
    }
  };
  const Circles world;
  const at::Tensor planes = orthonormal(16, 16);
  const ToySubject subject(planes);
  const Site site(subject, {});
  const StopToken stop;
  const FitData data{world, subject, site, std::nullopt, stop};
  BlockTopK config;
  config.k = 1;  // with two, a plane may be shared out among blocks
  config.sae = quick(32, 2000);
  config.sae.dead.kind = Resample{50, 100, .6};
  config.sae.input_bias = false;
  const Dictionary sae = fit_block_topk(config, data, 1).dictionary;
  // Each plane is spanned by one block: both singular values of its projection are near 1.
  double worst = 1;
  for (std::int64_t f = 0; f < 8; ++f) {
    double best = 0;
    for (std::int64_t block = 0; block < 16; ++block) {
      const at::Tensor basis = std::get<0>(at::linalg_qr(sae.atoms_MD.narrow(0, 2 * block, 2).t()));
      best = std::max(
          best, at::linalg_svdvals(planes.narrow(0, 2 * f, 2).mm(basis)).min().item<double>());
    }
    worst = std::min(worst, best);
  }
  CHECK(worst > .9);
}

TEST_CASE("archetypal: gradient, and atoms that stay in the relaxed hull") {
  SaeParams params = some_params(12, 30, 12);
  const at::Tensor archetypes = random(20, 12, 9);
  TopKSae topk;
  topk.k = 4;
  topk.common.auxiliary_k = 3;
  topk.common.auxiliary_weight = .5;
  const ArchetypalObjective objective(topk, archetypes, .2, 0);
  params.more = {random(30, 20, 10), random(30, 12, 11), at::tensor({.3f})};
  objective.settle(params);
  const at::Tensor x = random(64, 12, 5);
  require_same_gradients(objective, params, {x, x}, {1, at::arange(30) < 5}, {2});  // atoms follow
  require_same_codes(objective, params, x);
  CHECK(params.more[1].norm(2, 1).max().item<double>() < .2001);
  // Without the relaxation, an atom's coordinate along anything lies within those of the archetypes.
  const at::Tensor hull = params.W_dec_MD * std::exp(-.3) - params.more[1];
  const at::Tensor direction = random(12, 1, 12);
  const at::Tensor along = archetypes.mm(direction);
  CHECK(hull.mm(direction).max().item<double>() <= along.max().item<double>() + 1e-5);
  CHECK(hull.mm(direction).min().item<double>() >= along.min().item<double>() - 1e-5);
}

TEST_CASE("archetypal: atoms of different seeds are more alike than those of topk") {
  const Toy toy(ToyWorld(24, .1), ToySubject(unit_rows(random(24, 12))));
  const auto alike = [&](const auto& fit) {
    const at::Tensor a = unit_rows(fit(1)), b = unit_rows(fit(2));
    return std::get<0>(a.mm(b.t()).max(1)).mean().template item<double>();
  };
  Archetypal hull;
  hull.archetypes = 24;
  hull.samples = 2000;
  hull.relaxation = 0;
  hull.sae = quick(24, 400);
  TopK free;
  free.sae = quick(24, 400);
  CHECK(
      alike([&](int seed) { return fit_archetypal(hull, toy.data(), seed).dictionary.atoms_MD; }) >
      .05 + alike([&](int seed) { return fit_topk(free, toy.data(), seed).dictionary.atoms_MD; }));
}

TEST_CASE("lista: gradient, codes, and at the start rounds of ISTA") {
  Lista config;
  config.l1 = .3;
  config.rounds = 3;
  const ListaObjective objective(config, {});
  SaeParams params = some_params(12, 30, 12);
  params.more = {random(30, 30, 7) * .1};
  const at::Tensor x = random(64, 12, 5);
  require_same_gradients(objective, params, {x, x}, {});
  require_same_gradients(objective, params, {x, x}, {.01, {}});
  require_same_codes(objective, params, x);
  // With many rounds of ISTA the codes are the lasso's: what they leave over has the slope of the penalty.
  const at::Tensor atoms = unit_rows(random(20, 12, 3));
  SaeParams start{atoms, at::zeros({20}), atoms, at::zeros({12}), {}};
  config.rounds = 3000;
  const ListaObjective many(config, {});
  start.more = many.own_params(start);
  const double L = std::pow(at::linalg_svdvals(atoms).max().item<double>(), 2);
  start.W_enc_MD = atoms / L;
  start.b_enc_M.fill_(-config.l1 / (2 * L));
  const at::Tensor codes = many.codes(start, x);
  const at::Tensor slope = 2 * (x - codes.mm(atoms)).mm(atoms.t()) - config.l1;
  CHECK(largest(slope * (codes > 0)) < 1e-3);
  CHECK(slope.max().item<double>() < 1e-3);
}

TEST_CASE(
    "mlp_encoder: gradient, codes, also for a transcoder, and a start as of torch.nn.Linear") {
  const at::Tensor x = random(64, 12, 5);
  for (const bool input_bias : {true, false}) {
    CAPTURE(input_bias);
    const MlpObjective objective({.3, .5, 20, 7, {input_bias}});
    SaeParams params = some_params(12, 30, 12);
    params.more = objective.own_params(params);
    params.more[3] = random(1, 30, 8).view(-1) * .3;
    require_same_gradients(objective, params, {x, x}, {}, {0, 1});
    require_same_gradients(objective, params, {x, x}, {.1, {}, 2}, {0, 1});
    require_same_codes(objective, params, x);
  }
  const MlpObjective across({.3, 0, 20, 7, {.input_bias = false}});
  SaeParams params = some_params(12, 30, 7);
  params.more = across.own_params(params);
  require_same_gradients(across, params, {x, random(64, 7, 6)}, {}, {0, 1});
  CHECK(params.more[0].sizes() == at::IntArrayRef{20, 12});
  CHECK(params.more[2].sizes() == at::IntArrayRef{30, 20});
  for (const std::size_t i : {0, 1}) CHECK(largest(params.more[i]) <= 1 / std::sqrt(12.));
  CHECK(largest(params.more[0]) > .95 / std::sqrt(12.));
  CHECK(largest(params.more[2]) <= 1 / std::sqrt(20.));
  CHECK(largest(params.more[2]) > .95 / std::sqrt(20.));
  CHECK(std::abs(params.more[2].mean().item<double>()) < .03);  // 5.7 standard errors
}

TEST_CASE("mlp_encoder: codes on numbers done by hand") {
  // x = 3 with b_pre 1: h = ReLU(2·(1, −1) + (0, 1)) = (2, 0); codes ReLU(2·(½, −1) + (.25, 1)) = (1.25, 0).
  const MlpEncoder encoder{at::tensor({1.F, -1.F}).view({1, 2}), at::tensor({0.F, 1.F}),
                           at::tensor({.5F, -1.F, 9.F, 9.F}).view({2, 2}), at::tensor({.25F, 1.F}),
                           at::ones({1})};
  const Dictionary dictionary{at::tensor({2.F, 5.F}).view({2, 1}), at::ones({1}), encoder};
  const Reconstruction out = reconstruct(dictionary, at::full({1, 1}, 3.F));
  CHECK(at::equal(out.codes_BM, at::tensor({1.25F, 0.F}).view({1, 2})));
  CHECK(out.output_BD.item<float>() == 3.5F);
}

TEST_CASE("each structured family recovers an orthonormal dictionary") {
  const Toy toy = orthonormal_toy();
  const auto worst = [](const Fitted& fitted) {
    return toy::worst_cosine(unit_rows(fitted.dictionary.atoms_MD), orthonormal(16, 16));
  };
  MatchingPursuit pursuit;
  pursuit.k = 3;
  pursuit.sae = quick(24);
  pursuit.sae.dead.kind = Resample{50, 100, .6};
  CHECK(worst(fit_matching_pursuit(pursuit, toy.data(), 3)) > .95);
  Lista lista;
  lista.l1 = .2;
  lista.sae = quick(16);
  CHECK(worst(fit_lista(lista, toy.data(), 3)) > .95);
  MlpAutoencoder mlp;
  mlp.l1 = .2;
  mlp.sae = quick(64, 2000);
  CHECK(worst(fit_mlp_encoder(mlp, toy.data(), 3)) > .95);
  Archetypal hull;
  hull.k = 3;
  hull.archetypes = 64;
  hull.relaxation = 1;
  hull.sae = quick(32, 2500);
  CHECK(worst(fit_archetypal(hull, toy.data(), 3)) > .9);
}

}  // namespace lab
