#include "lab/knockoffs/builder.h"

#include <algorithm>

#include "knockoffs/spaces.h"
#include "lab/core/error.h"
#include "lab/knockoffs/facts.h"
#include "lab/tensors/tensors.h"

using namespace lab;
using namespace lab::tests;

namespace {

// float32 vectors of norm 1.
constexpr double kRounding = 2e-6;

std::vector<std::vector<double>> sorted_rows(const at::Tensor& x_ND) {
  std::vector<std::vector<double>> rows;
  for (std::int64_t i = 0; i < x_ND.size(0); ++i) rows.push_back(to_vector(x_ND[i]));
  std::sort(rows.begin(), rows.end());
  return rows;
}

at::Tensor spectrum(const at::Tensor& x_ND) {
  return at::linalg_eigvalsh(gram(x_ND.to(at::kDouble)));
}

}  // namespace

TEST_CASE("every knockoff has a vector for each feature, and depends on its seed if it says so") {
  const TrueSpace truth = residues_space();
  for (const BuilderConfig& builder : all_builders()) {
    CAPTURE(builder.kind.index());
    const at::Tensor one = truth.build(builder, 1);
    const bool wide = std::holds_alternative<Orthogonal>(builder.kind);
    CHECK(one.sizes() == at::IntArrayRef{22, wide ? 22 : 12});
    CHECK((one.scalar_type() == at::kFloat));
    CHECK(at::equal(one, truth.build(builder, 1)));
    CHECK(at::equal(one, truth.build(builder, 2)) == !uses_seed(builder));
    // The mean square norm is kept by all; the norms by all but one.
    CHECK(one.square().sum(1).mean().item<double>() == doctest::Approx(1).epsilon(kRounding));
    if (std::holds_alternative<SpectrumMatched>(builder.kind)) continue;
    CHECK(distance(one.norm(2, 1), at::ones(22)) < kRounding);
  }
}

TEST_CASE("truth: nothing is changed") {
  const TrueSpace truth = residues_space();
  CHECK(at::equal(truth.build({TruthBuilder{}}), truth.frames_CD));
}

TEST_CASE("rotated and circles: each variable's Gram matrix is kept, the subspaces are not") {
  const TrueSpace truth = residues_space();
  for (const BuilderConfig& builder :
       {BuilderConfig{Rotated{}}, BuilderConfig{CirclesBuilder{"true"}}}) {
    const at::Tensor knockoff = truth.build(builder);
    for (const std::int64_t v : {0, 1}) {
      CHECK(distance(gram(truth.variable(knockoff, v)), gram(truth.variable(truth.frames_CD, v))) <
            kRounding);
    }
    const at::Tensor across = truth.variable(knockoff, 0).mm(truth.variable(knockoff, 1).t());
    CHECK(across.abs().max().item<double>() > 0.1);  // orthogonal in the truth
  }
}

// A uniform rotation has no preferred direction: over 200 seeds the mean of one entry of the vector of
// a0 has sd 1/√(200·12) = .020; 4.5 sd: a false alarm in 1 of 10⁵ tests, for fixed seeds.
TEST_CASE("rotated: rotations are centred") {
  const TrueSpace truth = residues_space();
  double sum = 0;
  for (std::int64_t seed = 0; seed < 200; ++seed) {
    sum += truth.build({Rotated{}}, seed)[0][0].item<double>();
  }
  CHECK(std::abs(sum / 200) < 4.5 * 0.0204);
}

TEST_CASE("automorphism: the set of vectors and addition are kept, labels are not") {
  const TrueSpace truth = residues_space();
  const at::Tensor knockoff = truth.build({Automorphism{3}});
  for (const std::int64_t v : {0, 1}) {
    for (std::int64_t r = 0; r < 11; ++r) {
      CHECK(at::equal(knockoff[v * 11 + r], truth.frames_CD[v * 11 + 3 * r % 11]));
    }
  }
  CHECK(sorted_rows(knockoff) == sorted_rows(truth.frames_CD));
  CHECK(at::equal(truth.build({Automorphism{1}}), truth.frames_CD));
  CHECK(at::equal(truth.build({Automorphism{12}}), truth.frames_CD));  // 12 = 1 modulo 11
  // 3 and then 4 is 12 = 1.
  CHECK(at::equal(build_knockoff({Automorphism{4}}, {truth.world->truth(), knockoff}, 0),
                  truth.frames_CD));
  CHECK_THROWS_AS(truth.build({Automorphism{22}}), InputError);
}

