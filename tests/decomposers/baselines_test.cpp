// Baselines without an encoder of their own: known answers, invariances, and what does not fit.
#include <doctest/doctest.h>

#include "lab/core/config.h"
#include "lab/core/error.h"
#include "lab/core/json.h"
#include "lab/decomposers/fit_samples.h"
#include "tests/decomposers/toy.h"

namespace lab {
namespace {

using toy::largest, toy::orthonormal, toy::random, toy::Toy, toy::ToySubject, toy::ToyWorld;

Toy mixed() {  // independent features along directions that are neither orthogonal nor of one length
  return Toy(ToyWorld(6, .3), ToySubject(orthonormal(6, 6) + .2 * random(6, 6, 2)));
}

at::Tensor fit_rows(const Toy& toy, std::int64_t samples) {
  return toy.site.acts(toy.world.sample("fit", 0, samples)).in_BD;
}

}  // namespace

TEST_CASE("ica finds independent features that are mixed, as sources of variance 1") {
  // Rare features: with p = .3 their kurtosis is near a Gaussian's, and nothing tells them apart.
  const Toy toy(ToyWorld(6, .1), ToySubject(orthonormal(6, 6) + .2 * random(6, 6, 2)));
  const Fitted fitted = fit_ica(Ica{}, toy.data(), 3);
  const Dictionary& ica = fitted.dictionary;
  CHECK(fitted.record.scores.at("converged").value == 1);
  CHECK(ica.signed_codes);
  CHECK(toy::worst_cosine(at::cat({ica.atoms_MD, -ica.atoms_MD}),
                          toy.data().planted->directions_CD) > .99);
  const at::Tensor x = fit_rows(toy, 16384), codes = encode(ica, x);
  CHECK(largest(codes.var(0, false) - 1) < 1e-3);
  CHECK(largest(codes.mean(0)) < 1e-4);
  CHECK(toy::fvu(x, decode(ica, codes)) < 1e-9);
  // The order and the signs do not depend on the start.
  const at::Tensor other = fit_ica(Ica{}, toy.data(), 4).dictionary.atoms_MD;
  CHECK(largest(other - ica.atoms_MD) < .01 * largest(ica.atoms_MD));
  Ica many;
  many.components = 7;
  CHECK_THROWS_AS(fit_ica(many, toy.data(), 3), InputError);
}

TEST_CASE("nmf finds parts that are not negative, and refuses what is") {
  // Parts with disjoint support: the factorisation is unique.
  const at::Tensor parts = at::eye(4).repeat_interleave(3, 1) * (1 + .5 * random(1, 12, 5).abs());
  const Toy toy(ToyWorld(4, .5), ToySubject(parts));
  Nmf nmf;
  nmf.latents = 4;
  const Dictionary found = fit_nmf(nmf, toy.data(), 3).dictionary;
  CHECK(toy::worst_cosine(found.atoms_MD, parts) > .999);
  CHECK(found.atoms_MD.min().item<double>() >= 0);
  CHECK(largest(found.atoms_MD.norm(2, 1) - 1) < 1e-5);
  const at::Tensor x = toy.acts();
  CHECK(toy::fvu(x, decode(found, encode(found, x))) < 1e-4);
  CHECK(encode(found, x).min().item<double>() >= 0);
  CHECK_THROWS_WITH_AS(fit_nmf(nmf, mixed().data(), 3),
                       "nmf: activations are negative at this tap; take one behind a ReLU",
                       Failure);
}

TEST_CASE("kmeans: atoms are the means of their samples, codes name the nearest") {
  const Toy toy = mixed();
  KMeans config;
  config.latents = 8;
  config.samples = 4000;
  const Dictionary found = fit_kmeans(config, toy.data(), 3).dictionary;
  const at::Tensor x = fit_rows(toy, 4000), codes = encode(found, x);
  CHECK(codes.sum(1).eq(1).all().item<bool>());
  CHECK((codes != 0).sum(1).eq(1).all().item<bool>());
  const at::Tensor own = codes.argmax(1);
  CHECK(own.equal(at::cdist(x, found.atoms_MD).argmin(1)));
  for (std::int64_t m = 0; m < 8; ++m) {  // a fixed point of Lloyd's
    const at::Tensor members = x.index_select(0, own.eq(m).nonzero().flatten());
    REQUIRE(members.size(0) > 0);
    CHECK(largest(members.mean(0) - found.atoms_MD[m]) < 1e-4);
  }
  // As many clusters as there are points: every point is its own.
  const Toy few(ToyWorld(1, .5, 1, 1), ToySubject(at::ones({1, 2})));
  KMeans two;
  two.latents = 2;
  two.samples = 100;
  const Dictionary exact = fit_kmeans(two, few.data(), 3).dictionary;
  const at::Tensor points = fit_rows(few, 100);
  CHECK(largest(decode(exact, encode(exact, points)) - points) < 1e-6);
}

TEST_CASE("spherical kmeans finds the directions of features that come alone") {
  const at::Tensor directions = orthonormal(5, 8);
  const Toy toy(ToyWorld(5, .02), ToySubject(directions));
  KMeans config;
  config.latents = 6;  // one more, for samples without a feature
  config.spherical = true;
  const Dictionary found = fit_kmeans(config, toy.data(), 3).dictionary;
  CHECK(toy::worst_cosine(found.atoms_MD, directions) > .98);
  CHECK((encode(found, toy.acts()) != 0).sum(1).max().item<std::int64_t>() <= 1);
}

TEST_CASE(
    "sparse_dictionary recovers more features than dimensions, with codes that are the lasso's") {
  const at::Tensor directions = unit_rows(random(12, 8, 9));
  const Toy toy(ToyWorld(12, .06), ToySubject(directions));
  SparseDictionary config;
  config.latents = 24;
  config.l1 = .1;
  config.steps = 500;
  const Dictionary found = fit_sparse_dictionary(config, toy.data(), 3).dictionary;
  CHECK(toy::worst_cosine(found.atoms_MD, directions) > .9);
  CHECK(found.atoms_MD.norm(2, 1).max().item<double>() <= 1 + 1e-5);
  const at::Tensor x = toy.acts();
  CHECK(toy::fvu(x, decode(found, encode(found, x))) < .05);
}

// A decoder without a bias, and the same features as above.
TEST_CASE("sparse_dictionary without centring finds atoms of activations that are their sums") {
  const at::Tensor directions = unit_rows(random(12, 8, 9));
  const Toy toy(ToyWorld(12, .06), ToySubject(directions));
  SparseDictionary config;
  config.latents = 24;
  config.steps = 500;
  config.centre = false;
  const Dictionary found = fit_sparse_dictionary(config, toy.data(), 3).dictionary;
  CHECK(largest(found.bias_D) == 0);
  CHECK(toy::worst_cosine(found.atoms_MD, directions) > .9);
}

TEST_CASE("with train_samples, sparse_dictionary sees no others") {
  const Toy toy(ToyWorld(12, .1), ToySubject(unit_rows(random(12, 8, 9))));
  SparseDictionary config;
  config.latents = 12;
  config.steps = 40;
  config.batch = 64;
  config.train_samples = 64 * 200;
  const at::Tensor enough = fit_sparse_dictionary(config, toy.data(), 3).dictionary.atoms_MD;
  config.train_samples = 64;
  const Dictionary few = fit_sparse_dictionary(config, toy.data(), 3).dictionary;
  CHECK_FALSE(few.atoms_MD.equal(enough));
  CHECK(few.bias_D.equal(toy.site.acts(toy.world, "fit", 0, 64).out_BD.mean(0)));
}

TEST_CASE("baselines repeat for a seed and refuse transcoders") {
  const Toy toy = mixed();
  const Toy across(ToyWorld(6, .3), ToySubject(orthonormal(6, 6), {}, random(6, 3, 4)),
                   {"embed", "twice"});
  for (const char* kind : {"ica", "kmeans", "sparse_dictionary", "nmf", "pca"}) {
    CAPTURE(kind);
    const auto config = read_config<DecomposerConfig>(
        parse_json(std::string(R"({"kind": ")") + kind + "\"}", "test"));
    CHECK_THROWS_AS(fit(config, across.data(), 1), InputError);
    if (std::string(kind) == "nmf") continue;
    const Tensors first = to_tensors(fit(config, toy.data(), 1).dictionary),
                  again = to_tensors(fit(config, toy.data(), 1).dictionary);
    for (const auto& [name, tensor] : first) CHECK(tensor.equal(again.at(name)));
    const Dictionary back = dictionary_from_tensors(first);
    CHECK(
        encode(back, toy.acts()).equal(encode(fit(config, toy.data(), 1).dictionary, toy.acts())));
  }
}

}  // namespace lab
