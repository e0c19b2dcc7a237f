// Interventions through latents: exact where the latents are the gates, whatever is not reconstructed.
#include "lab/mechanisms/latent_iia.h"

#include <ATen/ATen.h>
#include <doctest/doctest.h>

#include "lab/core/config.h"
#include "lab/core/error.h"
#include "mechanisms/gate_subject.h"

using namespace lab;
using namespace lab::test;

TEST_CASE("(a and b) or c: its latent is the gate, the other one is not, the error stays") {
  const auto world = make_world(read_config<WorldConfig>(parse_json(R"({"kind": "boolean",
    "inputs": "uniform", "circuit": {"kind": "given", "inputs": ["a", "b", "c"],
      "gates": [{"name": "g", "op": "and", "in": ["a", "b"]}, {"name": "y", "op": "or", "in": ["g", "c"]}],
      "outputs": [{"name": "y", "node": "y"}]}})",
                                                                    "test")),
                                1);
  // The tap holds g and c; a dictionary of both reads them, and its decoder bias is wrong by 7.
  const GateSubject network(
      [](const at::Tensor& x) {
        return at::stack({x.select(1, 0) * x.select(1, 1), x.select(1, 2)}, 1);
      },
      [](const at::Tensor& h) { return h.sum(1, true); }, 2);
  const Dictionary dictionary{at::eye(2), at::full({2}, 7.),
                              AffineEncoder{at::eye(2), at::zeros({2}), at::zeros({2}), "relu"}};
  const at::Tensor along_g = at::tensor({1.f, 0.f}), none = at::zeros({2});
  const LatentIia found = latent_iia(network, *world, "gates", dictionary,
                                     {{3, {0}, along_g}, {3, {1}, none}, {3, {}, none}}, 128, 20,
                                     Draw("test/latents", 1));
  const auto& rows = found.table.rows;
  CHECK(rows[0][0] == 1);
  CHECK(rows[0][1] == 1);
  CHECK(rows[0][2] == 1);
  CHECK(rows[0][3] == .5);
  CHECK(rows[0][4] < 1);
  CHECK(rows[0][5] < 1);  // half of the random latents are the gate's
  CHECK(rows[0][6] == rows[0][1] - rows[0][5]);
  CHECK(rows[1][0] < .8);
  CHECK(std::isnan(rows[1][2]));
  CHECK(std::isnan(rows[2][0]));
  CHECK(found.scores.at("iia_nothing").value == .5);
  CHECK(found.scores.at("iia_direction").value == 1);
  CHECK_THROWS_AS(
      latent_iia(network, *world, "gates", dictionary, {{3, {2}, none}}, 32, 0, Draw("t", 1)),
      InputError);
}
