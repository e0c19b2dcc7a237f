#include "lab/report/found.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "lab/core/config.h"
#include "lab/report/circuit.h"
#include "report/made_circuit.h"

using namespace lab;

namespace {

FoundGate gate_with(double neuron, double direction, double latent) {
  FoundGate gate;
  const std::array<double, 3> phi{neuron, direction, latent};
  for (std::size_t i = 0; i < 3; ++i) {
    if (std::isfinite(phi[i])) gate.by[i] = Finding{phi[i], {}, {}};
  }
  return gate;
}

std::string path_of_error(const Record& run, const MatrixChoice& choice) {
  try {
    matrix_of(run, {"layer0.pre", "layer0.post"}, choice);
  } catch (const ConfigError& error) {
    return error.path;
  }
  return "";
}

std::vector<std::size_t> numbers(const Matrix& matrix) {
  std::vector<std::size_t> result;
  for (const MatrixUnit& unit : matrix.units) result.push_back(unit.unit);
  return result;
}

}  // namespace

TEST_CASE("a gate is found by the way of the largest phi, or not at all") {
  CHECK(gate_with(0.95, 1, 0.5).found(0.9) == Way::direction);
  CHECK(gate_with(0.95, 0.9, 0.99).found(0.9) == Way::latent);
  CHECK(gate_with(0.95, NAN, NAN).found(0.9) == Way::neuron);
  CHECK(gate_with(0.89, 0.899, 0.1).found(0.9).has_value() == false);
  CHECK(gate_with(0.9, 0.1, 0.1).found(0.9) == Way::neuron);  // the threshold itself is enough
  CHECK(gate_with(NAN, NAN, NAN).found(0).has_value() == false);
  CHECK(gate_with(NAN, NAN, NAN).tried() == false);
}

TEST_CASE("of ways that are as good, the one that says most is taken, above the threshold only") {
  CHECK(gate_with(0.995, 1, 1).found(0.9) == Way::neuron);
  CHECK(gate_with(0.98, 1, 0.995).found(0.9) == Way::latent);
  CHECK(gate_with(0.98, 1, 0.98).found(0.9) == Way::direction);
  CHECK(gate_with(0.895, 0.902, 0.5).found(0.9) == Way::direction);
}

TEST_CASE(
    "the table of gates is read by the names of its columns; empty cells are ways not tried") {
  const std::vector<FoundGate> gates = found_gates(made_run());
  REQUIRE(gates.size() == 3);
  CHECK(gates[0].name == "and");
  CHECK(gates[0].node == 2);
  CHECK(gates[0].way(Way::neuron)->unit == 3);
  CHECK(gates[0].way(Way::neuron)->tap == 1);
  CHECK(gates[0].way(Way::direction)->unit.has_value() == false);
  CHECK(gates[2].way(Way::latent).has_value() == false);
  CHECK(found_gates(Record{}).empty());
  CHECK(says_where(made_run()));

  Record recover;  // knows latents alone, by other names
  recover.tables["gates"] = {{"phi", "phi_latent"}, {{0.93, 7}, {NAN, NAN}}, {}};
  const std::vector<FoundGate> latents = found_gates(recover);
  CHECK(latents[0].found(0.9) == Way::latent);
  CHECK(latents[0].way(Way::latent)->unit == 7);
  CHECK(latents[1].tried() == false);
  CHECK(says_where(recover) == false);
}

TEST_CASE("places are named after taps, units and ways") {
  const std::vector<std::string> taps{"embed", "layer0.post"};
  CHECK(place_text(Way::neuron, {1, 12, 1}, taps) == "layer0.post 12");
  CHECK(place_text(Way::neuron, {1, 12, 4}, taps) == "tap 4 12");
  CHECK(place_text(Way::neuron, {1, 12, {}}, taps) == "neuron 12");
  CHECK(place_text(Way::direction, {1, {}, 0}, taps) == "embed");
  CHECK(place_text(Way::latent, {1, 5, {}}, taps) == "latent 5");
  CHECK(place_text(Way::latent, {1, 5, 1}, taps) == "layer0.post latent 5");
}

