// Places: exchanging nothing, a part, or all of a tap.
#include "lab/subjects/place.h"

#include <ATen/ATen.h>
#include <doctest/doctest.h>

#include "lab/core/error.h"
#include "subjects/worlds.h"

using namespace lab;
using namespace lab::test;

namespace {

at::Tensor row(std::vector<float> values) {
  return at::tensor(values).unsqueeze(0);
}

}  // namespace

TEST_CASE("the own activation changes nothing; the whole of every tap makes the source's output") {
  const FunctionWorld world = linear_world(5, 3);
  const auto subject = make_subject(SubjectConfig{Mlp{.widths = {7, 4}}}, world, 1);
  const Batch base = world.sample("eval", 0, 9), source = world.sample("eval", 9, 9);
  const at::Tensor plain = subject->run(base), other = subject->run(source);
  const at::Tensor basis = at::eye(7).narrow(0, 2, 3);
  for (const Place& place : {whole_tap("layer0.post"), subspace_place("layer0.post", basis),
                             neurons_place("layer0.post", {0, 6}, 7)}) {
    CAPTURE(place.what);
    CHECK(at::allclose(run_exchanged(*subject, base, base, {place}), plain));
  }
  for (const Tap& tap : subject->taps()) {
    CHECK(at::equal(run_exchanged(*subject, base, source, {whole_tap(tap.name)}), other));
    CHECK(at::equal(run_exchanged(*subject, base, source, {no_place(tap.name)}), plain));
  }
}

TEST_CASE("neurons are the subspace of their coordinates; the rest stays") {
  const at::Tensor base = normals(Draw("test/base", 1), 0, 4, 5);
  const at::Tensor source = normals(Draw("test/source", 1), 0, 4, 5);
  const at::Tensor by_neurons = neurons_place("t", {1, 3}, 5).exchange(base, source);
  const at::Tensor basis =
      at::eye(5).index_select(0, at::tensor(std::vector<std::int64_t>{1, 3}, at::kLong));
  CHECK(at::allclose(by_neurons, subspace_place("t", basis).exchange(base, source)));
  CHECK(at::equal(by_neurons.select(1, 0), base.select(1, 0)));
  CHECK(at::equal(by_neurons.select(1, 3), source.select(1, 3)));
}

TEST_CASE("a direction takes the source's component along it, whatever its length") {
  const at::Tensor base = row({1, 2}), source = row({5, 7});
  const at::Tensor changed = direction_place("t", row({3, 0})[0]).exchange(base, source);
  CHECK(at::allclose(changed, row({5, 2})));
}

TEST_CASE("what is no place is refused") {
  CHECK_THROWS_AS(subspace_place("t", at::ones({2, 3})), InputError);
  CHECK_THROWS_AS(direction_place("t", at::zeros({3})), InputError);
  CHECK_THROWS_AS(neurons_place("t", {3}, 3), InputError);
  const FunctionWorld world = linear_world(5, 3);
  const auto subject = make_subject(SubjectConfig{Mlp{.widths = {7}}}, world, 1);
  CHECK_THROWS_AS(acts_at(*subject, world.sample("eval", 0, 2), {"layer7.post"}), InputError);
}
