#include "circuits/samplers/families.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "circuits/samplers/arithmetic.h"
#include "circuits/samplers/cnf.h"
#include "circuits/samplers/copies.h"
#include "circuits/samplers/dag.h"
#include "circuits/samplers/formula.h"
#include "circuits/samplers/function.h"
#include "circuits/samplers/layered.h"
#include "circuits/samplers/multitask.h"
#include "circuits/samplers/pairs.h"
#include "circuits/samplers/parity.h"
#include "circuits/samplers/selection.h"
#include "circuits/samplers/staircases.h"
#include "circuits/samplers/threshold.h"
#include "circuits/samplers/topology.h"

namespace circuits {
namespace {

constexpr const char* kOf = "of";
constexpr const char* kOfPrefix = "of.";
constexpr const char* kOfDefault = "dag";

struct Entry {
  Family family;
  std::function<Sampled(const FamilyParameters&, const WordSource&)> sample;
};

template <class Shape>
Family described() {
  Family family{Shape::family, Shape::doc, {}};
  Shape shape;
  for (const Parameter& parameter : shape.parameters()) {
    family.parameters.push_back(
        {parameter.name, parameter.value(), parameter.range(), parameter.doc});
  }
  return family;
}

template <class Shape>
Shape shape_of(const FamilyParameters& given) {
  Shape shape;
  const Parameters parameters = shape.parameters();
  for (const auto& [name, text] : given) {
    const auto found = std::ranges::find(parameters, name, &Parameter::name);
    if (found == parameters.end()) {
      std::string known;
      for (const Parameter& parameter : parameters) {
        known += (known.empty() ? "" : ", ") + parameter.name;
      }
      throw Error(std::string(Shape::family) + " has no parameter \"" + name + "\", only " + known);
    }
    try {
      Parameter(*found).set(text);
    } catch (const Error& error) {
      throw Error(std::string(Shape::family) + ": " + error.what());
    }
  }
  return shape;
}

template <class Shape>
Entry entry(Sampled (*sample)(const Shape&, const WordSource&)) {
  return {described<Shape>(), [sample](const FamilyParameters& given, const WordSource& words) {
            return sample(shape_of<Shape>(given), words);
          }};
}

template <class Shape>
Entry entry(Circuit (*sample)(const Shape&, const WordSource&)) {
  return {described<Shape>(), [sample](const FamilyParameters& given, const WordSource& words) {
            return Sampled{sample(shape_of<Shape>(given), words), 1};
          }};
}

template <class Shape>
Entry entry(Circuit (*make)(const Shape&)) {
  return {described<Shape>(), [make](const FamilyParameters& given, const WordSource&) {
            return Sampled{make(shape_of<Shape>(given)), 1};
          }};
}

Sampled sample_copies_of(const FamilyParameters& given, const WordSource& words) {
  std::string of = kOfDefault;
  FamilyParameters own, inner;
  for (const auto& [name, text] : given) {
    if (name == kOf) {
      of = text;
    } else if (name.starts_with(kOfPrefix)) {
      inner[name.substr(std::string_view(kOfPrefix).size())] = text;
    } else {
      own[name] = text;
    }
  }
  if (of == CopiesShape::family) throw Error("copies: of must be another family");
  const Sampler sampler = [&](const WordSource& source) {
    return sample_family(of, inner, source);
  };
  return sample_copies(shape_of<CopiesShape>(own), sampler, words);
}

Entry copies_entry() {
  Family family = described<CopiesShape>();
  family.parameters.push_back({kOf, kOfDefault, "the name of another family",
                               "family of the circuits; its parameters have the prefix of."});
  return {std::move(family), sample_copies_of};
}

const std::vector<Entry>& entries() {
  static const std::vector<Entry> all{entry(sample_dag),
                                      entry(sample_layered),
                                      entry(sample_topology),
                                      entry(sample_function),
                                      entry(sample_junta),
                                      entry(sample_parity),
                                      entry(sample_staircase),
                                      entry(sample_multitask),
                                      entry(sample_read_once),
                                      entry(sample_decision_tree),
                                      entry(sample_cnf),
                                      entry(threshold),
                                      entry(sample_weighted_threshold),
                                      entry(majority),
                                      entry(sample_majority_tree),
                                      entry(multiplexer),
                                      entry(tribes),
                                      entry(inner_product),
                                      entry(adder),
                                      entry(multiplier),
                                      entry(comparator),
                                      entry(modular_adder),
                                      entry(popcount),
                                      entry(sample_pairs),
                                      copies_entry()};
  return all;
}

}  // namespace

const std::vector<Family>& families() {
  static const std::vector<Family> all = [] {
    std::vector<Family> list;
    for (const Entry& entry : entries()) list.push_back(entry.family);
    return list;
  }();
  return all;
}

Sampled sample_family(const std::string& name, const FamilyParameters& parameters,
                      const WordSource& words) {
  std::string known;
  for (const Entry& entry : entries()) {
    if (entry.family.name == name) return entry.sample(parameters, words);
    known += (known.empty() ? "" : ", ") + entry.family.name;
  }
  throw Error("there is no family \"" + name + "\", only " + known);
}

}  // namespace circuits
