#include "lab/geometry/circle.h"

#include "lab/core/stop.h"

#include <ATen/ATen.h>

#include <ATen/ops/linalg_eigh.h>
#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

#include "lab/geometry/nulls.h"
#include "lab/tensors/tensors.h"

namespace lab {
namespace {

using std::int64_t;
using Values = std::vector<double>;
constexpr double pi = std::numbers::pi;
constexpr std::size_t most_components = 6;
constexpr double flat = 1e-10;  // share of the largest variance that counts as none
constexpr double equal = 1e-5;  // difference of variances, likewise, that counts as none: float32's
const std::vector<std::string> names = {"order_exact", "order_exact_multiple", "order_triples",
                                        "circularity", "geodesic_spearman"};

// Principal components times their standard deviations, in falling order, and which pairs of them
// are a plane of their own.
struct Spectrum {
  std::vector<Values> components;  // the first few
  Values variances;                // all, falling, without those that are 0

  bool plane(std::size_t a, std::size_t b) const {
    for (std::size_t c = 0; c < variances.size(); ++c)
      if (c != a && c != b &&
          (std::fabs(variances[c] - variances[a]) < equal * variances[0] ||
           std::fabs(variances[c] - variances[b]) < equal * variances[0]))
        return false;
    return true;
  }
};

Spectrum spectrum(const at::Tensor& vectors_ND) {
  const at::Tensor vectors = score_input(vectors_ND, "a vector of the circle");
  const at::Tensor centred = vectors - vectors.mean(0, true);
  const double size = vectors.square().sum().item<double>();
  const auto [variance, directions] = at::linalg_eigh(centred.matmul(centred.t()));
  const Values values = to_vector(variance);
  Spectrum result;
  for (int64_t i = static_cast<int64_t>(values.size()) - 1; i >= 0; --i) {
    if (values[i] <= flat * values.back() || values[i] <= 1e-24 * size) break;
    result.variances.push_back(values[i]);
    if (result.components.size() < most_components)
      result.components.push_back(to_vector(directions.select(1, i) * std::sqrt(values[i])));
  }
  return result;
}

double square_norm(const Values& v) {
  return std::inner_product(v.begin(), v.end(), v.begin(), 0.0);
}

// Without the common factor 2/Σλ.
double evidence(const Values& x, const Values& y) {
  double sum = 0;
  for (std::size_t i = 0; i < x.size(); ++i) sum += std::hypot(x[i], y[i]);
  const double a = square_norm(x), b = square_norm(y);
  return std::min(a, b) * sum * sum / (static_cast<double>(x.size()) * (a + b));
}

bool all_apart(const CircleView& view) {
  Values sorted = view.angles;
  std::sort(sorted.begin(), sorted.end());
  for (std::size_t i = 0; i + 1 < sorted.size(); ++i)
    if (sorted[i + 1] - sorted[i] < 1e-9) return false;
  if (sorted.front() + 2 * pi - sorted.back() < 1e-9) return false;
  double least = INFINITY, most = 0;
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    const double radius = std::hypot(view.components[0][i], view.components[1][i]);
    least = std::min(least, radius), most = std::max(most, radius);
  }
  return least > 1e-6 * most;
}

// The same view with the vectors numbered anew: number i is given to vector order[i].
CircleView renumbered(const CircleView& view, const std::vector<int64_t>& order) {
  const auto take = [&](const Values& v) {
    Values result(v.size());
    for (std::size_t i = 0; i < v.size(); ++i) result[i] = v[order[i]];
    return result;
  };
  CircleView result{
      {}, view.angles.empty() ? Values{} : take(view.angles), view.reason, view.ordered};
  for (const Values& v : view.components) result.components.push_back(take(v));
  return result;
}

double circularity(const std::vector<Values>& components) {
  const int64_t n = static_cast<int64_t>(components[0].size());
  Values cosine(n), sine(n);
  for (int64_t t = 0; t < n; ++t) {
    const double angle = 2 * pi * static_cast<double>(t) / static_cast<double>(n);
    cosine[t] = std::cos(angle), sine[t] = std::sin(angle);
  }
  double best = 0;
  for (int64_t k = 1; 2 * k <= n; ++k) {
    double sum = 0;
    for (const Values& v : components) {
      double real = 0, imaginary = 0;
      for (int64_t t = 0; t < n; ++t) {
        real += v[t] * cosine[k * t % n];
        imaginary += v[t] * sine[k * t % n];
      }
      const double power = real * real + imaginary * imaginary;
      sum += (2 * k == n ? 1 : 2) * power / (static_cast<double>(n) * square_norm(v));
    }
    best = std::max(best, sum / static_cast<double>(components.size()));
  }
  return std::min(best, 1.0);
}

// The step k for which neighbours on the circle differ by k or −k throughout, or 0.
int64_t common_step(const Values& angles) {
  const int64_t n = static_cast<int64_t>(angles.size());
  std::vector<int64_t> order(n);
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(),
            [&](int64_t a, int64_t b) { return angles[a] < angles[b]; });
  const int64_t step = (order[1] - order[0] + n) % n;
  for (int64_t i = 0; i < n; ++i)
    if ((order[(i + 1) % n] - order[i] + n) % n != step) return 0;
  return std::min(step, n - step);
}

