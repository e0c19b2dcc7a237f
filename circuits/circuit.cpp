#include "circuits/circuit.h"

#include <array>
#include <cstdlib>
#include <limits>

namespace circuits {
namespace {

constexpr std::size_t kAny = std::numeric_limits<std::size_t>::max();
constexpr std::array<OpRule, 15> kRules{{
    {"input", 0, 0},
    {"zero", 0, 0},
    {"one", 0, 0},
    {"not", 1, 1},
    {"and", 2, kAny},
    {"or", 2, kAny},
    {"xor", 2, kAny},
    {"nand", 2, kAny},
    {"nor", 2, kAny},
    {"xnor", 2, kAny},
    {"buf", 1, 1},
    {"maj", 3, kAny},
    {"mux", 3, 3},
    {"threshold", 1, kAny},
    {"lut", 1, Gate::kMostLutInputs},
}};

std::string range_of(const OpRule& arity) {
  if (arity.least == arity.most) return std::to_string(arity.least);
  if (arity.most == kAny) return "at least " + std::to_string(arity.least);
  return std::to_string(arity.least) + " to " + std::to_string(arity.most);
}

std::string threshold_problem(const std::vector<std::int64_t>& parameters, std::size_t fanins) {
  if (parameters.empty()) return "has no bound";
  const std::size_t weights = parameters.size() - 1;
  if (weights != 0 && weights != fanins) {
    return "has " + std::to_string(weights) + " weights for " + std::to_string(fanins) + " fan-ins";
  }
  const std::string most = std::to_string(Gate::kLargestSum);
  const auto beyond = [](std::int64_t value) {
    return value < -Gate::kLargestSum || value > Gate::kLargestSum;
  };
  if (beyond(parameters[0])) return "has a bound beyond ±" + most;
  std::int64_t sum = weights == 0 ? static_cast<std::int64_t>(fanins) : 0;
  for (std::size_t i = 1; i < parameters.size() && sum <= Gate::kLargestSum; ++i) {
    sum += beyond(parameters[i]) ? Gate::kLargestSum + 1 : std::abs(parameters[i]);
  }
  return sum > Gate::kLargestSum ? "has weights whose sizes sum to more than " + most : "";
}

std::string lut_problem(const std::vector<std::int64_t>& parameters, std::size_t fanins) {
  if (parameters.size() != 1) return "needs one table";
  const auto table = static_cast<std::uint64_t>(parameters[0]);
  if (fanins < 6 && table >> (1u << fanins) != 0) {
    return "of " + std::to_string(fanins) + " fan-ins has a table of more than " +
           std::to_string(1u << fanins) + " bits";
  }
  return "";
}

}  // namespace

const OpRule& rule(Op op) {
  return kRules[static_cast<std::size_t>(op)];
}

std::optional<Op> op_named(std::string_view name) {
  for (std::size_t i = 0; i < kRules.size(); ++i) {
    if (kRules[i].name == name) return static_cast<Op>(i);
  }
  return std::nullopt;
}

std::string gate_op_names() {
  std::string names;
  for (std::size_t i = 1; i < kRules.size(); ++i) {
    names += (i > 1 ? ", " : "") + std::string(kRules[i].name);
  }
  return names;
}

Gate Gate::threshold(std::int64_t bound, const std::vector<std::int64_t>& weights) {
  Gate gate(Op::Threshold, {bound});
  gate.parameters.insert(gate.parameters.end(), weights.begin(), weights.end());
  return gate;
}

std::string problem(const Gate& gate, std::size_t fanins) {
  const OpRule& arity = rule(gate.op);
  if (fanins < arity.least || fanins > arity.most) {
    return "takes " + range_of(arity) + " fan-ins and was given " + std::to_string(fanins);
  }
  if (gate.op == Op::Maj && fanins % 2 == 0) {
    return "takes an odd number of fan-ins and was given " + std::to_string(fanins);
  }
  if (gate.op == Op::Threshold) return threshold_problem(gate.parameters, fanins);
  if (gate.op == Op::Lut) return lut_problem(gate.parameters, fanins);
  return gate.parameters.empty() ? "" : "has parameters, and takes none";
}

}  // namespace circuits
