// Extraction: compiled networks give their circuits back, known networks what they compute, and what is
// lost shows in the fidelity.
#include "lab/mechanisms/extraction.h"

#include <ATen/ATen.h>
#include <doctest/doctest.h>

#include <numeric>

#include "circuits/statistics.h"
#include "circuits/views.h"
#include "lab/core/config.h"
#include "lab/core/error.h"
#include "mechanisms/gate_subject.h"

using namespace lab;
using namespace lab::test;

namespace {

std::unique_ptr<World> world_of(const std::string& circuit, std::int64_t seed = 1,
                                const std::string& more = "") {
  return make_world(
      read_config<WorldConfig>(parse_json(
          R"({"kind": "boolean", "inputs": "uniform", "circuit": )" + circuit + more + "}",
          "test")),
      seed);
}

std::unique_ptr<Subject> subject_of(const std::string& config, const World& world) {
  return make_subject(read_config<SubjectConfig>(parse_json(config, "test")), world, 1);
}

// One gate of this op over n inputs.
std::unique_ptr<World> gate_world(const std::string& op, std::int64_t n,
                                  const std::string& more = "") {
  std::string names;
  for (std::int64_t i = 0; i < n; ++i) {
    names += (i == 0 ? "\"a" : ", \"a") + std::to_string(i) + "\"";
  }
  return world_of(R"({"kind": "given", "inputs": [)" + names +
                      R"(], "gates": [{"name": "y", "op": ")" + op + R"(", "in": [)" + names +
                      R"(]}], "outputs": [{"name": "y", "node": "y"}]})",
                  1, more);
}

// relu(a + b) and relu(a + b − 1), of which the output takes `first` and `second` times.
std::unique_ptr<Subject> two_neurons(const World& world, float first, float second) {
  auto subject =
      subject_of(R"({"kind": "mlp", "widths": [2], "training": {"loss": "mse"}})", world);
  subject->set_weights({{"layer0.weight", at::ones({2, 2})},
                        {"layer0.bias", at::tensor({0.F, -1.F})},
                        {"output.weight", at::tensor({first, second}).view({1, 2})},
                        {"output.bias", at::zeros({1})}});
  return subject;
}

// Column i holds bit i of the row's number.
std::vector<BitColumn> counting(std::size_t columns) {
  std::vector<BitColumn> result(columns, BitColumn(std::size_t{1} << columns));
  for (std::size_t i = 0; i < columns; ++i) {
    for (std::size_t r = 0; r < result[i].size(); ++r) result[i][r] = r >> i & 1;
  }
  return result;
}

bool equivalent(const Extraction& extraction) {
  return extraction.truth.verdict == circuits::Verdict::Equivalent;
}

}  // namespace

TEST_CASE("extraction: a compiled network gives a circuit equivalent with its own") {
  for (const std::string rotation : {"none", "orthogonal", "random"}) {
    for (std::int64_t seed = 1; seed <= 8; ++seed) {
      CAPTURE(rotation);
      CAPTURE(seed);
      const auto world =
          world_of(R"({"kind": "random", "inputs": 6, "gates": 10, "outputs": 2})", seed);
      const auto subject =
          subject_of(R"({"kind": "compiled", "rotation": ")" + rotation + R"("})", *world);
      const Extraction extraction = extract_circuit(*subject, *world);
      CHECK(equivalent(extraction));
      CHECK(extraction.truth.differing == 0);
      CHECK(extraction.fidelity == 1);
      CHECK(extraction.accuracy == 1);
      for (const ExtractedBit& bit : extraction.bits) CHECK(bit.agreement == 1);
    }
  }
}

TEST_CASE("extraction: the lowest cuts are a second start") {
  // From the preferred cuts alone no single move leads to a circuit that is right.
  const auto world = world_of(R"({"kind": "random", "inputs": 8, "gates": 10, "outputs": 3})", 100);
  CHECK(equivalent(extract_circuit(
      *subject_of(R"({"kind": "compiled", "rotation": "random"})", *world), *world)));
}

