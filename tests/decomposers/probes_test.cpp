#include "lab/decomposers/probes.h"

#include <doctest/doctest.h>

#include "lab/core/config.h"
#include "lab/core/error.h"
#include "tests/decomposers/toy.h"

namespace lab {
namespace {

using toy::largest, toy::orthonormal, toy::random, toy::Toy, toy::ToySubject, toy::ToyWorld;

Dictionary probe(const char* text, const FitData& data, std::int64_t seed = 0) {
  return fit(read_config<DecomposerConfig>(parse_json(text, "test")), data, seed).dictionary;
}

// The share of samples in which a latent fires just where its feature is present, over all features.
double agreement(const Dictionary& dictionary, const Toy& toy) {
  const at::Tensor present = toy.world.sample("eval", 0, 4096).present_BF;
  return (encode(dictionary, toy.acts()) > 0).eq(present).to(at::kDouble).mean().item<double>();
}

TEST_CASE("orthonormal truth: probes are perfect, and their atoms are the true vectors") {
  const at::Tensor directions = orthonormal(8, 12);
  const Toy toy(ToyWorld(8, 0.2), ToySubject(directions, at::full({12}, 2.0)));
  const at::Tensor x = toy.acts(), values = toy.world.sample("eval", 0, 4096).values_BC;
  const Dictionary linear = probe(R"("linear_probe")", toy.data());
  CHECK(linear.signed_codes);
  CHECK(largest(encode(linear, x) - values) < 1e-3);
  CHECK(largest(linear.atoms_MD - directions) < 1e-3);
  CHECK(largest(linear.bias_D - 2.0) < 1e-3);
  CHECK(toy::fvu(x, decode(linear, encode(linear, x))) < 1e-6);

  const Dictionary logistic = probe(R"("logistic_probe")", toy.data());
  CHECK_FALSE(logistic.signed_codes);
  CHECK(agreement(logistic, toy) == 1);
  CHECK(toy::worst_cosine(logistic.atoms_MD, directions) > .99);
}

TEST_CASE("in superposition the linear probe's decoder is the truth, and it says less than all") {
  // Values of one variance, not correlated: then the least-norm decoder of the regression is the true vectors.
  const at::Tensor directions = unit_rows(random(24, 12, 5));
  const Toy toy(ToyWorld(24, 0.2), ToySubject(directions));
  const Dictionary linear = probe(R"({"kind": "linear_probe", "samples": 50000})", toy.data());
  CHECK(toy::worst_cosine(linear.atoms_MD, directions) > .99);
  const at::Tensor x = toy.acts(), values = toy.world.sample("eval", 0, 4096).values_BC;
  CHECK(toy::fvu(x, decode(linear, encode(linear, x))) < 1e-6);
  const double r2 = 1 - toy::fvu(values, encode(linear, x));
  CHECK(r2 > .4);
  CHECK(r2 < .6);  // 12 of 24 dimensions
}

TEST_CASE("probes do not depend on the seed, and read a transcoder's input tap") {
  const Toy toy(ToyWorld(6, .3), ToySubject(orthonormal(6, 8), {}, random(8, 5, 4)),
                {"embed", "twice"});
  for (const char* kind : {R"("linear_probe")", R"("logistic_probe")"}) {
    CAPTURE(kind);
    CHECK_FALSE(uses_seed(read_config<DecomposerConfig>(parse_json(kind, "test"))));
    const Tensors one = to_tensors(probe(kind, toy.data(), 1)),
                  two = to_tensors(probe(kind, toy.data(), 2));
    for (const auto& [name, value] : one) CHECK(at::equal(two.at(name), value));
    const Dictionary across = dictionary_from_tensors(one);
    CHECK(input_width(across) == 8);
    CHECK(across.atoms_MD.sizes() == at::IntArrayRef({6, 5}));
  }
  const Dictionary linear = probe(R"("linear_probe")", toy.data());
  const Batch batch = toy.world.sample("eval", 0, 1000);
  CHECK(largest(decode(linear, encode(linear, toy.site.acts(batch).in_BD)) -
                toy.site.acts(batch).out_BD) < 1e-2);
}

TEST_CASE("a feature that is never there never fires, and has no atom") {
  const Toy toy(ToyWorld(3, 0), ToySubject(orthonormal(3, 4)));
  const Dictionary logistic = probe(R"("logistic_probe")", toy.data());
  CHECK(largest(encode(logistic, random(50, 4))) == 0);
  CHECK(largest(logistic.atoms_MD) == 0);
  CHECK(largest(probe(R"("linear_probe")", toy.data()).atoms_MD) == 0);
}

TEST_CASE("too few samples are refused") {
  const Toy toy(ToyWorld(8, 0.2), ToySubject(orthonormal(8, 12)));
  CHECK_THROWS_WITH_AS(probe(R"({"kind": "linear_probe", "samples": 9})", toy.data()),
                       "linear_probe: samples must be at least 10, 2 more than latents",
                       InputError);
  CHECK_THROWS_AS(probe(R"({"kind": "logistic_probe", "samples": 9})", toy.data()), InputError);
}

}  // namespace
}  // namespace lab
