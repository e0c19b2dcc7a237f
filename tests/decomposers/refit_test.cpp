#include "lab/decomposers/refit.h"

#include <doctest/doctest.h>

#include "lab/core/config.h"
#include "lab/core/error.h"
#include "tests/decomposers/toy.h"

namespace lab {
namespace {

using toy::largest, toy::orthonormal, toy::random, toy::Toy, toy::ToySubject, toy::ToyWorld;

DecomposerConfig decomposer(const char* text) {
  return read_config<DecomposerConfig>(parse_json(text, "test"));
}

const Toy& superposed() {
  static const Toy toy(ToyWorld(12, 0.1), ToySubject(unit_rows(random(12, 8, 9))));
  return toy;
}

TEST_CASE("refit keeps atoms and bias, and optimal codes reconstruct no worse") {
  const Toy& toy = superposed();
  const Dictionary own =
      fit(decomposer(R"({"kind": "relu_l1", "latents": 16, "steps": 200})"), toy.data(), 3)
          .dictionary;
  const Dictionary anew =
      fit(decomposer(
              R"({"kind": "refit", "decomposer": {"kind": "relu_l1", "latents": 16, "steps": 200}})"),
          toy.data(), 3)
          .dictionary;
  CHECK(at::equal(anew.atoms_MD, own.atoms_MD));
  CHECK(at::equal(anew.bias_D, own.bias_D));
  const at::Tensor x = toy.acts();
  CHECK(toy::fvu(x, decode(anew, encode(anew, x))) < toy::fvu(x, decode(own, encode(own, x))));
}

TEST_CASE("refit of given atoms is these atoms with the encoder, for every encoder") {
  const Toy& toy = superposed();
  for (const std::string encoder :
       {R"("nnls")", R"("linear")", R"("relu")", R"("top1")", R"({"kind": "topk", "k": 2})",
        R"({"kind": "omp", "k": 2})", R"({"kind": "fista", "l1": 0.2})",
        R"({"kind": "trained", "steps": 5})"}) {
    CAPTURE(encoder);
    const std::string atoms = R"({"kind": "fixed", "atoms": {"kind": "random", "latents": 9})";
    const Fitted direct =
        fit(decomposer((atoms + R"(, "encoder": )" + encoder + "}").c_str()), toy.data(), 4);
    const Fitted anew = fit(decomposer((R"({"kind": "refit", "decomposer": )" + atoms +
                                        R"(}, "encoder": )" + encoder + "}")
                                           .c_str()),
                            toy.data(), 4);
    const Tensors expected = to_tensors(direct.dictionary), found = to_tensors(anew.dictionary);
    REQUIRE(expected.size() == found.size());
    for (const auto& [name, value] : expected) CHECK(at::equal(found.at(name), value));
  }
}

TEST_CASE("a refit takes the inner decomposer's seed, or hands on its own") {
  const auto settled = [](const char* text) {
    DecomposerConfig config = decomposer(text);
    settle_seeds(config, 7);
    return config;
  };
  const auto inner = [](const DecomposerConfig& config) {
    return std::get<Refit>(config.kind).decomposer->seed;
  };
  DecomposerConfig config = settled(R"({"kind": "refit", "decomposer": "topk"})");
  CHECK_FALSE(config.seed.has_value());
  CHECK(inner(config) == 7);
  CHECK(uses_seed(config));
  CHECK(inner(settled(R"({"kind": "refit", "decomposer": "topk", "seed": 5})")) == 5);
  CHECK(inner(settled(
            R"({"kind": "refit", "decomposer": {"kind": "topk", "seed": 4}, "seed": 5})")) == 4);
  config = settled(R"({"kind": "refit", "decomposer": {"kind": "pca", "seed": 3}})");
  CHECK_FALSE(inner(config).has_value());
  CHECK_FALSE(uses_seed(config));
  // What is copied is another config.
  DecomposerConfig copy = config;
  std::get<Refit>(copy.kind).decomposer->seed = 1;
  CHECK_FALSE(inner(config).has_value());
}

TEST_CASE("what cannot be refitted is refused") {
  CHECK_THROWS_AS(decomposer(R"({"kind": "refit"})"), InputError);
  const Toy across(ToyWorld(6, .3), ToySubject(orthonormal(6, 6), {}, random(6, 3, 4)),
                   {"embed", "twice"});
  CHECK_THROWS_AS(
      fit(decomposer(R"({"kind": "refit", "decomposer": {"kind": "topk", "steps": 1}})"),
          across.data(), 0),
      InputError);
  const Toy& toy = superposed();
  Dictionary learned{random(4, 8), at::zeros({8}), NonNegativeEncoder{at::zeros({8})}};
  learned.normalise = "layer_norm";
  const at::Tensor x = toy.acts();
  const Refit exact;
  CHECK(refit(exact, learned, toy.data(), 0).dictionary.normalise == "layer_norm");
  CHECK(at::equal(encode(refit(exact, learned, toy.data(), 0).dictionary, x), encode(learned, x)));
  Refit trained;
  trained.encoder.kind = TrainedCodes{};
  CHECK_THROWS_AS(refit(trained, learned, toy.data(), 0), Failure);
  learned.skip_OD = at::zeros({8, 8});
  CHECK_THROWS_AS(refit(exact, learned, toy.data(), 0), Failure);
}

}  // namespace
}  // namespace lab