TEST_CASE("extraction: two neurons that compute XOR") {
  const auto world = gate_world("xor", 2);
  const Extraction extraction = extract_circuit(*two_neurons(*world, 1, -2), *world);
  CHECK(equivalent(extraction));
  CHECK(circuits::gate_count(extraction.circuit) == 3);  // or, and, their difference
  CHECK(circuits::depth(extraction.circuit) == 2);
  CHECK(extraction.fidelity == 1);
  REQUIRE(extraction.bits.size() == 3);
  CHECK(extraction.bits[0].levels == 3);
  CHECK(extraction.bits[0].threshold == .5);  // above 1.5 it would be AND
  CHECK(extraction.bits[0].base_rate == .75);
  CHECK(extraction.bits[1].levels == 2);
  CHECK(extraction.bits[1].base_rate == .25);
}

TEST_CASE("extraction: a wrong network is extracted as wrong as it is") {
  const auto world = gate_world("xor", 2);
  const auto either = two_neurons(*world, 1, 0);
  const ExtractionReport report = extraction_report(*either, *world);
  CHECK(report.scores.at("extracted_gates").value == 1);
  CHECK(report.scores.at("extracted_size_ratio").value == 1);
  CHECK(report.scores.at("extracted_depth").value == 1);
  CHECK(report.scores.at("extracted_fidelity").value == 1);
  CHECK(report.scores.at("extracted_accuracy").value == .75);
  CHECK(report.scores.at("extracted_equivalent").value == 0);
  CHECK(report.scores.at("extracted_differing").value == 1);
  CHECK(report.table.rows.size() == 3);
  CHECK(report.table.labels ==
        std::vector<std::string>{"layer0.post 0", "layer0.post 1", "output 0"});
  for (const auto& row : report.table.rows) CHECK(row.size() == report.table.columns.size());
}

TEST_CASE("extraction: what two values cannot carry is lost, and said") {
  const auto world = gate_world("xor", 2);
  // One neuron counts, 0, 1, 2, and the output is 1 in the middle: no cut keeps both of its sides.
  const LayerSubject subject(
      {{"count.post", 1, [](const at::Tensor& x) { return x.sum(1, true); }},
       {"output", 1, [](const at::Tensor& h) { return 1 - (h - 1).abs(); }}});
  const Extraction extraction = extract_circuit(subject, *world);
  CHECK(extraction.bits[0].kept == .75);
  CHECK(extraction.bits[0].threshold == .5);
  CHECK(extraction.bits[1].agreement == .75);
  CHECK(extraction.fidelity == .75);
  CHECK_FALSE(equivalent(extraction));
}

TEST_CASE("extraction: one neuron of seven inputs is a threshold gate") {
  const auto world = gate_world("maj", 7);
  auto subject =
      subject_of(R"({"kind": "mlp", "widths": [1], "training": {"loss": "mse"}})", *world);
  subject->set_weights({{"layer0.weight", at::ones({1, 7})},
                        {"layer0.bias", at::tensor({-3.F})},
                        {"output.weight", at::ones({1, 1})},
                        {"output.bias", at::zeros({1})}});
  const Extraction extraction = extract_circuit(*subject, *world);
  CHECK(equivalent(extraction));
  CHECK(extraction.bits[0].form == BitForm::Threshold);
  CHECK(extraction.bits[0].fanins == 7);
  CHECK(extraction.bits[0].levels == 5);
  CHECK(circuits::gate_count(extraction.circuit) == 1);
}

TEST_CASE("extraction: without hidden taps, and with a decision that never changes") {
  const auto world = gate_world("and", 3);
  const LayerSubject gate({{"output", 1, [](const at::Tensor& x) { return x.prod(1, true); }}});
  CHECK(equivalent(extract_circuit(gate, *world)));
  const LayerSubject never(
      {{"dead.post", 2, [](const at::Tensor& x) { return at::zeros({x.size(0), 2}); }},
       {"output", 1, [](const at::Tensor& h) { return h.sum(1, true); }}});
  const Extraction extraction = extract_circuit(never, *world);
  CHECK(circuits::gate_count(extraction.circuit) == 0);
  CHECK(extraction.fidelity == 1);
  CHECK(extraction.accuracy == 7. / 8);
  CHECK(extraction.truth.differing == 1);
}

