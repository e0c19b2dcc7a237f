#include "lab/decomposers/dictionary.h"

#include <doctest/doctest.h>

#include <limits>

#include "lab/core/error.h"
#include "lab/core/files.h"
#include "lab/decomposers/activations.h"
#include "tests/decomposers/toy.h"

namespace lab {
namespace {

using toy::largest, toy::random, toy::orthonormal;

Tensors golden(const std::string& name, const std::string& file) {
  const fs::path path =
      fs::path(LAB_SOURCE_DIR) / "tests/data/sae/saelens" / name / (file + ".safetensors");
  return from_safetensors(read_file(path), path.string());
}

// |difference| ≤ 2e-7 + 3e-6 · the largest size expected in the row.
void require_near(const at::Tensor& got, const at::Tensor& expected) {
  const at::Tensor allowed = expected.abs().amax(1, true) * 3e-6 + 2e-7;
  CHECK(((got - expected).abs() <= allowed).all().item<bool>());
}

Dictionary affine(const at::Tensor& atoms_MD, const char* activation, std::int64_t k = 0) {
  const std::int64_t M = atoms_MD.size(0), D = atoms_MD.size(1);
  return {atoms_MD, at::zeros({D}),
          AffineEncoder{atoms_MD.t().contiguous(), at::zeros({M}), at::zeros({D}), activation,
                        static_cast<double>(k)}};
}

at::Tensor row(std::vector<float> values) {
  return at::tensor(values).unsqueeze(0);
}

TEST_CASE("encode and decode equal SAELens on its own files") {
  for (const std::string name : {"standard", "standard_no_b_dec_input", "topk"}) {
    CAPTURE(name);
    const Tensors sae = golden(name, "sae_weights"), expected = golden(name, "expected");
    const at::Tensor bias = tensor(sae, "b_dec");
    const bool subtract = name != "standard_no_b_dec_input";
    const Dictionary dictionary{
        tensor(sae, "W_dec"), bias,
        AffineEncoder{tensor(sae, "W_enc"), tensor(sae, "b_enc"),
                      subtract ? bias : at::zeros_like(bias), name == "topk" ? "topk" : "relu", 5}};
    const at::Tensor codes = encode(dictionary, tensor(golden(name, "input"), "x"));
    require_near(codes, tensor(expected, "feature_acts"));
    CHECK(at::equal(codes != 0, tensor(expected, "feature_acts") != 0));
    require_near(decode(dictionary, codes), tensor(expected, "reconstruction"));
  }
}

TEST_CASE("topk keeps the k largest, fewer where fewer are positive, the first among equals") {
  const Dictionary top2 = affine(at::eye(5), "topk", 2);
  CHECK(at::equal(encode(top2, row({3, 1, 5, 4, 2})), row({0, 0, 5, 4, 0})));
  CHECK(at::equal(encode(top2, row({-3, -1, 0, 4, -2})), row({0, 0, 0, 4, 0})));
  CHECK(at::equal(encode(top2, row({1, 2, 1, 1, 1})), row({1, 2, 0, 0, 0})));
  CHECK(at::equal(encode(top2, row({1, 1, 1, 1, 1})), row({1, 1, 0, 0, 0})));
  CHECK(at::equal(encode(top2, row({-1, -1, -1, -1, 0})), at::zeros({1, 5})));
  CHECK(at::equal(encode(affine(at::eye(5), "top1"), row({3, 1, 5, 4, 2})), row({0, 0, 5, 0, 0})));
  const float inf = std::numeric_limits<float>::infinity();
  at::Tensor extremes = row({1e-40f, inf, 1e38f, 1e-30f, 7});
  keep_largest_(extremes, 3);
  CHECK(at::equal(extremes, row({0, inf, 1e38f, 0, 7})));
  CHECK_FALSE(encode(top2, row({1, std::numeric_limits<float>::quiet_NaN(), 2, 3, 4}))
                  .isfinite()
                  .any()
                  .item<bool>());
}

TEST_CASE("topk agrees with sorting for every k") {
  const at::Tensor x = random(200, 37);
  for (std::int64_t k = 1; k <= 37; ++k) {
    const auto [value, index] = x.topk(k, 1);
    const at::Tensor expected = at::zeros_like(x).scatter_(1, index, value.relu());
    REQUIRE(at::equal(encode(affine(at::eye(37), "topk", k), x), expected));
  }
}

TEST_CASE("decode inverts encode for orthonormal atoms") {
  const at::Tensor atoms = orthonormal(12, 12), x = random(50, 12);
  CHECK(largest(decode(affine(atoms, "linear"), encode(affine(atoms, "linear"), x)) - x) < 1e-5);
  Dictionary pursuit{atoms, at::zeros({12}), PursuitEncoder{at::zeros({12}), 12}};
  CHECK(largest(decode(pursuit, encode(pursuit, x)) - x) < 1e-5);
  const at::Tensor codes = random(50, 12).abs();
  const Dictionary cone{atoms, at::zeros({12}), NonNegativeEncoder{at::zeros({12})}};
  CHECK(largest(encode(cone, decode(cone, codes)) - codes) < 1e-5);
}

TEST_CASE("non-negative least squares: the conditions of the optimum hold") {
  for (const std::int64_t atoms_n : {5, 16, 40}) {  // fewer, as many, more atoms than dimensions
    CAPTURE(atoms_n);
    const at::Tensor atoms = random(atoms_n, 16, atoms_n), x = random(300, 16) * 3;
    const Dictionary cone{atoms, at::zeros({16}), NonNegativeEncoder{at::zeros({16})}};
    const at::Tensor codes = encode(cone, x);
    CHECK((codes >= 0).all().item<bool>());
    const at::Tensor residual =
        x.to(at::kDouble) - at::matmul(codes.to(at::kDouble), atoms.to(at::kDouble));
    const at::Tensor gradient = at::matmul(residual, atoms.to(at::kDouble).t());
    CHECK(gradient.max().item<double>() < 1e-4);               // no atom would help
    CHECK(largest(gradient.masked_select(codes > 0)) < 1e-4);  // those that are used fit
  }
}

TEST_CASE("non-negative least squares on orthonormal atoms is the ReLU of the projections") {
  const at::Tensor atoms = orthonormal(8, 8), x = random(100, 8);
  const Dictionary cone{atoms, at::zeros({8}), NonNegativeEncoder{at::zeros({8})}};
  CHECK(largest(encode(cone, x) - at::matmul(x, atoms.t()).relu()) < 1e-5);
}

TEST_CASE("the rounding of float32 activations does not make latents fire") {
  const at::Tensor atoms = random(24, 32);
  const at::Tensor codes = at::where(random(500, 24) > 1.2, random(500, 24).abs() + 0.5, 0);
  const Dictionary cone{atoms, at::zeros({32}), NonNegativeEncoder{at::zeros({32})}};
  const at::Tensor found = encode(cone, decode(cone, codes));
  CHECK(at::equal(found != 0, codes != 0));
}

TEST_CASE("latents of either sign are free, the others stay non-negative") {
  const at::Tensor atoms = random(12, 16), signs = at::arange(12) < 5;
  const Dictionary mixed{atoms, at::zeros({16}), NonNegativeEncoder{at::zeros({16}), signs}};
  at::Tensor codes = random(60, 12);
  codes = at::where(signs, codes, codes.abs());
  CHECK(largest(encode(mixed, decode(mixed, codes)) - codes) < 1e-5);
  const at::Tensor found = encode(mixed, random(60, 16));
  CHECK((found.narrow(1, 5, 7) >= 0).all().item<bool>());
  CHECK((found.narrow(1, 0, 5) < 0).any().item<bool>());
  const Dictionary again = dictionary_from_tensors(to_tensors(mixed));
  CHECK(at::equal(encode(again, random(60, 16)), found));
}

TEST_CASE("equal, zero and opposite atoms do no harm") {
  at::Tensor atoms = random(10, 4);
  atoms[3] = atoms[2];
  atoms[5].zero_();
  atoms[7] = -atoms[6];
  const at::Tensor x = random(200, 4);
  const Dictionary cone{atoms, at::zeros({4}), NonNegativeEncoder{at::zeros({4})}};
  const Dictionary pursuit{atoms, at::zeros({4}), PursuitEncoder{at::zeros({4}), 10}};
  CHECK(encode(cone, x).isfinite().all().item<bool>());
  CHECK(largest(encode(cone, at::zeros({1, 4}))) == 0);
  CHECK(largest(decode(pursuit, encode(pursuit, x)) - x) < 1e-4);
}

TEST_CASE("orthogonal matching pursuit finds sparse codes, of either sign, on incoherent atoms") {
  const at::Tensor atoms = unit_rows(random(48, 64));
  at::Tensor codes = random(400, 48);
  codes = codes * (uniforms(Draw("test/mask", 1), 0, 400, 48) < 0.04);
  codes = codes + codes.sign() * 0.5;
  const std::int64_t most = (codes != 0).sum(1).max().item<std::int64_t>();
  const Dictionary pursuit{atoms, at::zeros({64}), PursuitEncoder{at::zeros({64}), most}};
  CHECK(largest(encode(pursuit, decode(pursuit, codes)) - codes) < 1e-4);
}

TEST_CASE("pursuit keeps at most k, and its first atom is that of the largest projection") {
  const at::Tensor atoms = random(20, 6), x = random(50, 6);
  const Dictionary one{atoms, at::zeros({6}), PursuitEncoder{at::zeros({6}), 1}};
  const at::Tensor codes = encode(one, x);
  CHECK(((codes != 0).sum(1) == 1).all().item<bool>());
  CHECK(at::equal(codes.abs().argmax(1), cosines(x, atoms).abs().argmax(1)));
}

TEST_CASE("codes of a sample do not depend on its batch, and permuted atoms give permuted codes") {
  const at::Tensor atoms = random(24, 10), x = random(64, 10), order = at::arange(23, -1, -1);
  const std::vector<Dictionary> dictionaries{
      {atoms, at::zeros({10}), NonNegativeEncoder{at::ones({10})}},
      {atoms, at::zeros({10}), PursuitEncoder{at::ones({10}), 4}},
      affine(atoms, "topk", 3)};
  for (const Dictionary& dictionary : dictionaries) {
    const at::Tensor codes = encode(dictionary, x);
    CHECK(largest(encode(dictionary, x.narrow(0, 10, 5)) - codes.narrow(0, 10, 5)) < 1e-5);
    Dictionary permuted = dictionary;
    permuted.atoms_MD = atoms.index_select(0, order);
    if (auto* encoder = std::get_if<AffineEncoder>(&permuted.encoder)) {
      encoder->W_DM = encoder->W_DM.index_select(1, order);
    }
    CHECK(largest(encode(permuted, x) - codes.index_select(1, order)) < 1e-5);
  }
}

TEST_CASE("tensors and back") {
  const at::Tensor atoms = random(7, 4), x = random(9, 4);
  std::vector<Dictionary> dictionaries{{atoms, at::ones({4}), NonNegativeEncoder{at::ones({4})}},
                                       {atoms, at::ones({4}), PursuitEncoder{at::ones({4}), 3}}};
  for (const char* activation : {"linear", "relu", "top1"})
    dictionaries.push_back(affine(atoms, activation));
  dictionaries.push_back(affine(atoms, "topk", 2));
  dictionaries.front().signed_codes = true;
  for (const Dictionary& dictionary : dictionaries) {
    const std::string bytes = to_safetensors(to_tensors(dictionary));
    const Dictionary back = dictionary_from_tensors(from_safetensors(bytes, "memory"));
    CHECK(at::equal(encode(back, x), encode(dictionary, x)));
    CHECK(at::equal(decode(back, encode(back, x)), decode(dictionary, encode(dictionary, x))));
    CHECK(back.signed_codes == dictionary.signed_codes);
  }
}

TEST_CASE("tensors that are no dictionary are refused") {
  const Tensors good = to_tensors(affine(random(7, 4), "topk", 2));
  for (const auto& [name, value] : good) {
    CAPTURE(name);
    Tensors broken = good;
    broken.erase(name);
    CHECK_THROWS_AS(dictionary_from_tensors(broken), InputError);
    broken[name] = at::zeros({3, 3}, at::kDouble);
    CHECK_THROWS_AS(dictionary_from_tensors(broken), InputError);
  }
  Tensors broken = good;
  broken["encoder.k"] = at::scalar_tensor(8, at::kLong);
  CHECK_THROWS_AS(dictionary_from_tensors(broken), InputError);
  CHECK_THROWS_AS(encode(affine(random(7, 4), "relu"), random(2, 5)), InputError);
  CHECK_THROWS_AS(decode(affine(random(7, 4), "relu"), random(2, 4)), InputError);
}

}  // namespace
}  // namespace lab
