#include "circuits/evaluation/benchmark.h"

#include <hwy/aligned_allocator.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <functional>

#include "circuits/builder.h"
#include "circuits/evaluation/evaluate.h"
#include "circuits/evaluation/kernel.h"
#include "circuits/evaluation/simulator.h"

namespace circuits {
namespace {

double seconds_of(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// Calls a second, the best of five repeats of about `seconds` each.
double best_rate(double seconds, const std::function<void()>& call) {
  const double once = std::max(seconds_of(call), 1e-7);
  const int calls = std::max(1, static_cast<int>(seconds / once));
  double best = 0;
  for (int repeat = 0; repeat < 5; ++repeat) {
    best = std::max(best, calls / seconds_of([&] {
                            for (int i = 0; i < calls; ++i) call();
                          }));
  }
  return best;
}

WordSource some_words() {
  return [k = std::size_t{0}]() mutable {
    std::uint64_t word = 0;
    uniform_inputs(0)(0, k++, {&word, 1});
    return word;
  };
}

double ands_of(const Circuit& circuit) {
  double count = 0;
  for (Node v = 0; v < circuit.nodes(); ++v) count += circuit.op(v) == Op::And ? 1 : 0;
  return count;
}

// `values` holds the inputs' values; each value stands for `vectors` input vectors.
template <Domain D>
BenchRow row(const std::string& name, const Circuit& circuit, const D& domain,
             std::vector<typename D::Value> values, double vectors, double seconds) {
  values.resize(circuit.nodes(), domain.constant(false));
  const double rate =
      best_rate(seconds, [&] { evaluate_from(circuit, static_cast<Node>(0), domain, values); });
  const std::size_t third = std::max<std::size_t>(1, values.size() / 3);
  values.resize(3 * third, domain.constant(true));
  const double bound = best_rate(seconds, [&] {
    for (std::size_t i = 0; i < third; ++i) {
      typename D::Value value = values[i];
      domain.conjoin(value, values[third + i]);
      values[2 * third + i] = std::move(value);
    }
  });
  const double ands = ands_of(circuit);
  return {name, static_cast<std::size_t>(ands), rate * ands * vectors,
          bound * static_cast<double>(third) * vectors};
}

// Ands of consecutive lines in an array of this many bytes, in results times bits a second.
double line_bound(std::size_t bytes, double seconds) {
  const std::size_t third = std::max<std::size_t>(1, bytes / kLineBytes / 3);
  const std::size_t words = 3 * third * kLineWords;
  const auto array = hwy::AllocateAligned<std::uint64_t>(words);
  if (!array) throw Error("no memory for an array of " + std::to_string(bytes) + " bytes");
  std::fill_n(array.get(), words, 1);
  std::uint64_t* a = array.get();
  const double rate = best_rate(
      seconds, [&] { and_lines(a, a + third * kLineWords, a + 2 * third * kLineWords, third); });
  return rate * static_cast<double>(third) * 8 * kLineBytes;
}

}  // namespace

Circuit random_aig(std::size_t inputs, std::size_t ands, const WordSource& words) {
  if (inputs < 2) throw Error("a random and-inverter graph has at least two inputs");
  Builder builder;
  std::vector<Node> variables, complements(inputs + ands, 0);
  std::vector<bool> read(inputs + ands, false);
  for (std::size_t i = 0; i < inputs; ++i) variables.push_back(builder.input());
  const auto literal = [&](std::uint64_t v) {
    read[v] = true;
    if (below(2, words) == 0) return variables[v];
    if (complements[v] == 0) complements[v] = builder.add(Op::Not, {variables[v]});
    return complements[v];
  };
  while (variables.size() < inputs + ands) {
    const std::uint64_t a = below(variables.size(), words), b = below(variables.size() - 1, words);
    const Node left = literal(a), right = literal(b < a ? b : b + 1);
    variables.push_back(builder.add(Op::And, {left, right}));
  }
  for (std::size_t v = inputs; v < variables.size(); ++v) {
    if (!read[v]) builder.output(variables[v]);
  }
  return builder.build();
}

BenchRow bench_simulator(const Circuit& circuit, bool every_node, double seconds) {
  const Simulator simulator =
      every_node ? Simulator(circuit, all_nodes(circuit)) : Simulator(circuit);
  const double ands = ands_of(circuit);
  // About 2^30 evaluations, and a few blocks at least.
  const std::size_t words = std::max<std::size_t>(
      4 * simulator.block_words(), static_cast<std::size_t>(std::ldexp(1, 24) / (1 + ands)));
  const double rate = best_rate(seconds, [&] {
    simulator.stream(uniform_inputs(0), words, [](const Simulator::Block&) { return true; });
  });
  return {every_node ? "SIMD blocks, every node" : "SIMD blocks", static_cast<std::size_t>(ands),
          rate * ands * 64 * static_cast<double>(words),
          line_bound(simulator.table_bytes(), seconds)};
}

std::vector<BenchRow> bench_circuits(double seconds) {
  std::vector<BenchRow> rows;
  for (const std::size_t gates : {100, 10'000, 1'000'000}) {
    const Circuit circuit = random_aig(std::min<std::size_t>(64, gates / 10), gates, some_words());
    const std::size_t n = circuit.inputs();
    rows.push_back(row("bool", circuit, Bools{}, std::vector<bool>(n, true), 1, seconds));
    std::vector<Words::Value> words;
    const WordSource random = some_words();
    while (words.size() < n) words.push_back({random()});
    rows.push_back(row("words", circuit, Words{}, std::move(words), 64, seconds));
    rows.push_back(bench_simulator(circuit, false, seconds));
    rows.push_back(bench_simulator(circuit, true, seconds));
    rows.push_back(row("reals", circuit, Reals{}, std::vector<double>(n, 0.3), 1, seconds));
    rows.push_back(row("three values", circuit, TernaryLogic{},
                       std::vector<Ternary>(n, Ternary::Unknown), 1, seconds));
    constexpr int kInputs = 10;
    const Circuit narrow = random_aig(kInputs, gates, some_words());
    std::vector<TruthTable> tables;
    for (int i = 0; i < kInputs; ++i) tables.push_back(TruthTable::input(kInputs, i));
    rows.push_back(
        row("truth tables", narrow, TruthTables{kInputs}, std::move(tables), 1024, seconds));
  }
  return rows;
}

}  // namespace circuits