TEST_CASE("extraction: the encoding of the inputs does not matter") {
  const auto world = gate_world("xor", 2, R"(, "encoding": "plus_minus")");
  CHECK(equivalent(extract_circuit(*subject_of(R"({"kind": "compiled"})", *world), *world)));
}

TEST_CASE("extraction: refused worlds and subjects have a reason") {
  const LayerSubject subject({{"output", 1, [](const at::Tensor& x) { return x.sum(1, true); }}});
  const auto wide = gate_world("and", 17);
  CHECK_THROWS_WITH_AS(extract_circuit(subject, *wide),
                       "extraction: the circuit has 17 inputs; all are listed for at most 16",
                       InputError);
  for (const auto& [name, score] : extraction_report(subject, *wide).scores) {
    CAPTURE(name);
    CHECK_FALSE(score.present);
    CHECK(score.reason.find("17 inputs") != std::string::npos);
  }
  const auto sum = gate_world("and", 3, R"(, "targets": "sum")");
  CHECK_THROWS_AS(extract_circuit(subject, *sum), InputError);
  const auto sparse =
      make_world(read_config<WorldConfig>(parse_json(R"({"kind": "sparse"})", "test")), 1);
  CHECK_THROWS_AS(extract_circuit(subject, *sparse), InputError);
  const LayerSubject broken(
      {{"output", 1, [](const at::Tensor& x) { return x.sum(1, true) / 0; }}});
  CHECK_THROWS_AS(extract_circuit(broken, *gate_world("and", 3)), Failure);
}

TEST_CASE("bit functions: only what matters, and the majority where nothing decides") {
  std::vector<BitColumn> columns = counting(4);
  columns.push_back(columns[1]);  // twice the same
  BitColumn parity(16), biased(16);
  for (std::size_t r = 0; r < 16; ++r) {
    parity[r] = columns[1][r] ^ columns[3][r];
    biased[r] = columns[0][r] | (columns[2][r] & columns[3][r]);
  }
  const BitFunction function = fit_bit(parity, columns);
  CHECK(function.fanins == std::vector<std::int64_t>{1, 3});
  CHECK(function.table == circuits::TruthTable::from_bits(2, 0b0110));
  CHECK(function.agreeing == 16);
  CHECK(values(function, columns, 16) == parity);
  // Without column 3: 1 where column 0 is; where it is not, column 2 leaves it open (2 of 4).
  const BitFunction part = fit_bit(biased, {columns[0], columns[1], columns[2]});
  CHECK(part.fanins == std::vector<std::int64_t>{0});
  CHECK(part.agreeing == 14);
  CHECK(fit_bit(parity, {}).fanins.empty());
  CHECK(fit_bit(parity, {}).agreeing == 8);
  CHECK_THROWS_AS(fit_bit(parity, {BitColumn(3)}), InputError);
  CHECK(explained({parity, biased}, columns) == 32);
  CHECK(explained({parity, biased}, {columns[0], columns[1], columns[2]}) == 8 + 14);
  CHECK(explained({parity, biased}, {}) == 8 + 10);
}

TEST_CASE("bit functions: parity of seven is a sum of 64 products") {
  const std::vector<BitColumn> columns = counting(7);
  BitColumn parity(128, 0);
  for (const BitColumn& column : columns) {
    for (std::size_t r = 0; r < 128; ++r) parity[r] ^= column[r];
  }
  const BitFunction function = fit_bit(parity, columns);
  CHECK(function.fanins.size() == 7);
  CHECK(function.cubes.size() == 64);
  circuits::Builder builder;
  std::vector<circuits::Node> nodes;
  for (std::size_t i = 0; i < 7; ++i) nodes.push_back(builder.input());
  const AddedBit added = add_bit(builder, function, nodes, "parity");
  CHECK(added.form == BitForm::Sum);
  CHECK(circuits::gate_count(builder.build()) == 65);
}
