#include "lab/tensors/tensors.h"

#include <doctest/doctest.h>
#include <ATen/ATen.h>

#include <cmath>
#include <limits>

#include "lab/core/error.h"

using namespace lab;

TEST_CASE("tensors survive the file: all dtypes, views, scalars, empty ones") {
  Tensors tensors;
  for (const auto type : {at::kFloat, at::kDouble, at::kHalf, at::kBFloat16, at::kLong, at::kInt,
                          at::kByte}) {
    tensors[c10::toString(type)] = at::arange(12, at::TensorOptions(type)).reshape({3, 4}).t();
  }
  tensors["bool"] = at::arange(6, at::kLong).remainder(2).to(at::kBool);
  tensors["scalar"] = at::scalar_tensor(2.5, at::kFloat);
  tensors["empty"] = at::zeros({0, 4}, at::kFloat);
  tensors["graph"] = at::ones({2}, at::kFloat).requires_grad_() * 2;
  tensors["special"] = at::tensor({std::numeric_limits<float>::infinity(), -0.0F});
  std::string bytes = to_safetensors(tensors, {{"a", "b"}});
  const Tensors back = from_safetensors(bytes, "x");
  bytes.assign(bytes.size(), 'x');  // what was read owns its memory
  REQUIRE(back.size() == tensors.size());
  for (const auto& [name, value] : tensors) {
    CAPTURE(name);
    CHECK((tensor(back, name).scalar_type() == value.scalar_type()));
    CHECK((tensor(back, name).sizes() == value.sizes()));
    CHECK(tensor(back, name).equal(value));
  }
  CHECK(std::signbit(back.at("special")[1].item<float>()));
  CHECK_THROWS_AS(to_safetensors({{"complex", at::ones({2}, at::kComplexFloat)}}), InputError);
  CHECK_THROWS_WITH_AS(from_safetensors("{}", "some.file"),
                       "some.file: not a safetensors file: it is shorter than 8 bytes", InputError);
  CHECK_THROWS_AS(tensor(back, "absent"), InputError);
}

TEST_CASE("named randomness as tensors") {
  const Draw draw("tensors", 5);
  const at::Tensor all = normals(draw, 10, 6, 3);
  CHECK(all.slice(0, 2, 5).equal(normals(draw, 12, 3, 3)));
  CHECK(!all.equal(uniforms(draw, 10, 6, 3)));
  CHECK((uniforms(draw, 0, 0, 3).sizes() == at::IntArrayRef{0, 3}));
}

TEST_CASE("unit rows and cosines") {
  const at::Tensor x = at::tensor({3.0F, 4.0F, 0.0F, 0.0F, 0.0F, -2.0F}).reshape({3, 2});
  CHECK(unit_rows(x).allclose(at::tensor({.6F, .8F, 0.F, 0.F, 0.F, -1.F}).reshape({3, 2})));
  const at::Tensor c = cosines(x, x * 7);
  CHECK((c.scalar_type() == at::kDouble));
  const at::Tensor expected =
      at::tensor({1.0, 0.0, -0.8, 0.0, 0.0, 0.0, -0.8, 0.0, 1.0}, at::kDouble).reshape({3, 3});
  CHECK(c.allclose(expected, 1e-15, 1e-15));
  // Norms beyond the range of float32 squares still have a direction.
  const at::Tensor tiny = at::full({1, 2}, 1e-30, at::kFloat);
  CHECK(cosines(tiny, tiny * 1e5).item<double>() == doctest::Approx(1));
}

TEST_CASE("numbers out, and what is not finite") {
  CHECK(to_vector(at::arange(4, at::kInt).reshape({2, 2}).t()) == std::vector<double>{0, 2, 1, 3});
  require_finite(at::ones({3}, at::kFloat), "x");
  require_finite(at::ones({3}, at::kLong), "x");
  const float nan = std::numeric_limits<float>::quiet_NaN();
  CHECK_THROWS_WITH_AS(require_finite(at::tensor({1.0F, nan}), "the loss"),
                       "the loss is not finite", Failure);
  CHECK_THROWS_AS(require_finite(at::tensor({1.0F, 1 / 0.0F}), "x"), Failure);
}
