#include "lab/geometry/positions.h"

#include <ATen/ATen.h>

#include <cmath>
#include <limits>

#include "lab/core/error.h"
#include "lab/geometry/circle.h"
#include "lab/tensors/tensors.h"

namespace lab {

using std::int64_t;

std::vector<Position> circle_positions(const at::Tensor& codes_BM, const at::Tensor& values_B2,
                                       const at::Tensor& present_B) {
  if (values_B2.dim() != 2 || values_B2.size(1) != 2 || values_B2.size(0) != codes_BM.size(0) ||
      present_B.numel() != codes_BM.size(0))
    throw InputError("circle_positions: needs two coordinates and a presence for every sample");
  const at::Tensor on = present_B.detach().to(at::kBool).reshape({-1, 1});
  const at::Tensor codes =
      score_input(codes_BM, "the codes").clamp_min(0).masked_fill(at::logical_not(on), 0.0);
  const at::Tensor values = score_input(values_B2, "the values");
  const at::Tensor norm = values.norm(2, 1, true);
  const at::Tensor unit = values / norm.masked_fill(norm == 0, 1.0);
  const std::vector<double> sums = to_vector(codes.t().matmul(unit)),
                            mass = to_vector(codes.sum(0)), count = to_vector((codes > 0).sum(0));
  std::vector<Position> positions(mass.size());
  for (std::size_t m = 0; m < mass.size(); ++m) {
    if (mass[m] <= 0) continue;
    positions[m] = {std::atan2(sums[2 * m + 1], sums[2 * m]),
                    std::hypot(sums[2 * m], sums[2 * m + 1]) / mass[m],
                    static_cast<int64_t>(count[m])};
  }
  return positions;
}

Scores position_scores(const std::vector<Position>& positions, const at::Tensor& atoms_MD) {
  constexpr double least_concentration = .5;
  constexpr int64_t least_firings = 30;
  std::vector<int64_t> latents;
  std::vector<double> angles;
  for (std::size_t m = 0; m < positions.size(); ++m) {
    if (positions[m].concentration < least_concentration || positions[m].firings < least_firings)
      continue;
    latents.push_back(static_cast<int64_t>(m));
    angles.push_back(positions[m].angle);
  }
  const auto result = [&](const Score& triples, const Score& spearman) {
    return Scores{{"tiles", Score::of(static_cast<double>(latents.size()))},
                  {"position_triples", triples},
                  {"position_spearman", spearman}};
  };
  if (latents.size() < 4) {
    const Score few = Score::absent("fewer than four latents have a place on the circle");
    return result(few, few);
  }
  const CircleView view =
      circle_view(atoms_MD.detach().to(at::kCPU).index_select(0, at::tensor(latents, at::kLong)));
  if (view.angles.empty()) {
    const Score none = Score::absent(view.reason);
    return result(none, none);
  }
  return result(Score::of(triple_agreement(angles, view.angles)),
                Score::of(geodesic_correlation(angles, view.angles)));
}

Table position_table(const std::vector<Position>& positions) {
  constexpr double nothing = std::numeric_limits<double>::quiet_NaN();
  Table table{{"position", "concentration"}, {}};
  for (const Position& p : positions) {
    if (p.firings == 0)
      table.rows.push_back({nothing, nothing});
    else
      table.rows.push_back({p.angle, p.concentration});
  }
  return table;
}

}  // namespace lab
