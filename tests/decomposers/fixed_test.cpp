#include "lab/decomposers/fixed.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <numbers>

#include "lab/core/config.h"
#include "lab/core/error.h"
#include "lab/core/files.h"
#include "lab/core/hash.h"
#include "tests/decomposers/toy.h"

namespace lab {
namespace {

using toy::largest, toy::orthonormal, toy::random, toy::Toy, toy::ToySubject, toy::ToyWorld;

Fixed fixed(const char* text) {
  return read_config<Fixed>(parse_json(text, "test"));
}

// A folder of its own that goes away.
struct Folder {
  fs::path path = fs::temp_directory_path() / "lab-fixed" / std::to_string(::getpid());
  Folder() { fs::create_directories(path); }
  ~Folder() { fs::remove_all(path); }
  std::string write(const std::string& name, const std::string& bytes) const {
    write_atomically(path / name, bytes, path / "tmp");
    return (path / name).string();
  }
};

TEST_CASE("the oracle reconstructs noiseless activations, orthonormal or in superposition") {
  for (const std::int64_t features : {16, 24}) {  // in 16 dimensions
    CAPTURE(features);
    const at::Tensor directions =
        features == 16 ? orthonormal(16, 16) : unit_rows(random(features, 16));
    const Toy toy(ToyWorld(features, 0.05), ToySubject(directions));
    const Dictionary oracle = fit_fixed(Fixed{}, toy.data(), 0).dictionary;
    const at::Tensor x = toy.acts(), codes = encode(oracle, x);
    CHECK(toy::fvu(x, decode(oracle, codes)) < 1e-6);
    CHECK_FALSE(oracle.signed_codes);
    if (features == 16) {
      CHECK(largest(codes - toy.world.sample("eval", 0, 4096).values_BC) < 1e-5);
    }
  }
}

TEST_CASE("every encoder on orthonormal truth") {
  const Toy toy(ToyWorld(8, 0.2), ToySubject(orthonormal(8, 12)));
  const at::Tensor x = toy.acts(), values = toy.world.sample("eval", 0, 4096).values_BC;
  const std::vector<const char*> all{R"({"encoder": "linear"})", R"({"encoder": "relu"})",
                                     R"({"encoder": {"kind": "topk", "k": 8}})",
                                     R"({"encoder": {"kind": "omp", "k": 8}})",
                                     R"({"encoder": "nnls"})"};
  for (const char* text : all) {
    CAPTURE(text);
    const Dictionary dictionary = fit_fixed(fixed(text), toy.data(), 0).dictionary;
    CHECK(largest(encode(dictionary, x) - values) < 1e-5);
    CHECK(dictionary.signed_codes == (text == all.front()));
  }
  const at::Tensor top1 =
      encode(fit_fixed(fixed(R"({"encoder": "top1"})"), toy.data(), 0).dictionary, x);
  CHECK(largest(top1.amax(1) - values.amax(1)) < 1e-5);
  CHECK(((top1 > 1e-4).sum(1) <= 1).all().item<bool>());
}

TEST_CASE("linear codes on dependent atoms still reconstruct") {
  const Toy toy(ToyWorld(10, 0.3), ToySubject(unit_rows(random(10, 4))));
  const Dictionary linear = fit_fixed(fixed(R"({"encoder": "linear"})"), toy.data(), 0).dictionary;
  CHECK(toy::fvu(toy.acts(), decode(linear, encode(linear, toy.acts()))) < 1e-9);
}

TEST_CASE("the neurons are the activations themselves") {
  const Toy toy(ToyWorld(5, 0.3), ToySubject(random(5, 7)));
  const at::Tensor x = toy.acts();
  const auto neurons = [&](const EncoderConfig& encoder) {
    return fit_fixed(Fixed{{BasisAtoms{}}, encoder}, toy.data(), 0).dictionary;
  };
  CHECK(largest(encode(neurons({LinearCodes{}}), x) - x) < 1e-6);
  CHECK(at::equal(encode(neurons({ReluCodes{}}), x), x.relu()));
  CHECK(at::equal(neurons({ReluCodes{}}).atoms_MD, at::eye(7)));
}

TEST_CASE("random atoms are unit vectors that follow the seed") {
  const Toy toy(ToyWorld(5, 0.3), ToySubject(random(5, 7)));
  const Fixed random_atoms = fixed(R"({"atoms": {"kind": "random", "latents": 9}})");
  const at::Tensor a = fit_fixed(random_atoms, toy.data(), 1).dictionary.atoms_MD;
  CHECK(a.sizes() == at::IntArrayRef({9, 7}));
  CHECK(largest(a.norm(2, 1) - 1) < 1e-6);
  CHECK(at::equal(a, fit_fixed(random_atoms, toy.data(), 1).dictionary.atoms_MD));
  CHECK_FALSE(at::equal(a, fit_fixed(random_atoms, toy.data(), 2).dictionary.atoms_MD));
}

TEST_CASE("a trained encoder finds the optimum of its loss for orthonormal atoms, which stay") {
  // For ‖w‖ = 1 and orthonormal atoms, argmin (x·w − c)² + l1·c over c ≥ 0 is ReLU(x·w − l1/2).
  const Toy toy(ToyWorld(4, 0.4), ToySubject(orthonormal(4, 4)));
  const Fixed config = fixed(
      R"({"encoder": {"kind": "trained", "l1": 0.2, "steps": 1500, "batch": 128,
          "optimizer": {"kind": "adam", "lr": 0.01}, "schedule": "cosine"}})");
  const Fitted fitted = fit_fixed(config, toy.data(), 0);
  CHECK(at::equal(fitted.dictionary.atoms_MD, orthonormal(4, 4)));
  CHECK(largest(fitted.dictionary.bias_D) == 0);
  const at::Tensor x = toy.acts(), best = (at::matmul(x, orthonormal(4, 4).t()) - 0.1).relu();
  CHECK(largest(encode(fitted.dictionary, x) - best) < 0.02);
  CHECK(fitted.record.tables.at("steps").rows.back()[0] == 1500);
}

