// Evaluation of a circuit over any domain of values (domains.h), by one function.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "circuits/circuit.h"
#include "circuits/error.h"
#include "circuits/evaluation/domains.h"
#include "circuits/functions/truth_table.h"

namespace circuits {

// Σ weight_i · fan-in_i ≥ bound, as a decision diagram over the fan-ins: state `reached` before
// fan-in i leads to reached or reached + weight_i.
template <Domain D, class Fanin>
class ThresholdDiagram {
 public:
  ThresholdDiagram(std::span<const std::int64_t> parameters, const D& domain, std::size_t fanins,
                   const Fanin& fanin)
      : domain_(domain),
        fanin_(fanin),
        bound_(parameters[0]),
        weights_(fanins, 1),
        states_(fanins) {
    if (parameters.size() > 1) weights_.assign(parameters.begin() + 1, parameters.end());
    least_.resize(fanins + 1, 0);
    most_.resize(fanins + 1, 0);
    for (std::size_t i = fanins; i-- > 0;) {
      least_[i] = least_[i + 1] + std::min<std::int64_t>(0, weights_[i]);
      most_[i] = most_[i + 1] + std::max<std::int64_t>(0, weights_[i]);
    }
  }

  typename D::Value value() {
    // States level by level, then values from the last level up: no recursion.
    if (!open(0, 0)) return domain_.constant(least_[0] >= bound_);
    states_[0].emplace(0, domain_.constant(false));
    const std::size_t fanins = weights_.size();
    for (std::size_t i = 0; i + 1 < fanins; ++i) {
      for (const auto& [reached, unused] : states_[i]) {
        for (const std::int64_t next : {reached, reached + weights_[i]}) {
          if (open(i + 1, next)) states_[i + 1].try_emplace(next, domain_.constant(false));
        }
      }
    }
    for (std::size_t i = fanins; i-- > 0;) {
      for (auto& [reached, value] : states_[i]) {
        value = domain_.select(fanin_(i), after(i, reached + weights_[i]), after(i, reached));
      }
    }
    return states_[0].at(0);
  }

 private:
  // Whether the fan-ins from i on still decide.
  bool open(std::size_t i, std::int64_t reached) const {
    return reached + least_[i] < bound_ && reached + most_[i] >= bound_;
  }
  typename D::Value after(std::size_t i, std::int64_t reached) const {
    if (open(i + 1, reached)) return states_[i + 1].at(reached);
    return domain_.constant(reached + least_[i + 1] >= bound_);
  }

  const D& domain_;
  const Fanin& fanin_;
  std::int64_t bound_;
  std::vector<std::int64_t> weights_;
  std::vector<std::int64_t> least_, most_;  // of the sum of fan-ins i, i+1, …
  std::vector<std::map<std::int64_t, typename D::Value>> states_;
};

// A table of up to 6 fan-ins by Shannon's expansion, fan-in 0 innermost.
template <Domain D, class Fanin>
typename D::Value lut_value(std::uint64_t table, const D& domain, std::size_t fanins,
                            const Fanin& fanin) {
  std::vector<typename D::Value> values;
  for (std::size_t k = 0; k < (std::size_t{1} << fanins); ++k) {
    values.push_back(domain.constant(table >> k & 1));
  }
  for (std::size_t i = 0; i < fanins; ++i) {
    for (std::size_t k = 0; k < values.size() / 2; ++k) {
      values[k] = domain.select(fanin(i), values[2 * k + 1], values[2 * k]);
    }
    values.resize(values.size() / 2);
  }
  return values[0];
}

// The value of one constant or gate; fanin(i) is the value of its fan-in number i.
template <Domain D, class Fanin>
typename D::Value apply(Op op, std::span<const std::int64_t> parameters, const D& domain,
                        std::size_t fanins, const Fanin& fanin) {
  if (op == Op::Threshold) {
    return ThresholdDiagram<D, Fanin>(parameters, domain, fanins, fanin).value();
  }
  if (op == Op::Maj) {
    const std::int64_t half = static_cast<std::int64_t>(fanins / 2 + 1);
    return ThresholdDiagram<D, Fanin>({&half, 1}, domain, fanins, fanin).value();
  }
  if (op == Op::Lut) {
    return lut_value(static_cast<std::uint64_t>(parameters[0]), domain, fanins, fanin);
  }
  if (op == Op::Mux) return domain.select(fanin(0), fanin(1), fanin(2));
  if (fanins == 0) return domain.constant(op == Op::One);
  typename D::Value value = fanin(0);
  switch (op) {
    case Op::And:
    case Op::Nand:
      for (std::size_t i = 1; i < fanins; ++i) domain.conjoin(value, fanin(i));
      break;
    case Op::Or:
    case Op::Nor:
      for (std::size_t i = 1; i < fanins; ++i) domain.disjoin(value, fanin(i));
      break;
    case Op::Xor:
    case Op::Xnor:
      for (std::size_t i = 1; i < fanins; ++i) domain.add(value, fanin(i));
      break;
    default:  // Not and Buf have one fan-in
      break;
  }
  if (op == Op::Not || op == Op::Nand || op == Op::Nor || op == Op::Xnor) domain.complement(value);
  return value;
}

// Computes the values of nodes first, first+1, … (inputs keep theirs) from those before; `values`
// is indexed by node. With first = 0 this evaluates the circuit; after values[v] was changed by
// hand, first = v + 1 gives what follows from it.
template <Domain D, class Values>
void evaluate_from(const Circuit& circuit, Node first, const D& domain, Values& values) {
  for (Node v = first; v < circuit.nodes(); ++v) {
    if (circuit.op(v) == Op::Input) continue;
    const std::span<const Node> fanins = circuit.fanins(v);
    const auto value_of = [&](std::size_t i) -> decltype(auto) { return values[fanins[i]]; };
    values[v] = apply(circuit.op(v), circuit.parameters(v), domain, fanins.size(), value_of);
  }
}

// The value of every node; `inputs` has one value an input, else Error.
template <Domain D>
std::vector<typename D::Value> evaluate_nodes(const Circuit& circuit, const D& domain,
                                              std::vector<typename D::Value> inputs) {
  if (inputs.size() != circuit.inputs()) {
    throw Error("the circuit has " + std::to_string(circuit.inputs()) + " inputs and was given " +
                std::to_string(inputs.size()) + " values");
  }
  inputs.resize(circuit.nodes(), domain.constant(false));
  evaluate_from(circuit, 0, domain, inputs);
  return inputs;
}

// The value of every output.
template <Domain D>
std::vector<typename D::Value> evaluate(const Circuit& circuit, const D& domain,
                                        std::vector<typename D::Value> inputs) {
  const auto values = evaluate_nodes(circuit, domain, std::move(inputs));
  std::vector<typename D::Value> outputs;
  for (const Output& output : circuit.outputs()) outputs.push_back(values[output.node]);
  return outputs;
}

// Many inputs, one a bit: `inputs` is row-major [inputs(), words], the result [nodes(), words].
// Compiles the circuit (simulator.h, which also streams). Throws Error when the sizes do not fit.
std::vector<std::uint64_t> evaluate_words(const Circuit& circuit,
                                          std::span<const std::uint64_t> inputs, std::size_t words);

// The truth tables of all nodes (nodes() · 2^n / 8 bytes) and of the outputs (as many each, and a block
// of the simulator). Error beyond 24 inputs.
std::vector<TruthTable> node_tables(const Circuit& circuit);
std::vector<TruthTable> output_tables(const Circuit& circuit);

}  // namespace circuits
