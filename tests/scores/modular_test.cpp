// Clock and pizza with closed forms, chance, and what is absent.
#include "lab/scores/modular.h"

#include <ATen/ATen.h>
#include <doctest/doctest.h>

#include <cmath>

#include "lab/core/error.h"
#include "lab/tensors/tensors.h"

using namespace lab;

namespace {

constexpr std::int64_t kP = 23;
const double kStep = 2 * M_PI * 3 / static_cast<double>(kP);  // frequency 3

// All triples (a, b, c) as columns of doubles.
struct AllTriples {
  at::Tensor a, b, c;
  AllTriples() {
    const at::Tensor i = at::arange(kP * kP * kP, at::kLong);
    a = i.div(kP * kP, "floor").to(at::kDouble);
    b = i.div(kP, "floor").remainder(kP).to(at::kDouble);
    c = i.remainder(kP).to(at::kDouble);
  }
};

at::Tensor circle(const at::Tensor& angle) {
  return at::stack({angle.cos(), angle.sin()}, 1);
}

at::Tensor residue_table(double (*entry)(double a, double b)) {
  const at::Tensor table = at::empty({kP, kP}, at::kDouble);
  for (std::int64_t a = 0; a < kP; ++a) {
    for (std::int64_t b = 0; b < kP; ++b) {
      table[a][b] = entry(static_cast<double>(a), static_cast<double>(b));
    }
  }
  return table;
}

}  // namespace

TEST_CASE("a clock's gradients have cosine cos(w(a − b)): symmetricity 0 over all pairs") {
  // Q = cos(w(a + b − c)) by products of coordinates: ∂/∂E_a = (cos, sin)(w(c − b)), ∂/∂E_b = … (c − a).
  const AllTriples t;
  const at::Tensor by_a = circle((t.c - t.b) * kStep), by_b = circle((t.c - t.a) * kStep);
  CHECK(std::abs(gradient_symmetricity(by_a, by_b).value) < 1e-12);
  const at::Tensor near = (t.a - t.b).eq(1);
  const at::Tensor rows = near.nonzero().flatten();
  CHECK(gradient_symmetricity(by_a.index_select(0, rows), by_b.index_select(0, rows)).value ==
        doctest::Approx(std::cos(kStep)).epsilon(1e-12));
}

TEST_CASE("a pizza's gradients are the same: symmetricity 1, whatever their norms") {
  const AllTriples t;
  const at::Tensor by_both = circle((t.a + t.b - t.c) * kStep / 2);
  CHECK(gradient_symmetricity(by_both, by_both).value == doctest::Approx(1).epsilon(1e-12));
  CHECK(gradient_symmetricity(by_both, by_both * 7).value == doctest::Approx(1).epsilon(1e-12));
  CHECK(gradient_symmetricity(by_both, -by_both).value == doctest::Approx(-1).epsilon(1e-12));
}

TEST_CASE("random gradients give 0 within four standard errors 1/√(B·D); zeros are left out") {
  const at::Tensor a = normals(Draw("test/a", 1), 0, 500, 40);
  const at::Tensor b = normals(Draw("test/b", 1), 0, 500, 40);
  const double chance = gradient_symmetricity(a, b).value;
  CHECK(std::abs(chance) < 4 / std::sqrt(500.0 * 40));
  const at::Tensor with_zero_a = at::cat({a, at::zeros({3, 40})}),
                   more_b = at::cat({b, b.slice(0, 0, 3)});
  CHECK(gradient_symmetricity(with_zero_a, more_b).value == doctest::Approx(chance).epsilon(1e-12));
  CHECK_FALSE(gradient_symmetricity(at::zeros({4, 2}), at::ones({4, 2})).present);
  CHECK_THROWS_AS(gradient_symmetricity(at::full({1, 2}, NAN), at::ones({1, 2})), Failure);
}

TEST_CASE("logits by the distance alone give 0, by the sum alone 1, random ones √(1 − 1/p)") {
  const at::Tensor pizza =
      residue_table([](double a, double b) { return std::abs(std::cos(kStep * (a - b) / 2)); });
  CHECK(distance_irrelevance(pizza).value == doctest::Approx(0).epsilon(1e-7));
  const at::Tensor by_sum =
      residue_table([](double a, double b) { return std::cos(kStep * (a + b)); });
  CHECK(distance_irrelevance(by_sum).value == doctest::Approx(1).epsilon(1e-9));
  const at::Tensor random = normals(Draw("test/logits", 1), 0, kP, kP);
  CHECK(distance_irrelevance(random).value ==
        doctest::Approx(std::sqrt(1 - 1.0 / kP)).epsilon(0.02));
}

TEST_CASE(
    "half of the variance by the distance: distance irrelevance √½; scale and shift do not "
    "matter") {
  const at::Tensor mixed = residue_table(
      [](double a, double b) { return std::cos(kStep * (a - b)) + std::cos(kStep * (a + b)); });
  CHECK(distance_irrelevance(mixed).value == doctest::Approx(std::sqrt(0.5)).epsilon(1e-9));
  CHECK(distance_irrelevance(mixed * 5 - 3).value == doctest::Approx(std::sqrt(0.5)).epsilon(1e-9));
  CHECK_FALSE(distance_irrelevance(at::full({kP, kP}, 2.5)).present);  // an exact clock
}

TEST_CASE("m circles of equal radius use m frequencies; the mean and rotations do not matter") {
  const at::Tensor residue = at::arange(kP, at::kDouble);
  std::vector<at::Tensor> rows;
  for (const double k : {1.0, 4.0, 9.0}) {
    const at::Tensor angle = residue * (2 * M_PI * k / static_cast<double>(kP));
    rows.push_back(angle.cos());
    rows.push_back(angle.sin());
  }
  const at::Tensor embedding = at::stack(rows);
  const at::Tensor rotation =
      std::get<0>(at::linalg_qr(normals(Draw("test/q", 1), 0, 6, 6).to(at::kDouble)));
  for (const at::Tensor& same : {embedding, embedding + 2, rotation.mm(embedding)}) {
    const Scores scores = fourier_concentration(same);
    CHECK(scores.at("fourier_top5").value == doctest::Approx(1).epsilon(1e-9));
    CHECK(scores.at("fourier_frequencies").value == doctest::Approx(3).epsilon(1e-9));
  }
  // A wide random embedding has the same power everywhere: 11 frequencies.
  const Scores chance = fourier_concentration(normals(Draw("test/e", 1), 0, 2000, kP));
  CHECK(chance.at("fourier_frequencies").value == doctest::Approx(11).epsilon(0.02));
  CHECK(chance.at("fourier_top5").value == doctest::Approx(5.0 / 11).epsilon(0.06));
  CHECK_FALSE(fourier_concentration(at::ones({3, kP})).at("fourier_top5").present);
}