TEST_CASE("a hidden layer makes up for most of what an encoder of one step loses") {
  // Nine directions in three dimensions. The exact lasso is the floor of the loss.
  const at::Tensor atoms = unit_rows(random(9, 3, 11));
  const Toy toy(ToyWorld(9, 0.1), ToySubject(atoms));
  const at::Tensor x = toy.acts();
  const auto loss_of = [&](const json& encoder) {
    const Dictionary made =
        fit_fixed(read_config<Fixed>({{"encoder", encoder}}), toy.data(), 2).dictionary;
    CHECK(at::equal(made.atoms_MD, atoms));
    const at::Tensor codes = encode(made, x), error = x - decode(made, codes);
    return (error.square().sum(1) + .1 * codes.sum(1)).mean().item<double>();
  };
  json trained = {{"kind", "trained"}, {"l1", .1}, {"steps", 3000}, {"schedule", "cosine"}};
  const double one_step = loss_of(trained), exact = loss_of({{"kind", "nnls"}, {"l1", .1}});
  trained["hidden"] = 64;
  const double hidden = loss_of(trained);
  CHECK(exact < hidden);
  CHECK(hidden - exact < .5 * (one_step - exact));
}

TEST_CASE(
    "a frozen random decoder: TopK codes are learned for atoms that stay, with the mean as bias") {
  const Toy toy(ToyWorld(12, 0.2), ToySubject(orthonormal(12, 12)));
  const Fixed frozen = fixed(
      R"({"atoms": {"kind": "random", "latents": 48},
          "encoder": {"kind": "trained", "k": 3, "bias": "mean", "steps": 400}})");
  const Dictionary dictionary = fit_fixed(frozen, toy.data(), 1).dictionary;
  Fixed relu = frozen;
  relu.encoder.kind = TopCodes{3};
  CHECK(at::equal(dictionary.atoms_MD, fit_fixed(relu, toy.data(), 1).dictionary.atoms_MD));
  const at::Tensor fit_mean = toy.site.acts(toy.world.sample("fit", 0, 8192)).in_BD.mean(0);
  CHECK(at::equal(dictionary.bias_D, fit_mean));
  const at::Tensor x = toy.acts(), codes = encode(dictionary, x);
  CHECK((codes > 0).sum(1).max().item<std::int64_t>() <= 3);
  const Dictionary untrained = fit_fixed(relu, toy.data(), 1).dictionary;
  CHECK(toy::fvu(x, decode(dictionary, codes)) <
        .7 * toy::fvu(x, decode(untrained, encode(untrained, x))));
  CHECK_THROWS_AS(fit_fixed(fixed(R"({"atoms": "basis", "encoder": {"kind": "trained", "k": 13}})"),
                            toy.data(), 1),
                  InputError);
}

