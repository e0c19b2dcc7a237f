#include "circuits/samplers/function.h"

#include "circuits/evaluation/evaluate.h"
#include "circuits/samplers/frequencies.h"
#include "circuits/samplers/gate_mix.h"
#include "circuits/words.h"

using namespace circuits;

TEST_CASE("tables are uniform, biased, or of a number of ones") {
  const WordSource words = splitmix(40);
  check_uniform(16, 8000, [&] { return sample_table(2, words).hex(); });
  check_uniform(28, 8000, [&] { return sample_table_of_ones(3, 2, words).hex(); });
  check_uniform(28, 8000, [&] { return sample_table_of_ones(3, 6, words).hex(); });
  std::map<std::string, double> biased;
  for (std::uint64_t bits = 0; bits < 16; ++bits) {
    const TruthTable table = TruthTable::from_bits(2, bits);
    double p = 1;
    for (std::uint64_t k = 0; k < 4; ++k) p *= table[k] ? 0.3 : 0.7;
    biased[table.hex()] = p;
  }
  check_frequencies(biased, 8000, [&] { return sample_table(2, words, 0.3).hex(); });
  CHECK(sample_table_of_ones(10, 512, words).ones() == 512);
  CHECK(sample_table(9, splitmix(1)).words()[0] == splitmix(1)());
  CHECK_THROWS_AS(sample_table(25, words), Error);
  CHECK_THROWS_AS(sample_table_of_ones(2, 5, words), Error);
}

TEST_CASE("circuits of lookup tables have their tables") {
  const WordSource words = splitmix(41);
  for (int n = 0; n <= 11; ++n) {
    std::vector<TruthTable> tables;
    for (int i = 0; i < 3; ++i) tables.push_back(sample_table(n, words));
    tables.push_back(TruthTable(n, true));
    tables.push_back(TruthTable(n, false));
    if (n > 0) tables.push_back(TruthTable::input(n, n - 1));
    const Circuit circuit = lookup_circuit(tables);
    CHECK(output_tables(circuit) == tables);
    for (Node v = 0; v < circuit.nodes(); ++v) CHECK(circuit.fanins(v).size() <= 6);
  }
  const Circuit large = lookup_circuit({sample_table(10, words)});
  CHECK(large.nodes() == 10 + 16 + 15);  // no two of 16 random tables are equal
  CHECK(lookup_circuit({TruthTable::input(10, 0)}).nodes() == 10 + 1);  // all is shared
  CHECK_THROWS_AS(lookup_circuit({}), Error);
  CHECK_THROWS_AS(lookup_circuit({TruthTable(2), TruthTable(3)}), Error);
}

TEST_CASE("the family of functions") {
  const WordSource words = splitmix(42);
  check_uniform(16, 4000,
                [&] { return output_tables(sample_function({.inputs = 2}, words))[0].hex(); });
  const Circuit exact =
      sample_function({.inputs = 7, .outputs = 5, .share = 0.25, .exact = true}, words);
  for (const TruthTable& table : output_tables(exact)) CHECK(table.ones() == 32);
  CHECK_THROWS_AS(sample_function({.inputs = 21}, words), Error);
  CHECK_THROWS_AS(sample_function({.outputs = 0}, words), Error);
  CHECK_THROWS_AS(sample_function({.inputs = 20, .outputs = 65}, words), Error);
  CHECK_THROWS_AS(sample_function({.share = 1.5}, words), Error);
}

TEST_CASE("juntas: sets and functions are uniform, acceptance as computed") {
  const WordSource words = splitmix(43);
  double attempts = 0;
  check_uniform(30, 9000, [&] {  // three pairs of inputs, ten functions of both
    const Sampled sampled = sample_junta({.inputs = 3, .k = 2}, words);
    attempts += static_cast<double>(sampled.attempts);
    return output_tables(sampled.circuit)[0].hex();
  });
  // Attempts are geometric with p = 5/8: variance (1 − p) / p².
  CHECK(std::abs(lab::tests::mean_z(attempts / 9000, 9000, 1.6, std::sqrt(0.375) * 1.6)) < 5);
  for (std::size_t k = 1; k <= 8; ++k) {
    const TruthTable table = output_tables(sample_junta({.inputs = 9, .k = k}, words).circuit)[0];
    std::size_t relevant = 0;
    for (int i = 0; i < 9; ++i) relevant += table.depends_on(i);
    CHECK(relevant == k);
  }
  CHECK_THROWS_AS(sample_junta({.inputs = 3, .k = 4}, words), Error);
}

TEST_CASE("kinds of gates have their shares") {
  const WordSource words = splitmix(44);
  const GateMix mix{.or_share = 0.25,
                    .complement_share = 0.5,
                    .maj_share = 0.1,
                    .mux_share = 0.15,
                    .threshold_share = 0.2,
                    .lut_share = 0.05};
  // Half of the rest (0.5) is XOR or XNOR; k is uniform over 2 … 5, MAJ over 3 and 5.
  std::map<std::string, double> shares{{"maj3", 0.05}, {"maj5", 0.05}, {"mux3", 0.15}};
  for (int k = 2; k <= 5; ++k) {
    const std::string text = std::to_string(k);
    for (int bound = 1; bound <= k; ++bound) {
      shares["threshold" + text + ">=" + std::to_string(bound)] = 0.2 / 4 / k;
    }
    shares["lut" + text] = 0.05 / 4;
    for (const char* op : {"xor", "xnor"}) shares[op + text] = 0.25 / 2 / 4;
    for (const char* op : {"or", "nor"}) shares[op + text] = 0.25 * 0.25 / 2 / 4;
    for (const char* op : {"and", "nand"}) shares[op + text] = 0.25 * 0.75 / 2 / 4;
  }
  check_frequencies(shares, 40'000, [&] {
    const auto kind = draw_kind(0.5, mix, 5, words);
    REQUIRE(kind);
    REQUIRE(problem(kind->gate, kind->fanins) == "");
    const Op op = kind->gate.op;
    REQUIRE(kind->negatable == (op != Op::Xor && op != Op::Xnor && op != Op::Lut));
    std::string text = std::string(rule(op).name) + std::to_string(kind->fanins);
    if (op == Op::Threshold) text += ">=" + std::to_string(kind->gate.parameters[0]);
    return text;
  });
  CHECK(!draw_kind(0.5, {.maj_share = 1}, 2, words));
  CHECK(!draw_kind(0.5, {.mux_share = 1}, 2, words));
  CHECK(draw_kind(0.5, {.lut_share = 1}, 9, words)->fanins <= 6);
  CHECK_THROWS_AS(check_mix({.maj_share = 0.6, .lut_share = 0.6}, 3, "x"), Error);
  CHECK_THROWS_AS(check_mix({.mux_share = 0.6}, 2, "x"), Error);
}

TEST_CASE("random LUT gates depend on all fan-ins and are uniform among those") {
  const WordSource words = splitmix(45);
  check_uniform(10, 4000, [&] {
    return std::to_string(draw_kind(0, {.lut_share = 1}, 2, words)->gate.parameters[0]);
  });
  const GateKind six = [&] {
    for (;;) {
      const auto kind = draw_kind(0, {.lut_share = 1}, 6, words);
      if (kind->fanins == 6) return *kind;
    }
  }();
  const TruthTable table =
      TruthTable::from_bits(6, static_cast<std::uint64_t>(six.gate.parameters[0]));
  for (int i = 0; i < 6; ++i) CHECK(table.depends_on(i));
}
