// Circuits side by side: exact where they must be, and wrong by as much as the counting of shared neurons says.
#include "lab/subjects/side_by_side.h"

#include <ATen/ATen.h>
#include <doctest/doctest.h>

#include <cmath>
#include <string>

#include "lab/core/config.h"
#include "lab/core/error.h"
#include "lab/subjects/subject.h"

using namespace lab;

namespace {

std::unique_ptr<World> rotations(std::int64_t circuits, std::int64_t active) {
  const json config = {{"kind", "rotations"}, {"circuits", circuits}, {"active", active}};
  return make_world(read_config<WorldConfig>(config), 1);
}

std::unique_ptr<Subject> side_by_side(const World& world, const json& construction,
                                      std::int64_t seed = 1) {
  return make_subject(
      read_config<SubjectConfig>(json{{"kind", "superposed"}, {"construction", construction}}),
      world, seed);
}

json conditional(std::int64_t copies, std::int64_t choices, std::int64_t layers) {
  return {{"kind", "conditional_rotations"},
          {"copies", copies},
          {"choices", choices},
          {"layers", layers}};
}

// Errors of the outputs of active circuits.
at::Tensor active_errors(const World& world, const Subject& subject, std::int64_t samples) {
  const Batch batch = world.sample("eval", 0, samples);
  const at::Tensor errors = (subject.run(batch) - batch.targets_BT).to(at::kDouble);
  return errors.masked_select(batch.present_BF.repeat_interleave(2, 1));
}

double worst(const at::Tensor& errors) {
  return errors.abs().max().item<double>();
}

}  // namespace

TEST_CASE("a circuit alone in the network is turned exactly, and silent where it is off") {
  for (const std::int64_t layers : {1, 2, 5}) {
    for (const json& construction :
         {conditional(3, 5, layers),
          json{{"kind", "one_hot_routing"}, {"on", 2}, {"choices", 13}, {"layers", layers}}}) {
      CAPTURE(construction.dump());
      const auto on = rotations(1, 1), off = rotations(1, 0);
      CHECK(worst(active_errors(*on, *side_by_side(*on, construction), 200)) < 1e-5);
      const Batch batch = off->sample("eval", 0, 4);
      CHECK(side_by_side(*off, construction)->run(batch).eq(0).all().item<bool>());
    }
  }
}

TEST_CASE("widths are what the config says, and small circuits outnumber them") {
  const auto world = rotations(400, 1);
  const auto spread = side_by_side(*world, conditional(2, 101, 3));
  CHECK(spread->tap_width("layer2.post") == 6 * 2 * 101);
  CHECK(spread->tap_width("output") == 800);
  const auto routed = side_by_side(*world, {{"kind", "one_hot_routing"}});
  CHECK(routed->tap_width("layer2.post") == 16 * 37);
  CHECK(400 * 6 > 6 * 2 * 101);
  CHECK(400 * 4 > 16 * 37);
}

TEST_CASE(
    "one-hot routing: 400 circuits of 4 neurons in 592, without error, and silent elsewhere") {
  const auto world = rotations(400, 1);
  for (const std::int64_t seed : {1, 2, 3}) {
    const auto subject = side_by_side(*world, {{"kind", "one_hot_routing"}, {"layers", 4}}, seed);
    CHECK(worst(active_errors(*world, *subject, 2000)) < 1e-4);
    // Of an active circuit's neurons all on-neurons are on, and of its vector's two or, by rounding, more.
    const Batch batch = world->sample("eval", 0, 2000);
    subject->run(batch, [&](std::string_view tap, const at::Tensor& acts) {
      if (tap.ends_with(".post")) {
        const at::Tensor on = acts > 1e-4;
        CHECK(on.narrow(1, 4 * 37, 12 * 37).sum(1).eq(12).all().item<bool>());
        CHECK(on.narrow(1, 0, 4 * 37).sum(1).le(2).all().item<bool>());
      }
      return acts;
    });
  }
  // What it promises for one it does not promise for two.
  const auto two = rotations(400, 2);
  CHECK(worst(active_errors(*two, *side_by_side(*two, {{"kind", "one_hot_routing"}}), 500)) > .1);
}

// Mean squared errors over 5 networks of some 10⁴ outputs each scatter by a few percent; the formula leaves out
// terms of higher order. Fixed seeds.
TEST_CASE("errors of conditional rotations are those of shared neurons") {
  struct Case {
    std::int64_t circuits, active, copies, choices, layers;
  };
  for (const Case& c : {Case{60, 4, 3, 101, 1}, Case{60, 4, 3, 101, 3}, Case{400, 1, 4, 53, 2},
                        Case{200, 3, 8, 41, 2}, Case{600, 2, 4, 101, 3}}) {
    CAPTURE(c.circuits);
    CAPTURE(c.layers);
    const auto world = rotations(c.circuits, c.active);
    double found = 0;
    for (std::int64_t seed = 1; seed <= 5; ++seed) {
      const auto subject = side_by_side(*world, conditional(c.copies, c.choices, c.layers), seed);
      found += active_errors(*world, *subject, 2000).square().mean().item<double>() / 5;
    }
    const auto T = static_cast<double>(c.circuits), z = static_cast<double>(c.active),
               L = static_cast<double>(c.layers),
               m = static_cast<double>(c.copies * (c.choices + 1));
    const double said = L * (z - 1) / (2 * m) + (L - 1) * (T - z) * z / (2 * m * m);
    CHECK(found == doctest::Approx(said).epsilon(.15));
  }
}

TEST_CASE("the seed draws the lines and nothing else; a world without rotations is refused") {
  const auto world = rotations(50, 2);
  const json construction = conditional(3, 11, 2);
  const Batch batch = world->sample("eval", 0, 16);
  const at::Tensor first = side_by_side(*world, construction, 1)->run(batch);
  CHECK(side_by_side(*world, construction, 1)->run(batch).equal(first));
  CHECK_FALSE(side_by_side(*world, construction, 2)->run(batch).equal(first));
  const auto sparse = make_world(read_config<WorldConfig>(json{{"kind", "sparse"}}), 1);
  CHECK_THROWS_WITH_AS(side_by_side(*sparse, construction),
                       "conditional_rotations: the world must be `rotations`", InputError);
  const auto many = rotations(122, 1);
  CHECK_THROWS_WITH_AS(side_by_side(*many, construction),
                       "conditional_rotations: 122 circuits are more than choices² = 121",
                       InputError);
  const auto full = rotations(13 * 13, 1);
  CHECK_THROWS_AS(side_by_side(*full, {{"kind", "one_hot_routing"}, {"on", 2}, {"choices", 13}}),
                  InputError);
  CHECK_THROWS_AS(side_by_side(*world, conditional(3, 12, 2)), InputError);
}
