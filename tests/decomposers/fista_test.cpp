#include "lab/decomposers/fista.h"

#include <doctest/doctest.h>

#include "lab/core/config.h"
#include "lab/core/error.h"
#include "lab/decomposers/sparse_coding.h"
#include "tests/decomposers/toy.h"

namespace lab {
namespace {

using toy::largest, toy::orthonormal, toy::random, toy::Toy, toy::ToySubject, toy::ToyWorld;

// F(c) of every row, in double precision.
at::Tensor objective(const at::Tensor& atoms_MD, const at::Tensor& x_BD, const at::Tensor& codes_BM,
                     double l1) {
  const at::Tensor atoms = atoms_MD.to(at::kDouble), codes = codes_BM.to(at::kDouble);
  return (x_BD.to(at::kDouble) - codes.mm(atoms)).square().sum(1) +
         codes.abs().mv(atoms.norm(2, 1)) * l1;
}

TEST_CASE("fista reaches the exact lasso: few, as many, and more atoms than dimensions") {
  for (const std::int64_t M : {5, 16, 40, 60}) {  // beyond 2D the Gram matrix is not made
    CAPTURE(M);
    const at::Tensor atoms = random(M, 16, M), x = random(60, 16) * 2;
    const double l1 = 0.7;
    const at::Tensor exact = non_negative_codes(atoms, x, l1);
    const at::Tensor found = fista_codes(atoms, x, {}, l1, 2500);
    CHECK((found >= 0).all().item<bool>());
    // What is minimised agrees to rounding; with 60 atoms some codes can be moved at no cost that float32 sees.
    CHECK(largest(objective(atoms, x, found, l1) - objective(atoms, x, exact, l1)) < 1e-4);
    if (M > 40) continue;
    CHECK(largest(found - exact) < 1e-4);
    CHECK(((found > 0) != (exact > 0)).sum().item<std::int64_t>() <= 1);  // the same ones fire
  }
}

TEST_CASE("more steps are no worse, and as good as the theorem says") {
  const at::Tensor atoms = random(40, 16), x = random(200, 16) * 2;
  const double l1 = 0.5;
  const at::Tensor best_codes = non_negative_codes(atoms, x, l1);
  const at::Tensor best = objective(atoms, x, best_codes, l1);
  const double lipschitz = 2 * at::linalg_eigvalsh(atoms.t().mm(atoms)).max().item<double>();
  at::Tensor before = objective(atoms, x, at::zeros({200, 40}), l1);
  for (const std::int64_t n : {1, 2, 4, 8, 16, 32, 64, 128, 256}) {
    CAPTURE(n);
    const at::Tensor now = objective(atoms, x, fista_codes(atoms, x, {}, l1, n), l1);
    CHECK((now <= before + 1e-4).all().item<bool>());
    const at::Tensor bound =
        best_codes.square().sum(1) * (2 * lipschitz / static_cast<double>((n + 1) * (n + 1)));
    CHECK((now - best <= bound + 1e-4).all().item<bool>());
    before = now;
  }
}

TEST_CASE("one step from 0 on orthonormal atoms is the answer: soft thresholding") {
  const at::Tensor atoms = orthonormal(6, 8), x = random(100, 8);
  const at::Tensor p = x.mm(atoms.t()), either = at::tensor({1, 0, 0, 1, 0, 1}).to(at::kBool);
  const at::Tensor signed_codes = p.sign() * (p.abs() - 0.1).relu();
  const at::Tensor expected = at::where(either, signed_codes, (p - 0.1).relu());
  CHECK(largest(fista_codes(atoms, x, either, 0.2, 1) - expected) < 1e-4);
  CHECK(largest(fista_codes(atoms, x, either, 0.2, 50) - expected) < 1e-5);
  // Permuted atoms give permuted codes; atoms of norm 0, and no atom of another norm, never fire.
  const at::Tensor none = fista_codes(at::cat({atoms, at::zeros({1, 8})}), x, {}, 0.2, 50);
  CHECK(largest(none.select(1, 6)) == 0);
  CHECK(largest(fista_codes(at::zeros({3, 8}), x, {}, 0.2, 50)) == 0);
}

TEST_CASE("codes of a sample do not depend on its batch") {
  const at::Tensor atoms = random(24, 10), x = random(600, 10);  // more than are solved at once
  const at::Tensor all = fista_codes(atoms, x, {}, 0.3, 100);
  CHECK(largest(fista_codes(atoms, x.narrow(0, 300, 7), {}, 0.3, 100) - all.narrow(0, 300, 7)) <
        1e-5);
}

TEST_CASE("the encoder fista of the oracle is that of nnls with a penalty, also on circles") {
  const auto world_config = read_config<WorldConfig>(
      parse_json(R"({"kind": "circles", "circles": 3, "p": 0.5})", "test"));
  const auto subject_config = read_config<SubjectConfig>(
      parse_json(R"({"kind": "embedding", "width": 5, "placement": "random"})", "test"));
  const auto world = make_world(world_config, 1);
  const auto subject = make_subject(subject_config, *world, 2);
  const Site site(*subject, SiteConfig{});
  const StopToken stop;
  const FitData data{*world, *subject, site, subject->planted("embed"), stop};
  const auto with = [&](const char* encoder) {
    return fit(read_config<DecomposerConfig>(parse_json(encoder, "test")), data, 0).dictionary;
  };
  const Dictionary fista =
      with(R"({"kind": "fixed", "encoder": {"kind": "fista", "l1": 0.05, "iterations": 1500}})");
  const Dictionary exact = with(R"({"kind": "fixed", "encoder": {"kind": "nnls", "l1": 0.05}})");
  const at::Tensor x = site.acts(world->sample("eval", 0, 100)).in_BD, codes = encode(fista, x);
  CHECK(largest(codes - encode(exact, x)) < 1e-4);
  CHECK(codes.min().item<double>() < -0.1);
  // As tensors and back.
  const Dictionary back =
      dictionary_from_tensors(from_safetensors(to_safetensors(to_tensors(fista)), "memory"));
  CHECK(at::equal(encode(back, x), codes));
  Tensors broken = to_tensors(fista);
  broken["encoder.iterations"] = at::scalar_tensor(0, at::kLong);
  CHECK_THROWS_AS(dictionary_from_tensors(broken), InputError);
}

}  // namespace
}  // namespace lab
