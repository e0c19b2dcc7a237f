#include "lab/scores/receptive_fields.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>

#include "lab/core/error.h"

namespace lab {
namespace {

using std::int64_t;
constexpr double nothing = std::numeric_limits<double>::quiet_NaN();
constexpr int64_t fewest = 30;   // points that a latent must cover …
constexpr double least = .1;     // … and their share of all
constexpr int64_t sample = 512;  // points that stand for more
const std::vector<std::string> names = {"support_size", "receptive_field_spread"};

// The points that a latent covers, as positions; its codes on all points are `codes`.
std::vector<int64_t> covered(const double* codes, int64_t size) {
  std::vector<double> positive;
  std::copy_if(codes, codes + size, std::back_inserter(positive), [](double x) { return x > 0; });
  if (positive.empty()) return {};
  const auto cut = positive.begin() + static_cast<std::ptrdiff_t>(positive.size() / 10);
  std::nth_element(positive.begin(), cut, positive.end());
  std::vector<int64_t> points;
  for (int64_t i = 0; i < size; ++i)
    if (codes[i] >= *cut) points.push_back(i);
  return points;
}

// Mean distance between two different points. The sample depends on their number and the draw alone,
// not on which latent asks.
double mean_distance(const at::Tensor& points_NW, const Draw& draw) {
  const int64_t N = points_NW.size(0);
  if (N <= sample) return at::pdist(points_NW).mean().item<double>();
  const at::Tensor chosen = at::tensor(draw.at(0).choice(N, sample), at::kLong);
  return at::pdist(points_NW.index_select(0, chosen)).mean().item<double>();
}

struct Points {
  at::Tensor codes_MN, values_NW;
};
Points points_of(const at::Tensor& codes_BM, const at::Tensor& values_BW,
                 const at::Tensor& present_B) {
  if (codes_BM.size(0) != values_BW.size(0) || present_B.dim() != 1 ||
      codes_BM.size(0) != present_B.size(0))
    throw InputError("receptive fields: codes, values and presence differ in samples");
  const at::Tensor rows = (present_B != 0).nonzero().squeeze(1);
  return {score_input(codes_BM, "the codes").index_select(0, rows).t().contiguous(),
          score_input(values_BW, "the values").index_select(0, rows)};
}

// Why a feature has no receptive fields; empty when it has.
std::string refusal(const Points& points) {
  if (points.values_NW.size(1) < 2) return "the feature has one coordinate";
  if (points.values_NW.size(0) < fewest)
    return "the feature has fewer than " + std::to_string(fewest) + " points";
  return {};
}

Table fields_of(const Points& points, const Draw& draw) {
  Table table{{"latent", "share", "spread"}, {}};
  if (!refusal(points).empty()) return table;
  const int64_t M = points.codes_MN.size(0), N = points.codes_MN.size(1);
  const double whole = mean_distance(points.values_NW, draw);
  for (int64_t m = 0; m < M; ++m) {
    const std::vector<int64_t> cover = covered(points.codes_MN.const_data_ptr<double>() + m * N, N);
    const int64_t size = static_cast<int64_t>(cover.size());
    const double share = static_cast<double>(size) / static_cast<double>(N);
    if (size < fewest || share < least) continue;
    const at::Tensor values = points.values_NW.index_select(0, at::tensor(cover, at::kLong));
    const double spread = whole > 0 ? mean_distance(values, draw) / whole : nothing;
    table.rows.push_back({static_cast<double>(m), share, spread});
  }
  return table;
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t n = values.size();
  return (values[(n - 1) / 2] + values[n / 2]) / 2;
}

}  // namespace

Scores receptive_field_scores(const at::Tensor& codes_BM, const at::Tensor& values_BW,
                              const at::Tensor& present_B, const Draw& draw) {
  const Points points = points_of(codes_BM, values_BW, present_B);
  if (const std::string reason = refusal(points); !reason.empty()) return all_absent(names, reason);
  if (points.codes_MN.size(0) == 0) return all_absent(names, "the dictionary has no latents");
  const Table fields = fields_of(points, draw);
  Scores scores{{"support_size", Score::of(static_cast<double>(fields.rows.size()))}};
  Score& spread = scores["receptive_field_spread"];
  std::vector<double> spreads;
  for (const auto& row : fields.rows) spreads.push_back(row[2]);
  if (spreads.empty())
    spread = Score::absent("no latent fires on enough of the feature's points");
  else if (std::isnan(spreads.front()))
    spread = Score::absent("all points of the feature coincide");
  else
    spread = Score::of(median(spreads));
  return scores;
}

Table receptive_fields_table(const at::Tensor& codes_BM, const at::Tensor& values_BW,
                             const at::Tensor& present_B, const Draw& draw) {
  return fields_of(points_of(codes_BM, values_BW, present_B), draw);
}

}  // namespace lab
