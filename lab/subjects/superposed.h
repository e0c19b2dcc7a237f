// Networks that compute in superposition by construction: more functions than neurons, nothing trained.
#pragma once

#include <cstdint>
#include <memory>
#include <variant>

#include "lab/core/fields.h"
#include "lab/subjects/side_by_side.h"
#include "lab/subjects/universal_and.h"

namespace lab {

class Subject;
class World;

struct ConstructionConfig {
  static constexpr const char* room = "constructions";
  std::variant<UniversalAnd, ConditionalRotations, OneHotRouting> kind;
  void fields(Fields& f) { f.kind(kind); }
};

// The network of its construction (each says its taps and its formulas): embed, layers, output. All weights
// follow from the world, the construction and the seed, so that none are kept; the loss is the mean squared
// error.
struct Superposed {
  static constexpr const char* name = "superposed";
  static constexpr const char* doc =
      "computation in superposition with weights that are constructed, not trained";
  static constexpr std::int64_t revision = 1;
  ConstructionConfig construction;

  void fields(Fields& f) { f("construction", construction, any(), "how the weights are made"); }
};

// Throws InputError for a world that the construction does not fit.
std::unique_ptr<Subject> make_subject(const Superposed& config, const World& world,
                                      std::int64_t seed);

}  // namespace lab
