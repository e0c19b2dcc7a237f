#include "circuits/samplers/parameters.h"

#include <doctest/doctest.h>

#include <cmath>

using namespace circuits;

namespace {

struct Shape {
  static constexpr const char* family = "shape";
  static constexpr const char* doc = "for this test";
  std::size_t count = 8;
  double weight = 0.25;
  bool yes = false;
  std::string form = "cnf";
  Parameter::Numbers leaps{1, 2};

  Parameters parameters() {
    return {whole("count", count, 1, 20, "how many"), real("weight", weight, -1, 2, "how heavy"),
            flag("yes", yes, "whether"), choice("form", form, {"cnf", "dnf"}, "which"),
            list("leaps", leaps, 1, 9, "all of them")};
  }
};

}  // namespace

TEST_CASE("parameters as text, and back") {
  Shape shape;
  Parameters parameters = shape.parameters();
  const std::vector<std::string> defaults{"8", "0.25", "false", "cnf", "1,2"};
  const std::vector<std::string> others{"20", "-0.5", "true", "dnf", "9,1,3"};
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    CHECK(parameters[i].value() == defaults[i]);
    parameters[i].set(others[i]);
    CHECK(parameters[i].value() == others[i]);
    CHECK(parameters[i].problem() == "");
  }
  CHECK(shape.count == 20);
  CHECK(shape.weight == -0.5);
  CHECK(shape.yes);
  CHECK(shape.form == "dnf");
  CHECK(shape.leaps == Parameter::Numbers{9, 1, 3});
  parameters[4].set("");
  CHECK(shape.leaps.empty());
  CHECK(parameters[0].range() == "a whole number from 1 to 20");
  CHECK(parameters[3].range() == "cnf or dnf");
}

TEST_CASE("text that is no value, and values out of range, are refused") {
  Shape shape;
  Parameters parameters = shape.parameters();
  const std::vector<std::vector<std::string>> wrong{
      {"", "x", "0", "21", "-1", "1.5", "8 ", "99999999999999999999999"},
      {"", "x", "-1.5", "3", "nan", "inf", "0.5x"},
      {"", "1", "True", "yes"},
      {"", "CNF", "cnf,dnf"},
      {"0", "1,,2", "1,10", "a", "1;2", ",1"}};
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    for (const std::string& text : wrong[i]) {
      CAPTURE(text);
      CHECK_THROWS_AS(parameters[i].set(text), Error);
    }
  }
}

TEST_CASE("a shape out of range names its family and parameter") {
  CHECK_NOTHROW(check_shape(Shape{}));
  CHECK_THROWS_WITH(check_shape(Shape{.count = 21}),
                    "shape: count must be a whole number from 1 to 20, not 21");
  CHECK_THROWS_WITH(check_shape(Shape{.form = "x"}), "shape: form must be cnf or dnf, not x");
  CHECK_THROWS_AS(check_shape(Shape{.weight = std::nan("")}), Error);
  CHECK_THROWS_AS(check_shape(Shape{.leaps = {1, 0}}), Error);
}
