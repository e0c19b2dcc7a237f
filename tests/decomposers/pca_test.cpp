#include "lab/decomposers/pca.h"

#include <doctest/doctest.h>

#include "lab/core/error.h"
#include "tests/decomposers/toy.h"

namespace lab {
namespace {

using toy::largest, toy::orthonormal, toy::Toy, toy::ToySubject, toy::ToyWorld;

// Independent features of different size along orthonormal directions: these are the components.
Toy graded() {
  const at::Tensor size_C1 = at::tensor({4.f, 3.f, 2.f, 1.f}).unsqueeze(1);
  return Toy(ToyWorld(4, 0.5), ToySubject(orthonormal(4, 6) * size_C1, at::ones({6})));
}

TEST_CASE("components of independent features are their directions, in order of size") {
  const Toy toy = graded();
  Pca pca;
  pca.samples = 20000;
  const Dictionary dictionary = fit_pca(pca, toy.data()).dictionary;
  CHECK(dictionary.signed_codes);
  const at::Tensor cosine =
      cosines(dictionary.atoms_MD.narrow(0, 0, 4), toy.data().planted->directions_CD);
  CHECK((cosine.abs().diagonal() > 0.99).all().item<bool>());
}

TEST_CASE("equals the eigenvectors of the covariance; rows are orthonormal; variances fall") {
  const Toy toy = graded();
  Pca pca;
  pca.samples = 10000;  // more than one chunk
  const Dictionary dictionary = fit_pca(pca, toy.data()).dictionary;
  const at::Tensor x = toy.site.acts(toy.world.sample("fit", 0, 10000)).in_BD.to(at::kDouble);
  const at::Tensor centred = x - x.mean(0), atoms = dictionary.atoms_MD.to(at::kDouble);
  CHECK(largest(dictionary.bias_D - x.mean(0)) < 1e-5);
  CHECK(largest(at::matmul(atoms, atoms.t()) - at::eye(6)) < 1e-5);
  const at::Tensor covariance = at::matmul(centred.t(), centred) / 10000;
  const at::Tensor inside = at::matmul(at::matmul(atoms, covariance), atoms.t());
  CHECK(largest(inside - at::diag(inside.diagonal())) < 1e-5);
  CHECK((at::diff(inside.diagonal()) <= 1e-6).all().item<bool>());
  const at::Tensor peak = atoms.gather(1, atoms.abs().argmax(1, true));
  CHECK((peak > 0).all().item<bool>());
}

TEST_CASE("all components reconstruct everything; the variance left out is the error of fewer") {
  const Toy toy = graded();
  const at::Tensor x = toy.acts();
  Pca pca;
  const Dictionary all = fit_pca(pca, toy.data()).dictionary;
  CHECK(largest(decode(all, encode(all, x)) - x) < 1e-4);
  pca.components = 2;
  const Dictionary two = fit_pca(pca, toy.data()).dictionary;
  CHECK(two.atoms_MD.size(0) == 2);
  // Var of feature c is its size squared times one constant, so the share left out is 5/30.
  CHECK(toy::fvu(x, decode(two, encode(two, x))) == doctest::Approx(5.0 / 30).epsilon(0.1));
}

TEST_CASE("more components than dimensions, and activations that are not finite, are refused") {
  const Toy toy = graded();
  Pca pca;
  pca.components = 7;
  CHECK_THROWS_AS(fit_pca(pca, toy.data()), InputError);
  const Toy broken(ToyWorld(2, 0.5), ToySubject(at::eye(2), at::full({2}, INFINITY)));
  CHECK_THROWS_AS(fit_pca({}, broken.data()), Failure);
}

}  // namespace
}  // namespace lab
