#include "lab/scores/superposition.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "lab/tensors/tensors.h"

namespace lab {
namespace {

constexpr double kRepresented = 0.5;
// Decimal bounds are not exact in binary: what equals a bound up to rounding lies within.
constexpr double kRounding = 1e-12;

std::int64_t count_near(std::span<const double> values, double centre) {
  return std::count_if(values.begin(), values.end(), [centre](double value) {
    return std::abs(value - centre) <= 0.005 + kRounding;
  });
}

double povm_error(const at::Tensor& w_CD, const at::Tensor& dimensionality_C) {
  const at::Tensor unit_CD = unit_rows(w_CD);
  const at::Tensor sum_DD = unit_CD.t().mm(unit_CD * dimensionality_C.unsqueeze(1));
  const at::Tensor rest_DD = sum_DD - at::eye(w_CD.size(1), w_CD.options());
  return rest_DD.square().sum().sqrt().item<double>() /
         std::sqrt(static_cast<double>(w_CD.size(1)));
}

}  // namespace

Superposition superposition(const at::Tensor& directions_CD) {
  const at::Tensor w_CD = score_input(directions_CD, "a direction");
  // Σ_j (ŵ_i·w_j)² = ŵ_iᵀ S ŵ_i with S = Σ_j w_j w_jᵀ: C×D² steps instead of C²×D, and no C×C matrix.
  const at::Tensor s_DD = w_CD.t().mm(w_CD);
  const at::Tensor unit_CD = unit_rows(w_CD);
  const at::Tensor squares_C = w_CD.square().sum(1);
  const at::Tensor all_C = (unit_CD.mm(s_DD) * unit_CD).sum(1);
  const at::Tensor share_C = at::where(all_C > 0, squares_C / all_C, at::zeros_like(all_C));
  return {to_vector(squares_C.sqrt()), to_vector(share_C.clamp(0, 1)),
          to_vector((all_C - squares_C).clamp_min(0))};
}

SuperpositionReport superposition_scores(const at::Tensor& directions_CD) {
  const at::Tensor w_CD = score_input(directions_CD, "a direction");
  const Superposition found = superposition(directions_CD);
  SuperpositionReport report;
  report.table.columns = {"feature", "norm", "dimensionality", "superposition"};
  double interference = 0;
  std::int64_t represented = 0, present = 0;
  for (std::size_t i = 0; i < found.norm.size(); ++i) {
    report.table.rows.push_back(
        {static_cast<double>(i), found.norm[i], found.dimensionality[i], found.superposition[i]});
    if (found.norm[i] > 0) ++present, interference += found.superposition[i];
    if (found.norm[i] > kRepresented) ++represented;
  }
  const std::vector<double>& d = found.dimensionality;
  report.scores["dimensionality_sum"] = Score::of(std::accumulate(d.begin(), d.end(), 0.0));
  report.scores["povm_error"] = Score::of(povm_error(w_CD, at::tensor(d, at::kDouble)));
  report.scores["features_represented"] = Score::of(static_cast<double>(represented));
  if (present == 0) {
    report.scores.merge(all_absent({"d_star", "superposition_mean"}, "every direction is 0"));
    return report;
  }
  const double energy = w_CD.square().sum().item<double>();
  report.scores["d_star"] = Score::of(static_cast<double>(w_CD.size(1)) / energy);
  report.scores["superposition_mean"] = Score::of(interference / static_cast<double>(present));
  return report;
}

bool line_stands(std::span<const double> dimensionalities, double q) {
  const std::int64_t here = count_near(dimensionalities, q);
  const std::int64_t beside =
      count_near(dimensionalities, q - 0.0125) + count_near(dimensionalities, q + 0.0125);
  return here >= 10 && here >= 2 * beside;
}

std::vector<double> blurred(std::vector<double> values, double half_width, const Draw& draw,
                            std::int64_t sample) {
  Words words = draw.at(static_cast<std::uint64_t>(sample));
  for (double& value : values) value += half_width * (2 * words.uniform() - 1);
  return values;
}

}  // namespace lab
