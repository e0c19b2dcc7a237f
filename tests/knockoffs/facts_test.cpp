#include "lab/knockoffs/facts.h"

#include "knockoffs/spaces.h"
#include "lab/core/rng.h"
#include "lab/tensors/tensors.h"

using namespace lab;
using namespace lab::tests;

namespace {

Scores facts(const TrueSpace& truth, const BuilderConfig& builder) {
  return knockoff_facts(*truth.world, truth.frames_CD, truth.build(builder));
}

void check_near(const Scores& scores, const std::string& name, double value) {
  CAPTURE(name);
  REQUIRE(scores.at(name).present);
  CHECK(scores.at(name).value == doctest::Approx(value).epsilon(1e-5));
}

}  // namespace

TEST_CASE("facts: the truth equals itself in all") {
  const Scores scores = facts(residues_space(), {TruthBuilder{}});
  for (const char* name :
       {"vectors_distance", "acts_distance", "spectrum_distance", "gram_distance"}) {
    check_near(scores, name, 0);
  }
  for (const char* name : {"gram_correlation_within", "cyclic_share", "frequency_match"}) {
    check_near(scores, name, 1);
  }
}

TEST_CASE("facts: a permuted space is the same set, and no circle") {
  const TrueSpace truth = residues_space(31, 12);
  const Scores scores = facts(truth, {Permuted{}});
  for (const char* name : {"vectors_distance", "acts_distance"}) CHECK(scores.at(name).value == 0);
  check_near(scores, "spectrum_distance", 0);
  CHECK(scores.at("gram_distance").value > 0.5);
  CHECK(scores.at("gram_correlation_within").value < 0.3);
  CHECK(scores.at("cyclic_share").value < 0.2);
}

TEST_CASE("facts: what each other builder keeps") {
  const TrueSpace truth = residues_space(17, 16);
  const Scores rotated = facts(truth, {Rotated{}});
  CHECK(rotated.at("gram_distance").value < 1e-5);
  CHECK(rotated.at("vectors_distance").value > 0.1);
  check_near(rotated, "frequency_match", 1);

  const Scores automorphism = facts(truth, {Automorphism{5}});
  CHECK(automorphism.at("acts_distance").value == 0);
  CHECK(automorphism.at("gram_correlation_within").value < 0.9);
  check_near(automorphism, "cyclic_share", 1);
  check_near(automorphism, "frequency_match", 1);

  const Scores unmatched = facts(truth, {CirclesBuilder{"unmatched"}});
  check_near(unmatched, "cyclic_share", 1);
  CHECK(unmatched.at("frequency_match").value < 1e-6);

  const Scores orthogonal = facts(truth, {Orthogonal{}});
  CHECK_FALSE(orthogonal.at("acts_distance").present);
  CHECK_FALSE(orthogonal.at("cyclic_share").present);  // no variance to explain
  CHECK(facts(truth, {SpectrumMatched{}}).at("spectrum_distance").value < 1e-5);
}

// Labels permuted: the expected share is (⌊n/2⌋ − 1)/(n(n−1)/2 − 1). Over 200 permutations of n = 31 its
// mean has an sd below .03/√200 = .0021; 4.5 sd is a false alarm in 1 of 10⁵ tests, for fixed seeds.
TEST_CASE("cyclic share: chance is as stated, and turning the numbers changes nothing") {
  const TrueSpace truth = residues_space(31, 12);
  const at::Tensor ring = truth.variable(truth.frames_CD, 0);
  CHECK(cyclic_share(ring).value == doctest::Approx(1).epsilon(1e-6));
  double sum = 0;
  for (std::int64_t i = 0; i < 200; ++i) {
    Words words = Draw("test/cyclic", 1).at(static_cast<std::uint64_t>(i));
    sum += cyclic_share(ring.index_select(0, at::tensor(words.permutation(31)))).value;
  }
  CHECK(std::abs(sum / 200 - 14.0 / 464) < 4.5 * 0.0021);
  const at::Tensor noise = normals(Draw("test/noise", 1), 0, 9, 4);
  for (const at::Tensor& same : {noise.roll(2, 0), noise.flip(0)}) {
    CHECK(cyclic_share(same).value == doctest::Approx(cyclic_share(noise).value));
  }
  CHECK_FALSE(cyclic_share(at::eye(3)).present);
}

TEST_CASE("frequency shares add up to 1 and are those of the placement") {
  const TrueSpace truth = residues_space();
  const std::vector<double> shares = frequency_shares(truth.variable(truth.frames_CD, 0));
  REQUIRE(shares.size() == 6);
  CHECK(shares[1] == doctest::Approx(1 / 1.36).epsilon(1e-5));
  CHECK(shares[4] == doctest::Approx(.36 / 1.36).epsilon(1e-5));
  // Parseval, with the middle frequency of an even n.
  for (const std::int64_t n : {8, 9}) {
    double sum = 0;
    for (const double s : frequency_shares(normals(Draw("test/shares", 1), 0, n, 3))) sum += s;
    CHECK(sum == doctest::Approx(1));
  }
  CHECK(frequency_shares(at::ones({8, 2}))[0] == doctest::Approx(1));
  const at::Tensor alternating = at::tensor({1., -1., 1., -1., 1., -1.}).unsqueeze(1);
  CHECK(frequency_shares(alternating)[3] == doctest::Approx(1));
}
