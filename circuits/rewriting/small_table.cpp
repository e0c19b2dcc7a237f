#include "circuits/rewriting/small_table.h"

#include <array>
#include <vector>

#include "circuits/evaluation/evaluate.h"

namespace circuits {

std::uint64_t small_table(const Gate& gate, std::span<const std::uint64_t> fanins) {
  return apply(gate.op, gate.parameters, Words{}, fanins.size(),
               [&](std::size_t i) { return Words::Value{fanins[i]}; })[0];
}

bool small_depends(std::uint64_t table, std::size_t i) {
  const std::uint64_t ones = counting_word(static_cast<int>(i), 0);
  return ((table & ones) >> (1u << i)) != (table & ~ones);
}

std::uint64_t small_projection(std::uint64_t table, std::span<const std::size_t> variables) {
  std::uint64_t projected = 0;
  for (std::uint64_t k = 0; k < std::uint64_t{1} << variables.size(); ++k) {
    std::uint64_t at = 0;
    for (std::size_t i = 0; i < variables.size(); ++i) at |= (k >> i & 1) << variables[i];
    projected |= (table >> at & 1) << k;
  }
  return projected;
}

std::optional<Op> symmetric_gate(std::uint64_t table, std::size_t inputs) {
  std::vector<std::uint64_t> variables;
  for (std::size_t i = 0; i < inputs; ++i)
    variables.push_back(counting_word(static_cast<int>(i), 0));
  for (const Op op : {Op::And, Op::Or, Op::Xor, Op::Nand, Op::Nor, Op::Xnor, Op::Maj}) {
    if (!problem(op, inputs).empty()) continue;
    if (((small_table(op, variables) ^ table) & small_mask(inputs)) == 0) return op;
  }
  return std::nullopt;
}

}  // namespace circuits
