#include "experiments/derive.h"

#include <ATen/Parallel.h>
#include <doctest/doctest.h>

#include "experiments/experiment.h"
#include "experiments/memory.h"
#include "lab/core/config.h"

namespace lab {
namespace {

Record derived(const json& what, const json& world = nullptr) {
  json run{{"kind", "derive"}, {"what", what}};
  if (!world.is_null()) run["world"] = world;
  return Memory().make(compose(run)).record;
}

double value(const Record& record, const char* score) {
  CAPTURE(score);
  REQUIRE(record.scores.at(score).present);
  return record.scores.at(score).value;
}

TEST_CASE("derived numbers are those of the theory, and do not depend on the seed") {
  const Record kgons = derived("kgons");
  CHECK(value(kgons, "loss_4") == doctest::Approx(1.0 / 9));
  CHECK(value(kgons, "loss_6") == doctest::Approx(0.04819).epsilon(1e-4));
  CHECK(kgons.tables.at("kgons").labels.size() == 6);

  const Record phases = derived({{"kind", "phases"}, {"importance", 1}, {"density", 0.6}});
  CHECK(value(phases, "cost_dedicated") == doctest::Approx(0.11));
  CHECK(value(phases, "phase") == 2);
  CHECK(value(phases, "cost_antipodal") < value(phases, "antipodal_bound"));
  CHECK(value(derived({{"kind", "phase_boundary"}, {"importance", 4}}), "boundary") ==
        doctest::Approx(0.339).epsilon(0.01));

  const Record tiling = derived({{"kind", "circle_tiling"}, {"latents", 8}});
  CHECK(value(tiling, "fvu") == doctest::Approx(0.0498).epsilon(0.01));
  CHECK(value(tiling, "lasso_excess_ratio") == doctest::Approx(1).epsilon(0.01));

  CHECK(value(derived("expected_l0", "tree"), "expected_l0") == doctest::Approx(1.12));

  json run{{"kind", "derive"}, {"what", "kgons"}};
  const std::string id = compose(run)->id;
  run["seed"] = 7;
  CHECK(compose(run)->id == id);
}

TEST_CASE("absorption: a share of the boundary and the same rate are the same setting") {
  const Record share = derived({{"kind", "absorption"}, {"share_of_star", 0.5}}, "pair");
  const double epsilon = value(share, "child_alone");
  CHECK(epsilon == doctest::Approx(value(share, "epsilon_star") / 2));
  CHECK(value(share, "epsilon_star") == doctest::Approx(value(share, "epsilon_star_closed_form")));
  const Record rate = derived("absorption", {{"kind", "pair"}, {"child_alone", epsilon}});
  CHECK(value(rate, "child_angle") == doctest::Approx(value(share, "child_angle")).epsilon(1e-4));
  CHECK(value(share, "loss") <= value(share, "loss_absorbed"));
  CHECK(value(share, "loss_absorbed") < value(share, "loss_faithful"));
  CHECK(value(share, "loss_triple") < value(share, "loss"));
}

TEST_CASE("derivations out of range are refused at their place") {
  const auto refuses = [](const json& what, const char* path) {
    try {
      compose({{"kind", "derive"}, {"what", what}});
      FAIL("was accepted");
    } catch (const ConfigError& error) {
      CHECK(error.path == path);
    }
  };
  refuses({{"kind", "phases"}, {"density", 0}}, "what.density");
  refuses({{"kind", "phase_boundary"}, {"importance", 0.5}}, "what.importance");
  refuses("absorption", "world");
  refuses("expected_l0", "world");
  refuses({{"kind", "absorption"}, {"l1", 0.6}}, "what.l1");
  refuses({{"kind", "circle_tiling"}, {"latents", 2}}, "what.latents");
}

TEST_CASE("evenly spread points on a circle give the closed forms of its tilings") {
  at::set_num_threads(1);
  const json circle{{"kind", "circles"}, {"circles", 1}, {"p", 1}, {"angles", "spread"}};
  const json plane{{"kind", "embedding"}, {"width", 2}, {"placement", "orthonormal"}};
  const auto ring = [&](const json& encoder) {
    const json run{
        {"kind", "recover"},
        {"world", circle},
        {"subject", plane},
        {"decomposer",
         {{"kind", "fixed"}, {"atoms", {{"kind", "ring"}, {"latents", 8}}}, {"encoder", encoder}}},
        {"scores", {{"samples", 8192}, {"nulls", 0}}}};
    return Memory().make(compose(run)).record;
  };
  const Record exact = derived({{"kind", "circle_tiling"}, {"latents", 8}});
  const Record one = ring("top1"), two = ring({{"kind", "nnls"}, {"l1", 5e-4}});
  CHECK(value(one, "fvu") == doctest::Approx(value(exact, "fvu")).epsilon(1e-3));
  CHECK(value(two, "l1") == doctest::Approx(value(exact, "l1")).epsilon(1e-3));
  CHECK(value(two, "fvu") < 1e-6);
  CHECK(value(two, "l0") == doctest::Approx(2).epsilon(1e-3));
}

}  // namespace
}  // namespace lab
