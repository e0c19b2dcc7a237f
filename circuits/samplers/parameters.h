// The parameters of a family of circuits: every shape lists its own once, with name, range and
// meaning, and from this list come the checks, the registry (families.h) and its help.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "circuits/error.h"

namespace circuits {

// One parameter. `place` is where its value is: a member of the shape that listed it, whose lifetime
// is that of the shape. The value a shape is made with is the default.
struct Parameter {
  using Numbers = std::vector<std::size_t>;
  std::string name;
  std::variant<std::size_t*, double*, bool*, std::string*, Numbers*> place;
  double least = 0, most = 0;        // of a number, and of every number of a list
  std::vector<std::string> choices;  // of a text
  std::string doc;

  std::string value() const;  // "8", "0.25", "true", "cnf", "1,1,2"
  std::string range() const;  // "1 to 20", "true or false", "cnf or dnf", "numbers of 1 to 20"
  // Reads a value as value() writes it. Throws Error for text that is none, or out of range.
  void set(std::string_view text);
  // The empty text, or why the value is out of range.
  std::string problem() const;
};
using Parameters = std::vector<Parameter>;

// Ends are included. A whole number is below 2^53.
Parameter whole(std::string name, std::size_t& place, std::size_t least, std::size_t most,
                std::string doc);
Parameter real(std::string name, double& place, double least, double most, std::string doc);
Parameter share(std::string name, double& place, std::string doc);  // 0 to 1
Parameter flag(std::string name, bool& place, std::string doc);
Parameter choice(std::string name, std::string& place, std::vector<std::string> choices,
                 std::string doc);
Parameter list(std::string name, Parameter::Numbers& place, std::size_t least, std::size_t most,
               std::string doc);

// Throws Error "<family>: <name> must be <range>" for the first parameter out of range.
void check_ranges(const std::string& family, const Parameters& parameters);

// Throws Error "<family>: <what>" unless it holds.
void require(bool holds, const std::string& family, const std::string& what);

// A shape is a plain struct with the members
//   static constexpr const char* family    its name
//   static constexpr const char* doc       what circuits these are, in a line
//   Parameters parameters()                its parameters, in the order of its members
// Throws Error when a parameter is out of range.
template <class Shape>
void check_shape(Shape shape) {
  check_ranges(Shape::family, shape.parameters());
}

}  // namespace circuits
