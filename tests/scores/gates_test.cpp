#include "lab/scores/gates.h"

#include <ATen/ATen.h>
#include <doctest/doctest.h>

#include <chrono>
#include <cmath>

#include "lab/core/error.h"
#include "lab/scores/probes.h"
#include "random_tensors.h"

using namespace lab;
using namespace random_tensors;

TEST_CASE("latents that are gates, or their complements, score 1") {
  const at::Tensor gates = bits("gates", 512, 5, .3);
  const at::Tensor noise = normal("noise", 512, 5);
  const at::Tensor direct = gates * (2 + noise.abs());
  const at::Tensor turned = (1 - gates) * (2 + noise.abs());
  const at::Tensor dense = 3 * gates + noise.clamp(-1, 1);  // no zeros: a threshold must be found
  for (const at::Tensor& codes : {direct, turned, dense, -dense}) {
    const GateReport report = gate_scores(codes, gates, 9, draw("split"));
    CHECK(report.scores.at("gate_phi").value == doctest::Approx(1).epsilon(1e-12));
    CHECK(report.scores.at("gate_f1_excess").value == doctest::Approx(1).epsilon(1e-12));
    CHECK(report.scores.at("gate_phi_p").value == doctest::Approx(.1));
    for (std::size_t g = 0; g < 5; ++g) CHECK(report.table.rows[g][2] == static_cast<double>(g));
  }
}

TEST_CASE("gates that no latent knows score 0 and lie within the null") {
  const at::Tensor codes = normal("codes", 2000, 20).clamp_min(0);
  const GateReport report = gate_scores(codes, bits("gates", 2000, 10, .4), 49, draw("split"));
  // Held-out phi of each gate has sd 1/√1000; the mean of ten is within 4 sd of 0.
  CHECK(std::fabs(report.scores.at("gate_phi").value) < 4 * .01);
  CHECK(report.scores.at("gate_phi_p").value > .02);  // false alarms: 2 %
  CHECK(report.scores.at("gate_f1_excess").value < .1);
}

TEST_CASE("an always-on latent has no F1 above always-on") {
  const at::Tensor gates = bits("gates", 400, 3, .5);
  const GateReport on = gate_scores(at::ones({400, 2}), gates, 0, draw("split"));
  CHECK(on.scores.at("gate_phi").value == 0);
  CHECK(on.scores.at("gate_f1_excess").value <= 0);
  CHECK_FALSE(on.scores.contains("gate_phi_null"));
}

TEST_CASE("gates: degenerate inputs") {
  const at::Tensor gates = bits("gates", 100, 3, .5), codes = normal("codes", 100, 4);
  CHECK_FALSE(gate_scores(at::zeros({100, 0}), gates, 2, draw("s")).scores.at("gate_phi").present);
  CHECK_FALSE(gate_scores(codes, at::zeros({100, 0}), 2, draw("s")).scores.at("gate_phi").present);
  CHECK_FALSE(gate_scores(codes, at::ones({100, 3}), 2, draw("s")).scores.at("gate_phi").present);
  CHECK_FALSE(
      gate_scores(at::zeros({2, 1}), at::ones({2, 1}), 2, draw("s")).scores.at("gate_phi").present);
  CHECK_THROWS_AS(gate_scores(codes / 0., gates, 0, draw("s")), Failure);
  CHECK_THROWS_AS(gate_scores(codes, at::ones({99, 3}), 0, draw("s")), InputError);
}

TEST_CASE("gates of wide dictionaries are scored in well under a second") {
  const at::Tensor codes = normal("codes", 8192, 512) - 1;
  const at::Tensor gates = bits("gates", 8192, 40, .3);
  const auto start = std::chrono::steady_clock::now();
  gate_scores(codes.clamp_min(0), gates, 1, draw("split"));
  const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - start;
  MESSAGE("gate_scores, 512 latents, 40 gates, 8192 samples, one null: " << spent.count() << " s");
  CHECK(spent.count() < 5);  // generous, for busy machines
}

TEST_CASE("a probe reads what is linear and not what is not") {
  const at::Tensor inputs = bits("inputs", 3000, 12, .5);
  const InputSplit split = split_inputs(inputs, draw("split"));
  const at::Tensor a = inputs.select(1, 0), b = inputs.select(1, 1);
  const at::Tensor gates = at::stack({a, a * b, (a + b - 2 * a * b)}, 1);  // a, a∧b, a⊕b
  const std::vector<double> on_inputs = probe(inputs, gates, split);
  CHECK(on_inputs[0] == 1);
  CHECK(on_inputs[1] == 1);
  CHECK(std::fabs(on_inputs[2] - .5) < .07);  // about 1000 held-out inputs: 4 sd
  const at::Tensor hidden = at::cat({inputs, (a * b).unsqueeze(1)}, 1);  // now a⊕b is linear
  const ProbeReport report = probe_scores(hidden, inputs, inputs, gates, split);
  CHECK(report.table.rows[2][0] == 1);
  CHECK(report.scores.at("gate_probe_tap").value == 1);
  CHECK(report.scores.at("gate_probe").value == doctest::Approx((1 - on_inputs[2]) / 3));
  CHECK(report.scores.at("gate_probe_inputs").value ==
        doctest::Approx(report.scores.at("gate_probe_untrained").value));
}

TEST_CASE("probes: inputs are split without repeats, and too few are refused") {
  const at::Tensor inputs = bits("few", 500, 4, .5);
  const InputSplit split = split_inputs(inputs, draw("split"));
  CHECK(split.train.numel() == 8);
  CHECK(split.test.numel() == 8);
  const at::Tensor gates = inputs.narrow(1, 0, 1);
  const ProbeReport refused = probe_scores(inputs, inputs, inputs, gates, split);
  CHECK_FALSE(refused.scores.at("gate_probe").present);
  CHECK(refused.scores.at("gate_probe").reason ==
        "a probe of width 4 needs more than 8 training inputs, there are 8");
  const ProbeReport constant =
      probe_scores(at::ones({500, 1}), at::ones({500, 1}), inputs, at::ones({500, 1}), split);
  CHECK_FALSE(constant.scores.at("gate_probe").present);
  const ProbeReport blind =
      probe_scores(at::ones({500, 1}), at::zeros({500, 1}), inputs, gates, split);
  CHECK(blind.scores.at("gate_probe_tap").value == .5);
}

TEST_CASE("each different input is taken once, where it first stands") {
  const at::Tensor inputs = at::tensor({0., 1., 1., 1., 0., 1., 0., 0., 1., 1.}).view({5, 2});
  CHECK(at::equal(distinct_rows(inputs), at::tensor({0, 1, 3}, at::kLong)));
  const InputSplit split = split_inputs(inputs, draw("split"));
  const at::Tensor both = std::get<0>(at::cat({split.train, split.test}).sort());
  CHECK(at::equal(both, at::tensor({0, 1, 3}, at::kLong)));
}
