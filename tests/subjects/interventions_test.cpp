// Interventions: what changes nothing, what equals the source, what undoes itself, what is gone.
#include "lab/subjects/interventions.h"

#include <ATen/ATen.h>
#include <doctest/doctest.h>

#include "lab/core/error.h"
#include "subjects/worlds.h"

using namespace lab;
using namespace lab::test;

namespace {

struct Net {
  FunctionWorld world = linear_world(5, 3);
  std::unique_ptr<Subject> subject = make_subject(SubjectConfig{Mlp{.widths = {7, 6}}}, world, 1);
  Batch base = world.sample("eval", 0, 40), source = world.sample("eval", 40, 40);
  at::Tensor plain = subject->run(base), other = subject->run(source);
};

// The largest share of a column's variance that the activations explain linearly, in sample.
double linear_r2(const at::Tensor& acts_BD, const at::Tensor& targets_BY) {
  const at::Tensor x = acts_BD.to(at::kDouble) - acts_BD.to(at::kDouble).mean(0);
  const at::Tensor y = targets_BY.to(at::kDouble) - targets_BY.to(at::kDouble).mean(0);
  const at::Tensor fitted = x.mm(at::linalg_pinv(x, 1e-4).mm(y));
  return (1 - (y - fitted).square().sum(0) / y.square().sum(0)).max().item<double>();
}

}  // namespace

TEST_CASE("an own activation changes nothing; all taps of the source make its output") {
  const Net net;
  std::vector<Hook> own, swapped;
  for (const Tap& tap : net.subject->taps()) {
    own.push_back(replace(whole_tap(tap.name), acts_at(*net.subject, net.base, {tap.name})[0]));
    swapped.push_back(
        replace(whole_tap(tap.name), acts_at(*net.subject, net.source, {tap.name})[0]));
  }
  CHECK(at::equal(net.subject->run(net.base, in_turn(own)), net.plain));
  CHECK(at::equal(net.subject->run(net.base, in_turn(swapped)), net.other));
  CHECK(at::equal(net.subject->run(net.base, in_turn({})), net.plain));
}

TEST_CASE("ablations set a part to zero, to the mean, to another sample's") {
  const Net net;
  const at::Tensor acts = acts_at(*net.subject, net.base, {"layer1.post"})[0];
  const Place place = neurons_place("layer1.post", {1, 4}, 6);
  const at::Tensor zero = ablate_zero(place)("layer1.post", acts);
  CHECK(at::equal(zero.select(1, 4), at::zeros({40})));
  CHECK(at::equal(zero.select(1, 0), acts.select(1, 0)));
  const at::Tensor mean = ablate_mean(place, acts.mean(0))("layer1.post", acts);
  CHECK(at::allclose(mean.mean(0), acts.mean(0)));
  CHECK(mean.select(1, 1).std().item<float>() < 1e-6f);
  const Hook resampled = resample(place, Draw("test/resample", 1));
  const at::Tensor other = resampled("layer1.post", acts);
  CHECK_FALSE(at::equal(other, acts));
  CHECK(at::equal(std::get<0>(other.select(1, 1).sort()), std::get<0>(acts.select(1, 1).sort())));
  CHECK(at::equal(other.select(1, 2), acts.select(1, 2)));
  CHECK(at::equal(resampled("layer1.post", acts), other));
  CHECK(at::equal(resampled("layer0.post", acts), acts));
}

TEST_CASE("a rotation and its transpose is the identity; one of a whole layer turns it") {
  const Net net;
  Words words = Draw("test/rotation", 1).at(0);
  const at::Tensor basis = random_basis(3, 7, words), turn = random_basis(3, 3, words);
  const Hook there = rotate("layer0.post", basis, turn);
  const Hook back = rotate("layer0.post", basis, turn.t());
  CHECK(at::allclose(net.subject->run(net.base, in_turn({there, back})), net.plain, 1e-5, 1e-5));
  CHECK_FALSE(at::allclose(net.subject->run(net.base, there), net.plain, 1e-3, 1e-3));
  const at::Tensor acts = acts_at(*net.subject, net.base, {"layer0.post"})[0];
  const at::Tensor turned = there("layer0.post", acts);
  CHECK(at::allclose(turned.mm(basis.t()), acts.mm(basis.t()).mm(turn.t()), 1e-4, 1e-5));
  CHECK(at::allclose(turned.norm(2, 1), acts.norm(2, 1), 1e-5, 1e-5));
  CHECK_THROWS_AS(rotate("layer0.post", 2 * basis, turn), InputError);
  CHECK_THROWS_AS(rotate("layer0.post", basis, at::eye(2)), InputError);
}

