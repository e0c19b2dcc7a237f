#include "lab/worlds/residues.h"

#include <ATen/ATen.h>

#include <cmath>

#include "lab/core/error.h"
#include "statistics.h"
#include "worlds.h"

using namespace lab;
using namespace lab::tests;

namespace {

// Row by row, what the target should be.
void check_pairs(const World& world, const Batch& batch, std::int64_t n, bool sum) {
  const at::Tensor a = batch.values_BC.narrow(1, 0, n), b = batch.values_BC.narrow(1, n, n);
  CHECK(a.sum(1).eq(1).all().item<bool>());
  CHECK(b.sum(1).eq(1).all().item<bool>());
  CHECK(batch.targets_BT.sum(1).eq(1).all().item<bool>());
  CHECK(batch.inputs_BN.equal(batch.values_BC));
  CHECK(batch.present_BF.equal(batch.values_BC.ne(0)));
  for (std::int64_t i = 0; i < batch.values_BC.size(0); ++i) {
    const auto x = a[i].argmax().item<std::int64_t>(), y = b[i].argmax().item<std::int64_t>();
    CHECK(batch.targets_BT[i].argmax().item<std::int64_t>() == (sum ? (x + y) % n : x));
  }
  CHECK(world.targets() == n);
}

}  // namespace

TEST_CASE("residues: the support is every pair once, in order") {
  for (const std::string task : {"sum", "first"}) {
    const auto world = world_of(R"({"kind": "residues", "modulus": 7, "task": ")" + task + "\"}");
    REQUIRE(world->support() == 49);
    const Batch all = world->enumerate(0, 49);
    check_pairs(*world, all, 7, task == "sum");
    const at::Tensor number =
        all.values_BC.narrow(1, 0, 7).argmax(1) * 7 + all.values_BC.narrow(1, 7, 7).argmax(1);
    CHECK(number.equal(at::arange(49)));
    CHECK(world->enumerate(5, 9).targets_BT.equal(all.targets_BT.narrow(0, 5, 9)));
    CHECK_THROWS_AS(world->enumerate(40, 10), InputError);
    CHECK_THROWS_AS(world->enumerate(-1, 2), InputError);
  }
}

TEST_CASE("residues: each row and column of the addition table holds every sum once") {
  const Batch all = world_of(R"({"kind": "residues", "modulus": 6})")->enumerate(0, 36);
  const at::Tensor table = all.targets_BT.argmax(1).reshape({6, 6});
  for (const at::Tensor& lines : {table, table.t()}) {
    CHECK(std::get<0>(lines.sort(1)).eq(at::arange(6)).all().item<bool>());
  }
}

// Each of 49 pairs is drawn n/49 times; χ² with 48 degrees of freedom, mean 48 and sd 9.8: 6 sd is a
// false alarm in fewer than 1 of 10⁵ tests, and the seed is fixed.
TEST_CASE("residues: samples are uniform pairs, whatever the batches") {
  const auto world = world_of(R"({"kind": "residues", "modulus": 7})");
  const std::int64_t n = 9800;
  const Batch batch = world->sample("fit", 0, n);
  check_pairs(*world, world->sample("fit", 100, 50), 7, true);
  CHECK(world->sample("fit", 100, 50).values_BC.equal(batch.values_BC.narrow(0, 100, 50)));
  CHECK_FALSE(world->sample("eval", 100, 50).values_BC.equal(batch.values_BC.narrow(0, 100, 50)));
  const at::Tensor counts =
      batch.values_BC.narrow(1, 0, 7).t().mm(batch.values_BC.narrow(1, 7, 7)).to(at::kDouble);
  const double expected = static_cast<double>(n) / 49;
  const double chi_square = ((counts - expected).square() / expected).sum().item<double>();
  CHECK(std::abs(chi_square - 48) < 6 * 9.8);
}

TEST_CASE("residues: features, circles and variables") {
  const auto world = world_of(R"({"kind": "residues", "modulus": 5})");
  const Truth& truth = world->truth();
  REQUIRE(truth.features.size() == 10);
  CHECK(truth.features[0].name == "a0");
  CHECK(truth.features[9].name == "b4");
  REQUIRE(truth.relations.size() == 4);
  for (const Relation& relation : truth.relations) {
    CHECK((relation.kind == "circle" || relation.kind == "exclusive"));
    const std::int64_t first = relation.name == "a" ? 0 : 5;
    for (std::int64_t i = 0; i < 5; ++i) CHECK(relation.features[i] == first + i);
  }
}
