// A circuit of any gates whatsoever, for tests: every op, constants, repeated fan-ins and idle gates
// included. Every gate is an output.
#pragma once

#include "circuits/builder.h"
#include "circuits/samplers/random.h"

// Random parameters for `fanins` fan-ins.
inline circuits::Gate any_gate(circuits::Op op, std::size_t fanins,
                               const circuits::WordSource& words) {
  using namespace circuits;
  if (op == Op::Lut) {
    const std::uint64_t bits = words();
    return Gate::lut(fanins == 6 ? bits : bits & ((std::uint64_t{1} << (1u << fanins)) - 1));
  }
  if (op != Op::Threshold) return op;
  const auto number = [&] { return static_cast<std::int64_t>(below(9, words)) - 4; };
  std::vector<std::int64_t> weights;
  if (below(2, words) == 1) {
    while (weights.size() < fanins) weights.push_back(number());
  }
  return Gate::threshold(number(), weights);
}

inline circuits::Circuit any_circuit(std::size_t inputs, std::size_t gates,
                                     const circuits::WordSource& words) {
  using namespace circuits;
  Builder b;
  for (std::size_t i = 0; i < inputs; ++i) b.input();
  while (b.nodes() < inputs + gates) {
    const Op op = static_cast<Op>(1 + below(14, words));
    const std::size_t least = rule(op).least;
    std::size_t count = least;
    if (op == Op::Maj) {
      count = 3 + 2 * below(2, words);
    } else if (rule(op).most > least) {
      count = least + below(op == Op::Lut ? 6 : 3, words);
    }
    if (count > 0 && b.nodes() == 0) continue;
    std::vector<Node> fanins;
    while (fanins.size() < count) fanins.push_back(static_cast<Node>(below(b.nodes(), words)));
    b.output(b.add(any_gate(op, count, words), fanins));
  }
  return b.build();
}
