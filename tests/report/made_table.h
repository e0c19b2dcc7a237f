// A small scored table that several tests look at.
#pragma once

#include <nlohmann/json.hpp>

#include "lab/report/table.h"

// Arms topk (k = 2, 4, 8) and pca (no k), seeds 0 and 1; mcc is best at k = 4, fvu falls with k, and
// pca has no l0.
inline lab::ScoreTable made_table() {
  using namespace lab;
  ScoreTable table{{"arm", "k", "seed"}, {"fvu", "l0", "mcc"}, {}};
  const auto add = [&](const char* arm, nlohmann::json k, double fvu, double mcc) {
    for (const int seed : {0, 1}) {
      const Score l0 = k.is_null() ? Score::absent("codes are dense") : Score::of(k.get<double>());
      table.rows.push_back({{arm, k, seed},
                            std::string(arm) + k.dump() + "-" + std::to_string(seed),
                            Status::done,
                            {},
                            {Score::of(fvu), l0, Score::of(mcc + 0.01 * seed)}});
    }
  };
  add("topk", 2, 0.3, 0.7);
  add("topk", 4, 0.1, 0.9);
  add("topk", 8, 0.05, 0.8);
  add("pca", nullptr, 0.0, 0.2);
  return table;
}