TEST_CASE("leace: the target is not linearly available afterwards, and little else is lost") {
  const at::Tensor noise = normals(Draw("test/noise", 1), 0, 300, 6);
  const at::Tensor mix = normals(Draw("test/mix", 1), 0, 6, 6);
  const at::Tensor targets = noise.narrow(1, 0, 2).gt(0).to(at::kFloat);
  const at::Tensor acts = noise.mm(mix) + 3;
  REQUIRE(linear_r2(acts, targets) > .5);
  const Erasure found = leace(acts, targets);
  const at::Tensor rest = erased(found, acts);
  CHECK(linear_r2(rest, targets) < 1e-6);
  CHECK(erased_rank(found) == 2);
  CHECK(at::allclose(erased(found, rest), rest, 1e-3, 1e-3));
  CHECK(at::allclose(rest.mean(0), acts.mean(0), 1e-3, 1e-3));
  // Of all maps that do it the one that moves least: less than the orthogonal projection does that takes
  // out the columns of the covariance.
  const at::Tensor x = acts - acts.mean(0), y = targets - targets.mean(0);
  const at::Tensor by_projection = erased(subspace_erasure(x.t().mm(y).t(), acts.mean(0)), acts);
  CHECK(linear_r2(by_projection, targets) < 1e-5);
  CHECK((rest - acts).square().sum().item<float>() <=
        (by_projection - acts).square().sum().item<float>());
  Words words = Draw("test/erasure", 1).at(0);
  const Erasure random = random_erasure(acts, 2, words);
  CHECK(erased_rank(random) == 2);
  CHECK(linear_r2(erased(random, acts), targets) > .1);
}

TEST_CASE("leace of what is constant, of a degenerate space, and of nothing that correlates") {
  const at::Tensor acts = normals(Draw("test/noise", 2), 0, 50, 3);
  CHECK(at::allclose(erased(leace(acts, at::ones({50, 1})), acts), acts));
  const at::Tensor flat = at::cat({acts, acts.narrow(1, 0, 1)}, 1);
  CHECK(linear_r2(erased(leace(flat, acts.narrow(1, 0, 1)), flat), acts.narrow(1, 0, 1)) < 1e-6);
  CHECK_THROWS_AS(leace(acts, at::ones({49, 1})), InputError);
  CHECK_THROWS_AS(leace(acts / 0, at::ones({50, 1})), Failure);
}

TEST_CASE("a subspace is taken out around a center") {
  const at::Tensor acts = normals(Draw("test/noise", 3), 0, 9, 4);
  const at::Tensor rows = normals(Draw("test/rows", 3), 0, 2, 4), center = at::ones({4});
  const at::Tensor rest = erased(subspace_erasure(rows, center), acts);
  CHECK(at::allclose((rest - center).mm(rows.t()), at::zeros({9, 2}), 1e-4, 1e-4));
  CHECK(at::allclose(erased(subspace_erasure(rows), acts).mm(rows.t()), at::zeros({9, 2}), 1e-4,
                     1e-4));
  CHECK_THROWS_AS(subspace_erasure(at::cat({rows, rows}, 0)), InputError);
  CHECK_THROWS_AS(subspace_erasure(rows, at::ones({3})), InputError);
}

TEST_CASE("gradients at taps are those of finite differences") {
  const Net net;
  const auto scalar = [](const at::Tensor& output) { return output.square().sum(); };
  const std::vector<std::string> taps{"layer0.pre", "layer1.post", "output"};
  const std::vector<at::Tensor> gradients = tap_gradients(*net.subject, net.base, taps, scalar);
  CHECK(at::allclose(gradients[2], 2 * net.plain));
  const at::Tensor step = 1e-3 * normals(Draw("test/step", 1), 0, 40, 7);
  for (std::size_t i = 0; i < 2; ++i) {
    const at::Tensor change = step.narrow(1, 0, gradients[i].size(1));
    const auto moved = [&](double sign) {
      return scalar(net.subject->run(net.base,
                                     [&](std::string_view tap, const at::Tensor& acts) {
                                       return tap == taps[i] ? acts + sign * change : acts;
                                     }))
          .item<double>();
    };
    CHECK((moved(1) - moved(-1)) / 2 ==
          doctest::Approx((gradients[i] * change).sum().item<double>()).epsilon(.02));
  }
  const Hook constant = ablate_zero(whole_tap("layer1.post"));
  const auto cut = tap_gradients(*net.subject, net.base, {"layer0.pre"}, scalar, constant);
  CHECK(at::equal(cut[0], at::zeros_like(cut[0])));
  CHECK_THROWS_AS(tap_gradients(*net.subject, net.base, {"layer9"}, scalar), InputError);
}

TEST_CASE("a random basis is orthonormal and fits") {
  Words words = Draw("test/basis", 1).at(0);
  const at::Tensor basis = random_basis(4, 9, words);
  CHECK(at::allclose(basis.mm(basis.t()), at::eye(4), 1e-5, 1e-5));
  CHECK_THROWS_AS(random_basis(5, 4, words), InputError);
}