TEST_CASE("the matrix of found gates is a diagonal, whatever the numbers of their units") {
  const Record run = made_run();
  const Matrix matrix = matrix_of(run, {}, {});
  CHECK(matrix.gates == std::vector<std::string>{"and", "xor", "deep"});
  CHECK(numbers(matrix) == std::vector<std::size_t>{3, 1, 0, 2});
  CHECK(matrix.all_units == 4);
  for (std::size_t gate = 0; gate < 3; ++gate) {
    CHECK(matrix.units[gate].matched);
    CHECK(matrix.values[gate][gate] ==
          *std::max_element(matrix.values[gate].begin(), matrix.values[gate].end()));
  }
  CHECK(matrix.units[3].matched == false);

  Record turned = run;  // rows in another order say the same
  std::reverse(turned.tables["matrix"].rows.begin(), turned.tables["matrix"].rows.end());
  CHECK(numbers(matrix_of(turned, {}, {})) == numbers(matrix));

  MatrixChoice f1;
  f1.measure = "f1";
  CHECK(matrix_of(run, {}, f1).values[0][0] == doctest::Approx(0.996 / 2));
}

TEST_CASE("of too many units the best stay; pairs that are not in the table are empty") {
  Record run = made_run();
  MatrixChoice two;
  two.most = 2;
  const Matrix matrix = matrix_of(run, {}, two);
  CHECK(numbers(matrix) == std::vector<std::size_t>{3, 1});
  CHECK(matrix.all_units == 4);

  run.tables["matrix"].rows = {{2, 0, 0, 9, 0.5, 0.5}, {0, 0, 1, 9, 0.9, 0.5}};
  const Matrix sparse = matrix_of(run, {}, {});
  CHECK(sparse.several_taps);
  REQUIRE(sparse.units.size() == 2);
  CHECK(sparse.values[0][0] == 0.9);
  CHECK(std::isnan(sparse.values[0][1]));
  CHECK(std::isnan(sparse.values[1][0]));
}

TEST_CASE("what is wrong with a matrix is said with its place") {
  CHECK(path_of_error(Record{}, {}) == "where");
  CHECK(path_of_error(made_run(), {"phi", "latent", "", 48}) == "units");
  CHECK(path_of_error(made_run(), {"phi", "neuron", "layer0.pre", 48}) == "units");
  CHECK(path_of_error(made_run(), {"phi", "neuron", "layer0.pots", 48}) == "tap");
  CHECK(path_of_error(made_run(), {"psi", "neuron", "", 48}) == "measure");
  CHECK(has_units(made_run(), "neuron"));
  CHECK(has_units(made_run(), "latent") == false);
}

TEST_CASE("the text of a circuit has a line a gate, with the place of each finding") {
  const CircuitView circuit = circuit_of(made_picture());
  const std::string text = circuit_text(circuit, made_run(), 0.9);
  CHECK(
      text ==
      "circuit: 2 inputs, 3 gates; |φ| of the best unit of each kind, and where it is\n"
      "  level  gate  computes              output  found by   neuron              direction      "
      "   latent\n"
      "  1      and   and(x0, x1)                   neuron     1.00 layer0.post 3  1.00 "
      "layer0.post  0.70 latent 5\n"
      "  1      xor   xor(x0, x1)                   direction  0.60 layer0.pre 1   0.97 "
      "layer0.pre   0.50 latent 2\n"
      "  2      deep  or(and, xor, not x1)  yes     not found  0.40 layer0.post 0  0.80 "
      "layer0.post\n"
      "  of 3 gates 1 were found by a neuron, 1 by a direction, 0 by a latent, 1 not (|φ| below "
      "0.90)\n");
  CHECK(circuit_text(circuit, made_run(), 0.75).find(", 0 not (") != std::string::npos);
  CHECK(circuit_text(circuit, Record{}, 0.9).find("found by") == std::string::npos);
  CHECK(matrix_text(made_run(), circuit.taps) ==
        "|φ| of gates and neurons, in hundredths: all 4 of layer0.post\n"
        "  gate    3   1   0   2\n"
        "  and   100  11  10  12\n"
        "  xor    13  70  10  12\n"
        "  deep   13  11  40  12\n");
  CHECK(matrix_text(Record{}, circuit.taps).empty());
}

TEST_CASE("texts are shortened by whole characters") {
  CHECK(shortened("abc", 3) == "abc");
  CHECK(shortened("äöüß", 3) == "äö…");
}
