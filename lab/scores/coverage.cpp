#include "lab/scores/coverage.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "lab/core/statistics.h"
#include "lab/scores/gates.h"

namespace lab {
namespace {

using std::int64_t;

struct Share {
  Score covered, phi;
};

// Of rows first … first+count−1 of gate_scores' table.
Share share_of(const Table& table, int64_t first, int64_t count) {
  double covered = 0;
  std::vector<double> phi;
  for (int64_t g = first; g < first + count; ++g) {
    const double value = std::fabs(table.rows[g][1]);
    if (std::isnan(value)) continue;
    covered += value >= covered_phi;
    phi.push_back(value);
  }
  if (phi.empty()) {
    const Score none = Score::absent("every gate is constant in half of the samples");
    return {none, none};
  }
  return {Score::of(covered / static_cast<double>(phi.size())), Score::of(mean(phi))};
}

}  // namespace

Coverage coverage(const std::string& name, const at::Tensor& units_BM, const at::Tensor& gates_BG,
                  int64_t draws, const Draw& draw) {
  const int64_t B = gates_BG.size(0), G = gates_BG.size(1);
  std::vector<at::Tensor> columns{gates_BG.to(at::kFloat)};
  for (int64_t i = 1; i <= draws; ++i) {
    const std::vector<int64_t> order = draw.at(static_cast<std::uint64_t>(i)).permutation(B);
    columns.push_back(columns.front().index_select(0, at::tensor(order, at::kLong)));
  }
  const GateReport report = gate_scores(units_BM, at::cat(columns, 1), 0, draw);
  Coverage result;
  result.gates.columns = {"base_rate", "phi", "unit", "f1_excess"};
  const std::vector<std::string> names{"coverage_" + name, "phi_" + name};
  if (report.table.rows.empty()) {
    result.scores = all_absent(names, report.scores.at("gate_phi").reason);
    return result;
  }
  for (int64_t g = 0; g < G; ++g) {
    const std::vector<double>& row = report.table.rows[g];
    result.gates.rows.push_back({row[0], std::fabs(row[1]), row[2], row[3]});
  }
  const Share own = share_of(report.table, 0, G);
  result.scores[names[0]] = own.covered;
  result.scores[names[1]] = own.phi;
  std::vector<double> null;
  for (int64_t i = 1; i <= draws; ++i) {
    const Share shuffled = share_of(report.table, i * G, G);
    if (shuffled.covered.present) null.push_back(shuffled.covered.value);
  }
  if (draws > 0) add_null(result.scores, names[0], own.covered, null);
  return result;
}

Table unit_matrix(const at::Tensor& units_BM, const at::Tensor& gates_BG, const Draw& draw) {
  const int64_t B = gates_BG.size(0), half = B / 2;
  Table matrix{{"gate", "unit", "phi", "f1"}, {}, {}};
  // F1 from its excess: over that of a detector that is always on, on the half that is scored.
  const at::Tensor scored =
      at::tensor(draw.at(0).permutation(B), at::kLong).narrow(0, half, B - half);
  const at::Tensor rates = gates_BG.to(at::kDouble).index_select(0, scored).mean(0);
  for (int64_t m = 0; m < units_BM.size(1); ++m) {
    const Table found = gate_scores(units_BM.narrow(1, m, 1), gates_BG, 0, draw).table;
    for (int64_t g = 0; g < static_cast<int64_t>(found.rows.size()); ++g) {
      const double rate = rates[g].item<double>(), on = 2 * rate / (1 + rate);
      matrix.rows.push_back({static_cast<double>(g), static_cast<double>(m),
                             std::fabs(found.rows[g][1]), on + (1 - on) * found.rows[g][3]});
    }
  }
  std::ranges::stable_sort(matrix.rows, {}, [](const auto& row) { return row[0]; });
  return matrix;
}

}  // namespace lab
