// What is true about an activation space: the features that exist and how they are related.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "circuits/circuit.h"
#include "circuits/functions/truth_table.h"

namespace lab {

// One ground-truth variable. Its value has `width` coordinates (1 for a plain feature, 2 for a point
// on a circle), which are columns first … first+width−1 of values_BC.
struct Feature {
  std::string name;
  std::int64_t first;
  std::int64_t width;
};

// A named structure over features.
struct Relation {
  std::string kind;  // "circle", "tree", "polyhedron" or "exclusive"
  std::string name;  // "days"; unique within a kind
  // circle: in cyclic order. tree: parents before children. polyhedron: in the order of the vertices.
  std::vector<std::int64_t> features;
  std::vector<std::int64_t>
      parent;         // tree: position in `features` of each one's parent, −1 for roots
  std::string shape;  // polyhedron: "tetrahedron", "cube", …
};

struct Truth {
  std::vector<Feature> features;
  std::vector<Relation> relations;
  std::optional<circuits::Circuit> circuit;
  std::vector<std::int64_t> gate_of_feature;  // with a circuit: the node that each feature is

  std::int64_t coordinates() const;  // C, the sum of widths

  // With a circuit: the truth table of every feature's node, in the order of the features, made when
  // they are asked for (2^n / 8 bytes each). Throws InputError without a circuit, or beyond 24 inputs.
  std::vector<circuits::TruthTable> tables() const;
};

}  // namespace lab
