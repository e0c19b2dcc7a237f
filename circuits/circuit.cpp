#include "circuits/circuit.h"

#include <array>
#include <limits>

namespace circuits {
namespace {

constexpr std::size_t kAny = std::numeric_limits<std::size_t>::max();
constexpr std::array<OpRule, 7> kRules{{
    {"input", 0, 0},
    {"zero", 0, 0},
    {"one", 0, 0},
    {"not", 1, 1},
    {"and", 2, kAny},
    {"or", 2, kAny},
    {"xor", 2, kAny},
}};

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

}  // namespace circuits
