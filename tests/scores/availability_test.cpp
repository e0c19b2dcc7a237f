// Gates that lie in known numbers of directions at known taps.
#include "lab/scores/availability.h"

#include <ATen/ATen.h>
#include <doctest/doctest.h>

#include <cmath>

#include "lab/core/error.h"
#include "lab/tensors/tensors.h"

using namespace lab;

namespace {

// 10 bits of 1024 rows, all different; gates: bit 0 and (bit 0 and bit 1).
struct Setting {
  at::Tensor inputs_BN = at::empty({1024, 10});
  at::Tensor gates_BG;
  Setting() {
    const at::Tensor number = at::arange(1024);
    for (std::int64_t i = 0; i < 10; ++i) {
      inputs_BN.select(1, i).copy_(at::bitwise_and(at::__rshift__(number, i), 1));
    }
    const at::Tensor first = inputs_BN.select(1, 0), second = inputs_BN.select(1, 1);
    gates_BG =
        at::stack({at::logical_xor(first > 0, second > 0).to(at::kFloat), first * second}, 1);
  }
  InputSplit split() const { return split_inputs(inputs_BN, Draw("test/split", 1)); }
  // A tap [1024, 12] of noise in which the xor is added to the first coordinates, whose noise has these
  // standard deviations; turned, so that nothing lies along an axis.
  at::Tensor tap(const std::vector<double>& noise) const {
    at::Tensor acts = normals(Draw("test/noise", 3), 0, 1024, 12);
    for (std::size_t i = 0; i < noise.size(); ++i) {
      acts.select(1, static_cast<std::int64_t>(i)).mul_(noise[i]).add_(gates_BG.select(1, 0));
    }
    return acts.mm(std::get<0>(at::linalg_qr(normals(Draw("test/turn", 4), 0, 12, 12))));
  }
};

}  // namespace

TEST_CASE(
    "a gate is available where it was written, in as many directions as differ in their noise") {
  const Setting s;
  const std::vector<TapActs> taps{
      {s.tap({}), s.tap({})}, {s.tap({.05, .05, .05}), s.tap({})}, {s.tap({.05, .2}), s.tap({})}};
  const Availability found = availability(taps, s.inputs_BN, s.gates_BG, s.split());
  REQUIRE(found.table.rows.size() == 6);
  CHECK(found.table.rows[0][2] < .6);  // the first tap is noise
  CHECK(found.table.rows[0][5] == 0);
  CHECK(found.table.rows[1][2] > .99);  // equal noise: the copies are one direction
  CHECK(found.table.rows[1][5] == 1);
  CHECK(found.table.rows[2][5] >= 2);   // what the cleaner one reads leaves the other
  CHECK(found.table.rows[1][3] < .6);   // untrained: noise
  CHECK(found.table.rows[1][4] < .6);   // an xor cannot be read off the inputs
  CHECK(found.table.rows[4][4] > .95);  // an and can
  CHECK(found.gates.rows[0][0] == 1);
  CHECK(std::isnan(found.gates.rows[1][0]));  // the and was written nowhere
  CHECK(found.scores.at("gates_available").value == .5);
  CHECK(found.scores.at("gates_available_untrained").value == 0);
  CHECK(found.scores.at("gates_available_inputs").value == .5);
  CHECK(found.scores.at("availability_tap").value == 1);
  CHECK(found.scores.at("gate_directions").value == 1);
}

TEST_CASE("a probe's direction is where the gate lies") {
  const Setting s;
  at::Tensor acts = normals(Draw("test/noise", 3), 0, 1024, 12).mul_(.01);
  acts.select(1, 5).add_(s.gates_BG.select(1, 0));
  const at::Tensor direction = probe_directions(acts, s.gates_BG.narrow(1, 0, 1), s.split());
  CHECK(direction[0][5].item<double>() > .7);
  CHECK(direction.norm().item<double>() == doctest::Approx(1));
}

TEST_CASE("what cannot be probed has no numbers") {
  const Setting s;
  const at::Tensor few = s.inputs_BN.narrow(0, 0, 20), gates = s.gates_BG.narrow(0, 0, 20);
  const at::Tensor acts = s.tap({.05}).narrow(0, 0, 20);
  const Availability found =
      availability({{acts, acts}}, few, gates, split_inputs(few, Draw("test/split", 1)));
  CHECK_FALSE(found.scores.at("gates_available").present);
  CHECK(std::isnan(found.table.rows[0][2]));
  CHECK_THROWS_AS(availability({{s.tap({}), acts}}, s.inputs_BN, s.gates_BG, s.split()),
                  InputError);
}