TEST_CASE("truth that is not planted is estimated, with its offset") {
  const at::Tensor directions = random(5, 7);
  const Toy toy(ToyWorld(5, 0.3), ToySubject(directions, at::full({7}, 2.0)));
  const FitData blind{toy.world, toy.subject, toy.site, std::nullopt, toy.stop};
  const Dictionary known = fit_fixed(Fixed{}, toy.data(), 0).dictionary;
  CHECK(at::equal(known.atoms_MD, directions));
  CHECK(at::equal(known.bias_D, at::full({7}, 2.0)));
  const Dictionary found = fit_fixed(Fixed{}, blind, 0).dictionary;
  CHECK(largest(found.atoms_MD - directions) < 1e-4);
  CHECK(largest(found.bias_D - 2.0) < 1e-4);
}

TEST_CASE("more atoms are asked for than there are") {
  const Toy toy(ToyWorld(5, 0.3), ToySubject(random(5, 7)));
  CHECK_THROWS_AS(fit_fixed(fixed(R"({"encoder": {"kind": "omp", "k": 6}})"), toy.data(), 0),
                  InputError);
}

TEST_CASE("a file of atoms enters by its content") {
  const Folder folder;
  const Toy toy(ToyWorld(5, 0.3), ToySubject(random(5, 7)));
  const at::Tensor atoms = random(11, 7);
  FileAtoms file;
  file.path = folder.write("own.safetensors", to_safetensors({{"atoms", atoms.to(at::kDouble)}}));
  DecomposerConfig config{Fixed{{file}, {}}};
  resolve_files(config);
  const auto& resolved = std::get<FileAtoms>(std::get<Fixed>(config.kind).atoms.kind);
  CHECK(resolved.sha256 == hex(sha256(read_file(file.path))));
  CHECK(at::equal(fit(config, toy.data(), 0).dictionary.atoms_MD, atoms));

  folder.write("own.safetensors", to_safetensors({{"atoms", atoms + 1}}));
  CHECK_THROWS_AS(fit(config, toy.data(), 0), InputError);
  CHECK_THROWS_AS(resolve_files(config), InputError);
}

TEST_CASE("files that do not fit are refused") {
  const Folder folder;
  const Toy toy(ToyWorld(5, 0.3), ToySubject(random(5, 7)));
  const auto refuses = [&](const std::string& path) {
    FileAtoms file;
    file.path = path;
    CHECK_THROWS_AS(fit_fixed(Fixed{{file}, {}}, toy.data(), 0), InputError);
  };
  refuses((folder.path / "missing").string());
  refuses(folder.write("text", "no tensors here"));
  refuses(folder.write("name", to_safetensors({{"atom", random(3, 7)}})));
  refuses(folder.write("width", to_safetensors({{"atoms", random(3, 6)}})));
  refuses(folder.write("vector", to_safetensors({{"atoms", at::zeros({7})}})));
  refuses(folder.write("integers", to_safetensors({{"atoms", at::zeros({3, 7}, at::kLong)}})));
  refuses(folder.write("none", to_safetensors({{"atoms", at::zeros({0, 7})}})));
  DecomposerConfig config{Fixed{{FileAtoms{(folder.path / "missing").string(), ""}}, {}}};
  CHECK_THROWS_AS(resolve_files(config), InputError);
  DecomposerConfig around{Refit{Boxed(config), {}}};
  CHECK_THROWS_AS(resolve_files(around), InputError);
}

