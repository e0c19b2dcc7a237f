#include "circuits/samplers/families.h"

#include <algorithm>
#include <functional>
#include <utility>

namespace circuits {
namespace {

constexpr const char* kOf = "of";
constexpr const char* kOfPrefix = "of.";
constexpr const char* kOfDefault = DagShape::family;

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

template <class Of>
Entry entry() {
  using Shape = typename Of::Shape;
  return {described<Shape>(), [](const FamilyParameters& given, const WordSource& words) {
            return Of::sample(shape_of<Shape>(given), words);
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

template <class... Of>
std::vector<Entry> entries_of(FamilyList<Of...>) {
  return {entry<Of>()..., copies_entry()};
}

const std::vector<Entry>& entries() {
  static const std::vector<Entry> all = entries_of(BasicFamilies{});
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
