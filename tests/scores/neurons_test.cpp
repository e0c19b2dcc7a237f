// Neurons as boolean functions: known cuts, planted functions found, nothing said of noise.
#include "lab/scores/neurons.h"

#include <ATen/ATen.h>
#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "lab/core/error.h"
#include "scores/random_tensors.h"

using namespace lab;
using namespace random_tensors;

namespace {

UnitCut cut_of(const std::vector<double>& values) {
  return cut_units(at::tensor(values, at::kDouble).unsqueeze(1)).front();
}

// All inputs of 6 bits, and the gate g = (a and b) or c.
at::Tensor letter_values() {
  const at::Tensor x =
      at::arange(64).unsqueeze(1).bitwise_right_shift(at::arange(6)).bitwise_and(1).to(at::kBool);
  const at::Tensor g = (x.select(1, 0) & x.select(1, 1)) | x.select(1, 2);
  return at::cat({x, g.unsqueeze(1)}, 1);
}

const std::vector<Letter> letters{{"a"}, {"b"}, {"c"}, {"d"}, {"e"}, {"f"}, {"g", true}};

NeuronReport report_of(const at::Tensor& acts_BD, std::int64_t draws = 0) {
  return neuron_report({{3, acts_BD, at::zeros_like(acts_BD)}}, letter_values(), letters, {}, draws,
                       draw("neurons"));
}

}  // namespace

TEST_CASE("the cut explains most variance, the lowest of equals, in as many levels as there are") {
  const UnitCut two = cut_of({1, 0, 0, 1, 1});
  CHECK(two.levels == 2);
  CHECK(two.threshold == .5);
  CHECK(two.explained == 1);
  // 0 1 2 3: halves have variance ¼ of 5/4.
  const UnitCut four = cut_of({3, 0, 2, 1});
  CHECK(four.levels == 4);
  CHECK(four.threshold == 1.5);
  CHECK(four.explained == doctest::Approx(.8));
  // 0 1 2: either cut leaves ½ of 2.
  const UnitCut three = cut_of({2, 1, 0});
  CHECK(three.threshold == .5);
  CHECK(three.explained == doctest::Approx(.75));
  // A far value stands alone; values that differ by less than 1e-4 of the range are one.
  const UnitCut far = cut_of({0, 1e-6, 2e-6, 10});
  CHECK(far.levels == 2);
  CHECK(far.threshold == doctest::Approx(5));
  CHECK(cut_of({2, 2, 2}).levels == 1);
}

TEST_CASE("planted functions are found behind any scale, shift and order of neurons") {
  const at::Tensor x = letter_values().to(at::kDouble);
  const auto at = [&](int i) { return x.select(1, i); };
  const at::Tensor acts =
      at::stack({at(0) * .01 + 5, 7 - 3 * at(6), at(3) * at(4), at::relu(at(5) - at(0) * at(1)),
                 at(2) + at(5) - 2 * at(2) * at(5), at::full({64}, 2., at::kDouble)},
                1);
  const NeuronReport report = report_of(acts);
  CHECK(report.table.labels == std::vector<std::string>{"a", "not g", "d and e",
                                                        "f and (not a or not b)", "c xor f",
                                                        "dead"});
}

TEST_CASE("shares add up; constant neurons say nothing; shuffled inputs are not described") {
  const at::Tensor x = letter_values().to(at::kDouble);
  const at::Tensor acts = at::cat({x.narrow(1, 5, 2), x.narrow(1, 0, 3).sum(1, true),
                                   at::ones({64, 1}, at::kDouble), normal("graded", 64, 2)},
                                  1);
  const NeuronReport report = report_of(acts, 10);
  const auto score = [&](const char* name) { return report.scores.at(name).value; };
  CHECK(score("neurons_two_valued") == doctest::Approx(2. / 6));
  CHECK(score("neurons_few_valued") == doctest::Approx(1. / 6));
  CHECK(score("neurons_graded") == doctest::Approx(2. / 6));
  CHECK(score("neurons_dead") == doctest::Approx(1. / 6));
  CHECK(score("neurons_gate") == doctest::Approx(1. / 6));
  CHECK(score("neurons_input") == doctest::Approx(1. / 6));
  CHECK(score("neurons_described") >= 2. / 5);
  CHECK(score("neurons_described_null") < .1);
  CHECK_FALSE(report.scores.at("neurons_described_untrained").present);  // all constant
  REQUIRE(report.table.columns.size() == report.table.rows[0].size());
  CHECK(report.table.columns == std::vector<std::string>{"tap", "unit", "levels", "threshold",
                                                         "explained", "kind", "length",
                                                         "sensitivity", "specificity", "density",
                                                         "letter", "letter_phi"});
  const std::vector<double>& gate = report.table.rows[1];
  CHECK(gate[0] == 3);
  CHECK(gate[1] == 1);
  CHECK(gate[9] == doctest::Approx(.625));  // P((a and b) or c)
  CHECK(gate[10] == 6);
  CHECK(gate[11] == doctest::Approx(1));
  const std::vector<double>& constant = report.table.rows[3];
  CHECK(constant[2] == 1);
  for (const std::size_t empty : {3, 4, 6, 7, 8, 10, 11}) CHECK(std::isnan(constant[empty]));
  CHECK(report.bits_BM.select(1, 1).equal(letter_values().select(1, 6)));
  CHECK_FALSE(report.bits_BM.select(1, 3).any().item<bool>());
}

TEST_CASE("without neurons all is absent, and what is not finite is refused") {
  const NeuronReport none = neuron_report({}, letter_values(), letters, {}, 3, draw("neurons"));
  for (const auto& [name, score] : none.scores) CHECK_FALSE(score.present);
  CHECK(none.scores.size() == no_neuron_scores("").size());
  at::Tensor acts = letter_values().to(at::kDouble);
  acts[5][2] = std::numeric_limits<double>::quiet_NaN();
  CHECK_THROWS_AS(report_of(acts), Failure);
}