TEST_CASE("permuted: the same vectors and spectrum for each variable, in other hands") {
  const TrueSpace truth = residues_space();
  const at::Tensor knockoff = truth.build({Permuted{}});
  for (const std::int64_t v : {0, 1}) {
    const at::Tensor a = truth.variable(truth.frames_CD, v), b = truth.variable(knockoff, v);
    CHECK(sorted_rows(a) == sorted_rows(b));
    CHECK(distance(spectrum(a), spectrum(b)) < kRounding);
    CHECK_FALSE(at::equal(a, b));
  }
}

// The builder sees a set: what it makes cannot depend on who had which vector.
TEST_CASE("permuted: a permuted truth gives the same knockoff") {
  const TrueSpace truth = residues_space();
  const at::Tensor once = truth.build({Permuted{}}, 5);
  const Space permuted{truth.world->truth(), once};
  CHECK(at::equal(build_knockoff({Permuted{}}, permuted, 9), truth.build({Permuted{}}, 9)));
}

TEST_CASE("spectrum_matched: the eigenvalues are kept, the Gram matrix is not") {
  const TrueSpace truth = residues_space();
  const at::Tensor knockoff = truth.build({SpectrumMatched{}});
  for (const std::int64_t v : {0, 1}) {
    const at::Tensor a = truth.variable(truth.frames_CD, v), b = truth.variable(knockoff, v);
    CHECK(distance(spectrum(a), spectrum(b)) < 11 * kRounding);
    CHECK(distance(gram(a), gram(b)) > 0.1);
  }
}

TEST_CASE("orthogonal: all at right angles, in as many dimensions as features") {
  const TrueSpace truth = residues_space();
  CHECK(distance(gram(truth.build({Orthogonal{}})), at::eye(22)) < kRounding);
  CHECK(at::equal(truth.build({Orthogonal{0, true}}), at::eye(22)));
  CHECK(truth.build({Orthogonal{30}}).size(1) == 30);
  CHECK_THROWS_AS(truth.build({Orthogonal{21}}), InputError);
  CHECK(residues_space(5, 12).build({Orthogonal{}}).size(1) == 12);  // 10 features: the true width
}

TEST_CASE("circles: as many frequencies as the truth, alike or all different") {
  const TrueSpace truth = residues_space(17, 16);
  for (std::int64_t seed = 0; seed < 20; ++seed) {
    const auto shares = [&](const std::string& frequencies, std::int64_t v) {
      const at::Tensor knockoff = truth.build({CirclesBuilder{frequencies}}, seed);
      return frequency_shares(truth.variable(knockoff, v));
    };
    const auto strong = [](const std::vector<double>& s) {
      std::vector<std::size_t> found;
      for (std::size_t f = 0; f < s.size(); ++f) {
        if (s[f] > 1e-6) found.push_back(f);
      }
      return found;
    };
    const auto a = strong(shares("matched", 0)), b = strong(shares("matched", 1));
    CHECK(a == b);
    CHECK(a.size() == 2);
    CHECK(a.front() >= 1);
    const auto c = strong(shares("unmatched", 0)), d = strong(shares("unmatched", 1));
    CHECK((c.size() == 2 && d.size() == 2));
    for (const std::size_t f : c) CHECK(std::find(d.begin(), d.end(), f) == d.end());
    CHECK(*std::max_element(d.begin(), d.end()) <= 8);
  }
  // Modulo 7 there are three frequencies, not four.
  CHECK_THROWS_AS(residues_space(7, 12).build({CirclesBuilder{"unmatched"}}), InputError);
  CHECK_NOTHROW(residues_space(7, 12).build({CirclesBuilder{"matched"}}));
}

TEST_CASE("worlds without variables or circles are refused in words") {
  const auto sparse = make_world({Sparse{}, {}}, 1);
  const at::Tensor frames = at::eye(sparse->truth().coordinates());
  CHECK_THROWS_WITH_AS(build_knockoff({RandomBuilder{}}, {sparse->truth(), frames}, 1),
                       doctest::Contains("no variables"), InputError);
  TrueSpace truth = residues_space();
  Truth without = truth.world->truth();
  std::erase_if(without.relations, [](const Relation& r) { return r.kind == "circle"; });
  CHECK_THROWS_AS(build_knockoff({CirclesBuilder{}}, {without, truth.frames_CD}, 1), InputError);
  CHECK_THROWS_AS(build_knockoff({Automorphism{}}, {without, truth.frames_CD}, 1), InputError);
  CHECK_NOTHROW(build_knockoff({Permuted{}}, {without, truth.frames_CD}, 1));
}