TEST_CASE("the penalty of nnls: the lasso's optimality, and neighbours of a ring") {
  const at::Tensor atoms = unit_rows(random(9, 4)) * 1.5, x = random(40, 4);
  const double l1 = 0.3;
  const Dictionary lasso{atoms, at::zeros({4}), NonNegativeEncoder{at::zeros({4}), {}, l1}, false};
  const at::Tensor codes = encode(lasso, x);
  // ⟨x − x̂, w⟩ is l1/2 ‖w‖ where a latent fires, and at most that where it does not.
  const at::Tensor slack = (x - decode(lasso, codes)).matmul(atoms.t()) / 1.5 - l1 / 2;
  CHECK(slack.max().item<double>() < 1e-4);
  CHECK(largest(slack.masked_select(codes > 0)) < 1e-4);
  CHECK(at::equal(encode(dictionary_from_tensors(to_tensors(lasso)), x), codes));

  // The lasso's optimum on a ring are the two atoms between which the point lies, however small the penalty.
  for (const auto& [count, penalty] : {std::pair{8, 1e-3}, {24, 5e-5}}) {
    CAPTURE(count);
    const at::Tensor angles = at::arange(count, at::kFloat) * (2 * std::numbers::pi / count);
    const at::Tensor ring = at::stack({angles.cos(), angles.sin()}, 1);
    const Dictionary pairs{ring, at::zeros({2}), NonNegativeEncoder{at::zeros({2}), {}, penalty},
                           false};
    const at::Tensor turn = at::arange(50, at::kFloat) * 0.1;
    const at::Tensor fires = encode(pairs, at::stack({turn.cos(), turn.sin()}, 1)) > 0;
    for (int i = 0; i < 50; ++i) {
      const at::Tensor who = fires[i].nonzero().view(-1);
      REQUIRE(who.numel() <= 2);
      if (who.numel() < 2) continue;
      const std::int64_t apart = (who[1] - who[0]).item<std::int64_t>();
      CHECK((apart == 1 || apart == count - 1));
    }
  }
}

TEST_CASE("ring atoms lie at equal angles in the plane of a circle") {
  const auto world_config =
      read_config<WorldConfig>(parse_json(R"({"kind": "circles", "circles": 2, "p": 1})", "test"));
  const auto subject_config = read_config<SubjectConfig>(
      parse_json(R"({"kind": "embedding", "width": 5, "placement": "orthonormal"})", "test"));
  const auto world = make_world(world_config, 1);
  const auto subject = make_subject(subject_config, *world, 2);
  const Site site(*subject, SiteConfig{});
  const StopToken stop;
  const FitData data{*world, *subject, site, subject->planted("embed"), stop};
  const Dictionary ring =
      fit_fixed(fixed(R"({"atoms": {"kind": "ring", "latents": 6}, "encoder": "nnls"})"), data, 0)
          .dictionary;
  REQUIRE(ring.atoms_MD.size(0) == 12);
  const at::Tensor products = ring.atoms_MD.matmul(ring.atoms_MD.t());
  for (int i = 0; i < 6; ++i) {
    const double expected = std::cos(2 * std::numbers::pi * i / 6);
    CHECK(products[0][i].item<double>() == doctest::Approx(expected).epsilon(1e-5));
    CHECK(products[6][6 + i].item<double>() == doctest::Approx(expected).epsilon(1e-5));
    CHECK(products[0][6 + i].item<double>() == doctest::Approx(0).epsilon(1e-5));
  }
  const at::Tensor x = site.acts(world->sample("eval", 0, 100)).in_BD;
  const at::Tensor codes = encode(ring, x);
  CHECK(largest(decode(ring, codes) - x) < 1e-5);
  CHECK((codes >= 0).all().item<bool>());

  const Toy toy(ToyWorld(8, 0.2), ToySubject(orthonormal(8, 12)));
  CHECK_THROWS_AS(fit_fixed(fixed(R"({"atoms": "ring"})"), toy.data(), 0), InputError);
}

TEST_CASE("which decomposers use their seed") {
  const auto uses = [](const char* text) {
    return uses_seed(read_config<DecomposerConfig>(parse_json(text, "test")));
  };
  CHECK(uses(R"("topk")"));
  CHECK(uses(R"("relu_l1")"));
  CHECK_FALSE(uses(R"("pca")"));
  CHECK_FALSE(uses(R"("fixed")"));
  CHECK_FALSE(uses(R"({"kind": "fixed", "atoms": "basis"})"));
  CHECK_FALSE(uses(R"({"kind": "fixed", "encoder": "trained"})"));
  CHECK(uses(R"({"kind": "fixed", "encoder": {"kind": "trained", "hidden": 4}})"));
  CHECK_FALSE(uses(R"({"kind": "fixed", "atoms": "ring"})"));
  CHECK_FALSE(uses(R"({"kind": "fixed", "atoms": {"kind": "file", "path": "a"}})"));
  CHECK(uses(R"({"kind": "fixed", "atoms": "random"})"));
  CHECK(uses(R"({"kind": "fixed", "atoms": {"kind": "placement", "placement": "random"}})"));
}

}  // namespace
}  // namespace lab
