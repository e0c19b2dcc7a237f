#include "circuits/rewriting/simple_gate.h"

#include <algorithm>
#include <cstdlib>
#include <numeric>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "circuits/functions/truth_table.h"

namespace circuits {
namespace {

SimpleGate literal(Signal signal) {
  return {Op::Buf, {signal}};
}

bool all_different(std::vector<Signal> signals) {
  std::ranges::sort(signals);
  return std::ranges::adjacent_find(signals) == signals.end();
}

// ANDs, ORs and their complements of signals.
SimpleGate conjunction(Op op, const std::vector<Signal>& fanins) {
  const Signal neutral = op == Op::And || op == Op::Nand ? 1 : 0;
  const Signal inverted = op == Op::Nand || op == Op::Nor ? 1 : 0;
  std::vector<Signal> kept, variables;
  for (const Signal fanin : fanins) {
    if (fanin == (neutral ^ 1)) return literal(neutral ^ 1 ^ inverted);
    if (fanin == neutral) continue;
    kept.push_back(fanin);
    variables.push_back(fanin >> 1);
  }
  if (!all_different(variables)) {
    std::unordered_set<Signal> seen;
    std::erase_if(kept, [&](Signal fanin) { return !seen.insert(fanin).second; });
    for (const Signal fanin : kept) {
      if (seen.contains(fanin ^ 1)) return literal(neutral ^ 1 ^ inverted);
    }
  }
  if (kept.empty()) return literal(neutral ^ inverted);
  if (kept.size() == 1) return literal(kept[0] ^ inverted);
  return {op, kept};
}

SimpleGate parity(Op op, const std::vector<Signal>& fanins) {
  Signal odd = op == Op::Xnor ? 1 : 0;
  std::vector<Signal> kept;
  for (const Signal fanin : fanins) {
    odd ^= fanin & 1;
    if (fanin > 1) kept.push_back(fanin & ~Signal{1});
  }
  if (!all_different(kept)) {
    std::unordered_map<Signal, bool> remains;
    for (const Signal fanin : kept) remains[fanin] = !remains[fanin];
    std::erase_if(kept, [&](Signal fanin) { return !std::exchange(remains[fanin], false); });
  }
  if (kept.empty()) return literal(odd);
  if (kept.size() == 1) return literal(kept[0] ^ odd);
  return {odd == 1 ? Op::Xnor : Op::Xor, kept};
}

bool holds(std::uint64_t k, Signal signal, const std::vector<Signal>& variables) {
  if (signal <= 1) return signal == 1;
  const auto place = std::ranges::find(variables, signal & ~Signal{1}) - variables.begin();
  return (k >> place & 1) != (signal & 1);
}

// The table over `variables` (complemented ones are not among them) of a table over `fanins`.
std::uint64_t table_over(const std::vector<Signal>& variables, std::uint64_t table,
                         const std::vector<Signal>& fanins) {
  std::uint64_t bits = 0;
  for (std::uint64_t k = 0; k < std::uint64_t{1} << variables.size(); ++k) {
    std::uint64_t row = 0;
    for (std::size_t i = 0; i < fanins.size(); ++i) {
      row |= std::uint64_t{holds(k, fanins[i], variables)} << i;
    }
    bits |= (table >> row & 1) << k;
  }
  return bits;
}

std::vector<Signal> relevant(const std::vector<Signal>& variables, std::uint64_t table) {
  const int n = static_cast<int>(variables.size());
  const TruthTable function = TruthTable::from_bits(n, table);
  std::vector<Signal> kept;
  for (int i = 0; i < n; ++i) {
    if (function.depends_on(i)) kept.push_back(variables[static_cast<std::size_t>(i)]);
  }
  return kept;
}

// A function that depends on both a and b.
SimpleGate of_two(std::uint64_t table, Signal a, Signal b) {
  if (table == 0b0110) return {Op::Xor, {a, b}};
  if (table == 0b1001) return {Op::Xnor, {a, b}};
  const bool one = (table & (table - 1)) == 0;  // one input gives 1, or else one gives 0
  const std::uint64_t seldom = one ? table : table ^ 0b1111;
  const Signal flip = one ? 1 : 0;
  const Signal on_a = (seldom & 0b0101) != 0 ? 1 : 0;  // a is 0 there
  const Signal on_b = (seldom & 0b0011) != 0 ? 1 : 0;
  return {one ? Op::And : Op::Or, {a ^ on_a ^ (flip ^ 1), b ^ on_b ^ (flip ^ 1)}};
}

SimpleGate of_table(std::uint64_t table, const std::vector<Signal>& fanins) {
  std::vector<Signal> variables;
  for (const Signal fanin : fanins) {
    const Signal plain = fanin & ~Signal{1};
    if (plain != 0 && std::ranges::find(variables, plain) == variables.end()) {
      variables.push_back(plain);
    }
  }
  const std::uint64_t whole = table_over(variables, table, fanins);
  const std::vector<Signal> kept = relevant(variables, whole);
  // What is not relevant may have any value; signal 0 is as good as any.
  std::vector<Signal> rest = variables;
  for (Signal& variable : rest) {
    if (std::ranges::find(kept, variable) == kept.end()) variable = 0;
  }
  const std::uint64_t bits = table_over(kept, whole, rest);
  if (kept.empty()) return literal(bits & 1 ? 1 : 0);
  if (kept.size() == 1) return literal(kept[0] ^ (bits & 1 ? 1 : 0));
  if (kept.size() == 2) return of_two(bits, kept[0], kept[1]);
  return {Gate::lut(bits), kept};
}

// Σ weights · variables ≥ bound, of plain and different variables.
struct Sum {
  std::int64_t bound;
  std::vector<std::int64_t> weights;
  std::vector<Signal> variables;
};

std::int64_t quotient_up(std::int64_t a, std::int64_t b) {
  return a / b + (a % b > 0 ? 1 : 0);
}

// Without zero weights, and without a common divisor of the weights.
void reduce(Sum& sum) {
  std::size_t kept = 0;
  std::int64_t divisor = 0;
  for (std::size_t i = 0; i < sum.weights.size(); ++i) {
    if (sum.weights[i] == 0) continue;
    sum.weights[kept] = sum.weights[i];
    sum.variables[kept++] = sum.variables[i];
    divisor = std::gcd(divisor, sum.weights[i]);
  }
  sum.weights.resize(kept);
  sum.variables.resize(kept);
  if (divisor <= 1) return;
  for (std::int64_t& weight : sum.weights) weight /= divisor;
  sum.bound = quotient_up(sum.bound, divisor);
}

Sum summed(const Gate& gate, const std::vector<Signal>& fanins) {
  Sum sum{
      gate.op == Op::Maj ? static_cast<std::int64_t>(fanins.size() / 2 + 1) : gate.parameters[0],
      {},
      {}};
  std::unordered_map<Signal, std::size_t> place;
  for (std::size_t i = 0; i < fanins.size(); ++i) {
    const std::int64_t weight = gate.parameters.size() > 1 ? gate.parameters[i + 1] : 1;
    const bool complement = (fanins[i] & 1) != 0;
    if (complement) sum.bound -= weight;  // w · (1 − x) = w − w · x
    if (fanins[i] <= 1) continue;
    const auto [found, added] = place.try_emplace(fanins[i] >> 1, sum.weights.size());
    if (added) {
      sum.weights.push_back(0);
      sum.variables.push_back(fanins[i] & ~Signal{1});
    }
    sum.weights[found->second] += complement ? -weight : weight;
  }
  reduce(sum);
  return sum;
}

// A literal that reaches the bound by itself need not weigh more; `bound` is that over literals of
// positive weight.
void saturate(Sum& sum, std::int64_t bound) {
  for (std::int64_t& weight : sum.weights) {
    const std::int64_t most = std::min(std::abs(weight), bound);
    if (weight < 0) sum.bound += -weight - most;
    weight = weight < 0 ? -most : most;
  }
  reduce(sum);
}

std::uint64_t table_of(const Sum& sum) {
  std::uint64_t table = 0;
  for (std::uint64_t k = 0; k < std::uint64_t{1} << sum.weights.size(); ++k) {
    std::int64_t total = 0;
    for (std::size_t i = 0; i < sum.weights.size(); ++i) total += (k >> i & 1) * sum.weights[i];
    table |= std::uint64_t{total >= sum.bound} << k;
  }
  return table;
}

// All weights are 1 or −1: a count of literals.
SimpleGate of_count(const Sum& sum) {
  const auto n = static_cast<std::int64_t>(sum.weights.size());
  std::int64_t bound = sum.bound;
  std::vector<Signal> literals = sum.variables;
  for (std::size_t i = 0; i < literals.size(); ++i) {
    if (sum.weights[i] > 0) continue;
    literals[i] ^= 1;
    ++bound;
  }
  if (bound == 1) return {Op::Or, literals};
  if (bound == n) return {Op::And, literals};
  if (2 * bound == n + 1) return {Op::Maj, literals};
  return {Gate::threshold(bound), literals};
}

SimpleGate of_sum(Sum sum) {
  std::int64_t least = 0, most = 0;
  for (const std::int64_t weight : sum.weights) (weight < 0 ? least : most) += weight;
  if (sum.bound <= least) return literal(1);
  if (sum.bound > most) return literal(0);
  saturate(sum, sum.bound - least);
  if (sum.variables.size() <= Gate::kMostLutInputs) {
    const std::uint64_t table = table_of(sum);
    const std::vector<Signal> kept = relevant(sum.variables, table);
    if (kept.size() <= 2) return of_table(table, sum.variables);
    if (kept.size() < sum.variables.size()) {
      for (std::size_t i = 0; i < sum.variables.size(); ++i) {
        if (std::ranges::find(kept, sum.variables[i]) == kept.end()) sum.weights[i] = 0;
      }
      reduce(sum);
      return of_sum(std::move(sum));
    }
  }
  const bool unit = std::ranges::all_of(sum.weights, [](auto w) { return w == 1 || w == -1; });
  if (unit) return of_count(sum);
  return {Gate::threshold(sum.bound, sum.weights), sum.variables};
}

SimpleGate of_mux(Signal s, Signal a, Signal b) {
  if (s <= 1) return literal(s == 1 ? a : b);
  if ((s & 1) != 0) {
    s ^= 1;
    std::swap(a, b);
  }
  if ((a | 1) == (s | 1)) a = a == s ? 1 : 0;  // where it is looked at, the selector is known
  if ((b | 1) == (s | 1)) b = b == s ? 0 : 1;
  if (a == b) return literal(a);
  if (a == (b ^ 1)) return parity(Op::Xor, {s, b});
  if (a == 0) return conjunction(Op::And, {s ^ 1, b});
  if (a == 1) return conjunction(Op::Or, {s, b});
  if (b == 0) return conjunction(Op::And, {s, a});
  if (b == 1) return conjunction(Op::Or, {s ^ 1, a});
  const Signal inverted = b & 1;
  return {Op::Mux, {s, a ^ inverted, b ^ inverted}, inverted == 1};
}

}  // namespace

SimpleGate simplified(const Gate& gate, const std::vector<Signal>& fanins) {
  switch (gate.op) {
    case Op::Zero:
      return literal(0);
    case Op::One:
      return literal(1);
    case Op::Not:
      return literal(fanins[0] ^ 1);
    case Op::And:
    case Op::Or:
    case Op::Nand:
    case Op::Nor:
      return conjunction(gate.op, fanins);
    case Op::Xor:
    case Op::Xnor:
      return parity(gate.op, fanins);
    case Op::Maj:
    case Op::Threshold:
      return of_sum(summed(gate, fanins));
    case Op::Mux:
      return of_mux(fanins[0], fanins[1], fanins[2]);
    case Op::Lut:
      return of_table(static_cast<std::uint64_t>(gate.parameters[0]), fanins);
    default:  // Buf; an input is no gate
      return literal(fanins[0]);
  }
}

GateKey key_of(const SimpleGate& gate) {
  const Op op = gate.gate.op;
  std::vector<Signal> fanins = gate.fanins;
  GateKey key{{}, gate.inverted};
  const auto put = [&](Op kind) {
    std::ranges::sort(fanins);
    key.numbers.push_back(static_cast<std::int64_t>(kind));
    key.numbers.push_back(static_cast<std::int64_t>(fanins.size()));
    key.numbers.insert(key.numbers.end(), fanins.begin(), fanins.end());
  };
  if (op == Op::And || op == Op::Nand || op == Op::Or || op == Op::Nor) {
    if (op == Op::Or || op == Op::Nor) {
      for (Signal& fanin : fanins) fanin ^= 1;
    }
    key.inverted ^= op == Op::Nand || op == Op::Or;
    put(Op::And);
  } else if (op == Op::Xor || op == Op::Xnor) {
    key.inverted ^= op == Op::Xnor;
    put(Op::Xor);
  } else if (op == Op::Maj || (op == Op::Threshold && gate.gate.parameters.size() == 1)) {
    put(op);
    key.numbers.insert(key.numbers.end(), gate.gate.parameters.begin(), gate.gate.parameters.end());
  } else if (op == Op::Threshold) {
    std::vector<std::pair<Signal, std::int64_t>> terms;
    for (std::size_t i = 0; i < fanins.size(); ++i) {
      terms.emplace_back(fanins[i], gate.gate.parameters[i + 1]);
    }
    std::ranges::sort(terms);
    put(op);
    key.numbers.push_back(gate.gate.parameters[0]);
    for (const auto& [fanin, weight] : terms) key.numbers.push_back(weight);
  } else if (op == Op::Lut) {
    put(op);
    const auto table = static_cast<std::uint64_t>(gate.gate.parameters[0]);
    const std::uint64_t sorted = table_over(fanins, table, gate.fanins);
    const std::uint64_t used = (std::uint64_t{2} << ((1u << fanins.size()) - 1)) - 1;
    key.inverted ^= (sorted & 1) != 0;
    key.numbers.push_back(static_cast<std::int64_t>((sorted & 1) != 0 ? sorted ^ used : sorted));
  } else {
    key.numbers = {static_cast<std::int64_t>(op), fanins[0], fanins[1], fanins[2]};
  }
  return key;
}

}  // namespace circuits
