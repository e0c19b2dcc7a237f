// Latents as places.
#include "lab/mechanisms/latents.h"

#include <ATen/ATen.h>
#include <doctest/doctest.h>

#include <vector>

#include "lab/core/error.h"

using namespace lab;

namespace {

// ReLU codes along rows of an orthonormal basis.
Dictionary dictionary_of(const at::Tensor& atoms_MD) {
  const std::int64_t latents = atoms_MD.size(0), width = atoms_MD.size(1);
  return {
      atoms_MD, at::zeros({width}),
      AffineEncoder{atoms_MD.t().contiguous(), at::zeros({latents}), at::zeros({width}), "relu"}};
}

at::Tensor row(std::vector<float> values) {
  return at::tensor(values).unsqueeze(0);
}

}  // namespace

TEST_CASE("exchanging a latent changes its atom's part alone and keeps what is not reconstructed") {
  const Dictionary dictionary = dictionary_of(at::eye(4).narrow(0, 0, 3));
  const at::Tensor base = row({1.f, -2.f, 3.f, 9.f});
  const at::Tensor source = row({5.f, 6.f, -1.f, 0.f});
  const at::Tensor changed = latents_place("t", dictionary, {0, 1}).exchange(base, source);
  CHECK(at::allclose(changed, row({5.f, 4.f, 3.f, 9.f})));  // −2 + (6 − 0)
  CHECK(at::allclose(latents_place("t", dictionary, {0, 1, 2}).exchange(base, base), base));
  CHECK_THROWS_AS(latents_place("t", dictionary, {3}), InputError);
}