Scores scores_of(const CircleView& view) {
  Scores scores = all_absent(names, view.reason);
  if (view.components.empty()) return scores;
  scores["circularity"] = Score::of(circularity(view.components));
  if (view.angles.empty()) return scores;
  const int64_t step = view.ordered ? common_step(view.angles) : 0;
  Values numbers(view.angles.size());
  for (std::size_t i = 0; i < numbers.size(); ++i)
    numbers[i] = 2 * pi * static_cast<double>(i) / static_cast<double>(numbers.size());
  scores["order_exact"] = Score::of(step == 1);
  scores["order_exact_multiple"] = Score::of(step != 0);
  scores["order_triples"] = Score::of(triple_agreement(numbers, view.angles));
  scores["geodesic_spearman"] = Score::of(geodesic_correlation(numbers, view.angles));
  return scores;
}

// Positions in sorted order; values that agree to 1e-9 share their mean position.
Values ranks(const Values& values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](auto a, auto b) { return values[a] < values[b]; });
  Values result(values.size());
  for (std::size_t i = 0; i < order.size();) {
    std::size_t end = i + 1;
    while (end < order.size() && values[order[end]] - values[order[end - 1]] < 1e-9) ++end;
    for (std::size_t k = i; k < end; ++k) result[order[k]] = .5 * static_cast<double>(i + end - 1);
    i = end;
  }
  return result;
}

double wrapped(double angle) {
  return angle - 2 * pi * std::floor(angle / (2 * pi));
}

Values distances(const Values& angles) {
  Values result;
  for (std::size_t i = 0; i < angles.size(); ++i)
    for (std::size_t j = i + 1; j < angles.size(); ++j) {
      const double apart = wrapped(angles[i] - angles[j]);
      result.push_back(std::min(apart, 2 * pi - apart));
    }
  return result;
}

// +1 or −1 for the sense in which three positions follow one another round the circle, 0 for ties.
int orientation(double a, double b, double c) {
  if (a == b || b == c || a == c) return 0;
  return (a < b) + (b < c) + (c < a) == 2 ? 1 : -1;
}

// A draw that has no order counts as the least value of each score's range.
double value_or_least(const Scores& drawn, const std::string& name) {
  if (drawn.at(name).present) return drawn.at(name).value;
  return name == "order_triples" ? .5 : name == "geodesic_spearman" ? -1 : 0;
}

// Adds the mean over the circles of one draw to each score's null values.
void collect(std::map<std::string, Values>& nulls, const std::vector<Scores>& drawn) {
  for (const std::string& name : names) {
    double sum = 0;
    for (const Scores& circle : drawn) sum += value_or_least(circle, name);
    nulls[name].push_back(sum / static_cast<double>(drawn.size()));
  }
}

void add_nulls(Scores& scores, const std::map<std::string, Values>& nulls,
               const std::string& suffix) {
  for (const std::string& name : names) {
    const auto values = nulls.find(name);
    add_null(scores, name, Score(scores.at(name)),
             values == nulls.end() ? Values{} : values->second, suffix);
  }
}

}  // namespace

double triple_agreement(const Values& a, const Values& b) {
  const auto positions = [](Values angles) {
    for (double& x : angles) x = wrapped(x);
    return ranks(angles);
  };
  const Values p = positions(a), q = positions(b);
  double agree = 0, count = 0;
  for (std::size_t i = 0; i < p.size(); ++i, poll_stop())
    for (std::size_t j = i + 1; j < p.size(); ++j)
      for (std::size_t k = j + 1; k < p.size(); ++k) {
        agree += .5 + .5 * orientation(p[i], p[j], p[k]) * orientation(q[i], q[j], q[k]);
        ++count;
      }
  return std::max(agree, count - agree) / count;
}

