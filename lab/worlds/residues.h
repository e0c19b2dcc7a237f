// The world of modular arithmetic: two residues, and a task on them.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "lab/core/fields.h"

namespace lab {

class World;

struct Residues {
  static constexpr const char* name = "residues";
  static constexpr const char* doc =
      "two residues a and b modulo n, one-hot each, and the residue that a task makes of them";
  static constexpr std::int64_t revision = 1;
  std::int64_t modulus = 31;
  std::string task = "sum";

  void fields(Fields& f) {
    f("modulus", modulus, between(3, 4096), "n: a and b are 0 … n−1");
    f("task", task, one_of({"sum", "first"}),
      "the target, one-hot: a + b modulo n, or a alone (b does not matter)");
  }
};

// Features a0 … a(n−1), b0 … b(n−1), one plain feature each; in every sample one a and one b, uniform
// and independent, are present with value 1. Inputs are the values (N = 2n), targets the n classes.
// Relations: circle and exclusive, both for "a" and for "b". The support is finite: number a·n + b is
// the pair (a, b). Nothing but the samples depends on the seed.
std::unique_ptr<World> make_world(const Residues& config, std::int64_t seed);

}  // namespace lab
