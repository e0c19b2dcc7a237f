// Small truths to place.
#pragma once

#include <string>
#include <vector>

#include "lab/worlds/truth.h"

namespace lab::test {

// Features "f0", "f1", … with one coordinate each, or as many as `widths` says.
inline Truth features(const std::vector<std::int64_t>& widths) {
  Truth truth;
  std::int64_t first = 0;
  for (std::size_t i = 0; i < widths.size(); ++i) {
    truth.features.push_back({"f", first, widths[i]});
    truth.features.back().name += std::to_string(i);
    first += widths[i];
  }
  return truth;
}
inline Truth plain(std::size_t count) {
  return features(std::vector<std::int64_t>(count, 1));
}

// A relation over features first … first+count−1.
inline Relation over(const std::string& kind, const std::string& name, std::int64_t first,
                     std::int64_t count) {
  Relation relation{kind, name, {}, {}, ""};
  for (std::int64_t f = first; f < first + count; ++f) relation.features.push_back(f);
  return relation;
}

}  // namespace lab::test