double geodesic_correlation(const Values& a, const Values& b) {
  const Values p = ranks(distances(a)), q = ranks(distances(b));
  const double middle = .5 * static_cast<double>(p.size() - 1);
  double cross = 0, pp = 0, qq = 0;
  for (std::size_t i = 0; i < p.size(); ++i) {
    cross += (p[i] - middle) * (q[i] - middle);
    pp += (p[i] - middle) * (p[i] - middle);
    qq += (q[i] - middle) * (q[i] - middle);
  }
  return pp > 0 && qq > 0 ? std::clamp(cross / std::sqrt(pp * qq), -1.0, 1.0) : 0;
}

CircleView circle_view(const at::Tensor& vectors_ND) {
  CircleView view;
  const Spectrum seen = spectrum(vectors_ND);
  const std::vector<Values>& components = seen.components;
  if (components.size() < 2) {
    view.components = components;
    view.reason = components.empty() ? "all vectors are equal" : "the vectors lie on a line";
    return view;
  }
  std::size_t first = 0, second = 0;
  double best = -1;
  for (std::size_t a = 0; a < components.size(); ++a)
    for (std::size_t b = a + 1; b < components.size(); ++b)
      if (const double e = evidence(components[a], components[b]); e > best && seen.plane(a, b))
        best = e, first = a, second = b;
  if (first == second) {
    view.reason = "no plane stands out: principal components have equal variances";
    return view;
  }
  view.components = {components[first], components[second]};
  for (std::size_t i = 0; i < components[0].size(); ++i)
    view.angles.push_back(wrapped(std::atan2(view.components[1][i], view.components[0][i])));
  view.ordered = all_apart(view);
  return view;
}

Scores circle_scores(const at::Tensor& vectors_ND) {
  if (vectors_ND.size(0) < 4) return all_absent(names, "a circle needs at least four vectors");
  return scores_of(circle_view(vectors_ND));
}

void add_circle_nulls(Scores& scores, const std::vector<at::Tensor>& circles_ND, int64_t draws,
                      const Draw& draw) {
  std::map<std::string, Values> labels, directions, gaussian;
  std::vector<CircleView> views;
  for (const at::Tensor& vectors_ND : circles_ND) {
    if (vectors_ND.size(0) >= 4) views.push_back(circle_view(vectors_ND));
  }
  if (views.size() < circles_ND.size()) views.clear();  // one has no scores, nor has their mean
  for (int64_t i = 0; i < draws && !views.empty(); ++i) {
    poll_stop();
    Words words = draw.at(static_cast<std::uint64_t>(i));
    std::vector<Scores> renamed, spread, scattered;
    for (std::size_t c = 0; c < views.size(); ++c) {
      const at::Tensor& vectors_ND = circles_ND[c];
      renamed.push_back(scores_of(renumbered(views[c], words.permutation(vectors_ND.size(0)))));
      spread.push_back(circle_scores(low_coherence_like(vectors_ND, words)));
      scattered.push_back(circle_scores(gaussian_like(vectors_ND, words)));
    }
    collect(labels, renamed);
    collect(directions, spread);
    collect(gaussian, scattered);
  }
  add_nulls(scores, labels, "labels");
  add_nulls(scores, directions, "directions");
  add_nulls(scores, gaussian, "gaussian");
}

Scores matched_circle_scores(const at::Tensor& atoms_MD, const Matching& matching,
                             const std::vector<int64_t>& coordinates, bool signed_codes) {
  const at::Tensor atoms = matched_atoms(atoms_MD, matching, coordinates, signed_codes);
  if (atoms.size(0) == 0) return all_absent(names, "a feature of the circle has no matched latent");
  return circle_scores(atoms);
}

void add_rematched_nulls(Scores& scores, const at::Tensor& atoms_MD, const at::Tensor& truth_CD,
                         const std::vector<std::vector<int64_t>>& circles, bool signed_codes,
                         int64_t draws, const Draw& draw) {
  std::map<std::string, Values> nulls;
  for (int64_t i = 0; i < draws && !circles.empty(); ++i) {
    poll_stop();
    Words words = draw.at(static_cast<std::uint64_t>(i));
    const at::Tensor atoms = random_directions(atoms_MD, words);
    const Matching matching = match(atoms, truth_CD);
    std::vector<Scores> drawn;
    for (const std::vector<int64_t>& coordinates : circles)
      drawn.push_back(matched_circle_scores(atoms, matching, coordinates, signed_codes));
    collect(nulls, drawn);
  }
  add_nulls(scores, nulls, "rematched");
}

}  // namespace lab
