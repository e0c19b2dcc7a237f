// What the groups of scores share: sets of scores, nulls beside them, columns beside columns.
#pragma once

#include <ATen/core/Tensor.h>

#include <map>
#include <span>
#include <string>
#include <vector>

#include "lab/core/record.h"

namespace lab {

using Scores = std::map<std::string, Score>;

// The same tensor as contiguous float64 without gradients; scores are computed in float64. Throws
// Failure "what is not finite" when it holds NaN or infinity.
at::Tensor score_input(const at::Tensor& x, const std::string& what);

// Adds, for a score and its values under a null hypothesis, `name`_null (their mean),
// `name`_null_sd (absent below two) and `name`_p = (1 + h)/(1 + draws), where h null values are at
// least `value` (to 1e-12, so that ties count). `suffix` tells several nulls apart:
// "order_null_labels".
void add_null(Scores& scores, const std::string& name, const Score& value,
              std::span<const double> null_values, const std::string& suffix = "");

// All of `names` absent for one reason.
Scores all_absent(const std::vector<std::string>& names, const std::string& reason);

// Appends the columns of `more`, which has as many rows. Throws std::logic_error when it has not.
void add_columns(Table& table, const Table& more);

}  // namespace lab
