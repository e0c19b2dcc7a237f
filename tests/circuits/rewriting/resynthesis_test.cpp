#include "circuits/rewriting/resynthesis.h"

#include <doctest/doctest.h>

#include "circuits/circuit.h"
#include "circuits/evaluation/evaluate.h"
#include "circuits/words.h"

using namespace circuits;

namespace {

Circuit circuit_of(const TruthTable& table, Style style) {
  Builder b;
  std::vector<Node> inputs;
  for (int i = 0; i < table.inputs(); ++i) inputs.push_back(b.input());
  b.output(add_function(b, table, inputs, style));
  return b.build();
}

TruthTable random_table(int inputs, const WordSource& words) {
  TruthTable table(inputs);
  for (std::uint64_t k = 0; k < table.size(); ++k) table.set(k, below(2, words) == 1);
  return table;
}

std::size_t count(const Circuit& circuit, Op op) {
  std::size_t found = 0;
  for (Node v = 0; v < circuit.nodes(); ++v) found += circuit.op(v) == op;
  return found;
}

}  // namespace

TEST_CASE("every style computes every function of up to 3 inputs, and random ones of up to 9") {
  for (const Style style : kStyles) {
    CAPTURE(name(style));
    for (int n = 0; n <= 3; ++n) {
      for (std::uint64_t bits = 0; bits < std::uint64_t{1} << (1u << n); ++bits) {
        const TruthTable table = TruthTable::from_bits(n, bits);
        REQUIRE(output_tables(circuit_of(table, style))[0] == table);
      }
    }
    const WordSource words = splitmix(8);
    for (int n = 4; n <= 9; ++n) {
      const TruthTable table = random_table(n, words);
      CHECK(output_tables(circuit_of(table, style))[0] == table);
    }
  }
}

TEST_CASE("styles have the shapes that they say") {
  const TruthTable maj = TruthTable::from_hex(3, "e8"), parity = TruthTable::from_hex(3, "96");
  CHECK(count(circuit_of(maj, Style::Dnf), Op::And) == 3);
  CHECK(count(circuit_of(maj, Style::Cnf), Op::Or) == 3);
  CHECK(count(circuit_of(maj, Style::Anf), Op::Xor) == 1);
  CHECK(count(circuit_of(maj, Style::Anf), Op::And) == 3);
  CHECK(count(circuit_of(maj, Style::Decisions), Op::Mux) == 3);
  CHECK(count(circuit_of(parity, Style::Dnf), Op::And) == 4);
  CHECK(count(circuit_of(parity, Style::Decisions), Op::Mux) == 4);  // 1 + 2 + 1, input 0 as it is
  CHECK(circuit_of(parity, Style::Anf).nodes() == 4);
  Builder b;
  CHECK_THROWS_AS(add_function(b, maj, {}, Style::Anf), Error);
}
