#include "lab/core/fields.h"

namespace lab {

Check Check::items(std::size_t least) const {
  Check check = *this;
  check.min_items = least;
  return check;
}

Check Check::below(double bound) const {
  Check check = *this;
  check.max = bound;
  check.open_max = true;
  return check;
}

Check any() {
  return {};
}
Check at_least(double least) {
  return {.min = least};
}
Check above(double bound) {
  return {.min = bound, .open_min = true};
}
Check between(double least, double greatest) {
  return {.min = least, .max = greatest};
}
Check one_of(std::vector<std::string> words) {
  return {.one_of = std::move(words)};
}
Check required() {
  return {.required = true};
}

}  // namespace lab
