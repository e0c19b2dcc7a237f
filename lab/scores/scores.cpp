#include "lab/scores/scores.h"

#include <ATen/ATen.h>

#include <stdexcept>

#include "lab/core/statistics.h"
#include "lab/tensors/tensors.h"

namespace lab {

at::Tensor score_input(const at::Tensor& x, const std::string& what) {
  const at::Tensor result = x.detach().to(at::kCPU, at::kDouble).contiguous();
  require_finite(result, what);
  return result;
}

void add_null(Scores& scores, const std::string& name, const Score& value,
              std::span<const double> null_values, const std::string& suffix) {
  const std::string end = suffix.empty() ? "" : "_" + suffix;
  Score& center = scores[name + "_null" + end];
  Score& spread = scores[name + "_null_sd" + end];
  Score& p = scores[name + "_p" + end];
  if (null_values.empty()) {
    center = spread = p = Score::absent("no null was drawn");
    return;
  }
  center = Score::of(mean(null_values));
  spread = null_values.size() < 2 ? Score::absent("one null was drawn")
                                  : Score::of(standard_deviation(null_values));
  if (!value.present) {
    p = Score::absent(value.reason);
    return;
  }
  double hits = 0;
  for (const double x : null_values) hits += x >= value.value - 1e-12;
  p = Score::of((1 + hits) / (1 + static_cast<double>(null_values.size())));
}

Scores all_absent(const std::vector<std::string>& names, const std::string& reason) {
  Scores scores;
  for (const std::string& name : names) scores[name] = Score::absent(reason);
  return scores;
}

void add_columns(Table& table, const Table& more) {
  if (table.rows.size() != more.rows.size())
    throw std::logic_error("add_columns: tables of different lengths");
  table.columns.insert(table.columns.end(), more.columns.begin(), more.columns.end());
  for (std::size_t r = 0; r < table.rows.size(); ++r)
    table.rows[r].insert(table.rows[r].end(), more.rows[r].begin(), more.rows[r].end());
}

}  // namespace lab
