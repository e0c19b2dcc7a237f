#include "lab/scores/dictionary.h"

#include "lab/core/stop.h"

#include <ATen/ATen.h>

#include <ATen/ops/linalg_svdvals.h>
#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "lab/core/error.h"
#include "lab/scores/assignment.h"
#include "lab/tensors/tensors.h"

namespace lab {
namespace {

using std::int64_t;
constexpr double nothing = std::numeric_limits<double>::quiet_NaN();
constexpr double constant_cosines = 1e-5;  // above float32's rounding, below any structure

at::Tensor unit_vectors(const at::Tensor& vectors) {
  const at::Tensor norms = vectors.norm(2, 1, true);
  return vectors / norms.masked_fill(norms == 0, 1.0);
}

// The matched atoms and their true vectors, row by row.
struct Pairs {
  at::Tensor atoms, truth;
};
Pairs matched_pairs(const at::Tensor& atoms, const at::Tensor& truth, const Matching& matching,
                    bool signed_codes) {
  std::vector<int64_t> coordinates;
  for (int64_t c = 0; c < matching.coordinates(); ++c)
    if (matching.latent_of_coordinate[c] >= 0) coordinates.push_back(c);
  return {matched_atoms(atoms, matching, coordinates, signed_codes),
          truth.index_select(0, at::tensor(coordinates, at::kLong))};
}

double squares(const at::Tensor& x) {
  return x.square().sum().item<double>();
}

void add_placement(Scores& scores, const Pairs& pairs) {
  const at::Tensor W = pairs.atoms - pairs.atoms.mean(0, true);
  const at::Tensor T = pairs.truth - pairs.truth.mean(0, true);
  const double w = squares(W), t = squares(T);
  if (pairs.atoms.size(0) < 2 || t <= 0) {
    scores.merge(all_absent({"placement_procrustes", "placement_residual"},
                            "fewer than two different true vectors are matched"));
    return;
  }
  const at::Tensor cross = W.t().matmul(T);
  const auto residual = [&](double overlap) {
    return w > 0 ? std::clamp(1 - overlap * overlap / (w * t), 0.0, 1.0) : 1.0;
  };
  scores["placement_procrustes"] =
      Score::of(residual(at::linalg_svdvals(cross).sum().item<double>()));
  scores["placement_residual"] =
      Score::of(residual(std::max(0.0, cross.diagonal().sum().item<double>())));
}

at::Tensor off_diagonal_cosines(const at::Tensor& vectors) {
  const at::Tensor unit = unit_vectors(vectors);
  const int64_t n = vectors.size(0);
  const at::Tensor above = at::triu_indices(n, n, 1);
  return unit.matmul(unit.t()).index({above[0], above[1]});
}

}  // namespace

Score gram_correlation(const at::Tensor& vectors_ND, const at::Tensor& truth_ND) {
  if (vectors_ND.size(0) < 3) return Score::absent("fewer than three pairs are matched");
  const at::Tensor b = off_diagonal_cosines(score_input(truth_ND, "the true vectors"));
  const at::Tensor t = b - b.mean();
  const double count = static_cast<double>(t.numel());
  if (std::sqrt(squares(t) / count) < constant_cosines)
    return Score::absent("the cosines of the true vectors are all equal");
  const at::Tensor a = off_diagonal_cosines(score_input(vectors_ND, "the vectors"));
  const at::Tensor w = a - a.mean();
  const double norm = std::sqrt(squares(w) * squares(t));
  if (std::sqrt(squares(w) / count) < constant_cosines) return Score::of(0);
  return Score::of(std::clamp((w * t).sum().item<double>() / norm, -1.0, 1.0));
}

namespace {

Score matched_mean(const Matching& matching) {
  double sum = 0;
  int64_t pairs = 0;
  for (int64_t m = 0; m < matching.latents(); ++m) {
    if (matching.coordinate_of_latent[m] < 0) continue;
    sum += std::fabs(matching.cos(m, matching.coordinate_of_latent[m]));
    ++pairs;
  }
  return Score::of(sum / static_cast<double>(pairs));
}

const std::vector<std::string> names = {"mcc",
                                        "mcc_signed",
                                        "mmcs",
                                        "mmcs_latents",
                                        "frac_recovered@.9",
                                        "frac_recovered@.8",
                                        "uniqueness",
                                        "coherence",
                                        "mean_max_cos",
                                        "c_dec",
                                        "placement_procrustes",
                                        "placement_residual",
                                        "gram_correlation"};

}  // namespace

double Matching::cos(int64_t latent, int64_t coordinate) const {
  return cosines_MC.const_data_ptr<double>()[latent * coordinates() + coordinate];
}

constexpr double same_side = 1e-7;  // more than float32 rounding of a cosine near 1

Matching match(const at::Tensor& atoms_MD, const at::Tensor& truth_CD) {
  if (atoms_MD.dim() != 2 || truth_CD.dim() != 2 || atoms_MD.size(1) != truth_CD.size(1))
    throw InputError("match: atoms and true vectors must be matrices of equal width");
  const at::Tensor atoms = unit_vectors(score_input(atoms_MD, "the atoms"));
  const at::Tensor truth = unit_vectors(score_input(truth_CD, "the true vectors"));
  Matching matching;
  matching.cosines_MC = atoms.matmul(truth.t()).contiguous();
  const int64_t M = atoms.size(0), C = truth.size(0);
  // Between vectors that are opposite to rounding, the one on the same side is meant.
  const at::Tensor preferred = matching.cosines_MC.abs() + same_side * (matching.cosines_MC > 0);
  matching.coordinate_of_latent = assign(preferred, Objective::maximum).column_of_row;
  matching.latent_of_coordinate.assign(C, -1);
  matching.best_coordinate.assign(M, -1);
  for (int64_t m = 0; m < M; ++m) {
    if (matching.coordinate_of_latent[m] >= 0)
      matching.latent_of_coordinate[matching.coordinate_of_latent[m]] = m;
    double best = -1;
    for (int64_t c = 0; c < C; ++c) {
      const double cosine = matching.cos(m, c);
      const double value = std::fabs(cosine) + (cosine > 0 ? same_side : 0);
      if (value > best) best = value, matching.best_coordinate[m] = c;
    }
  }
  return matching;
}

at::Tensor matched_atoms(const at::Tensor& atoms_MD, const Matching& matching,
                         const std::vector<int64_t>& coordinates, bool signed_codes) {
  const at::Tensor atoms = atoms_MD.detach().to(at::kCPU, at::kDouble);
  std::vector<int64_t> latents;
  std::vector<double> signs;
  for (const int64_t c : coordinates) {
    const int64_t m = matching.latent_of_coordinate.at(c);
    if (m < 0) return at::empty({0, atoms.size(1)}, at::kDouble);
    latents.push_back(m);
    signs.push_back(signed_codes && matching.cos(m, c) < 0 ? -1.0 : 1.0);
  }
  return atoms.index_select(0, at::tensor(latents, at::kLong)) *
         at::tensor(signs, at::kDouble).unsqueeze(1);
}

Score frac_recovered(const Matching& matching, double threshold) {
  if (matching.cosines_MC.numel() == 0) return Score::absent("no latents or no features");
  const at::Tensor best = matching.cosines_MC.amax(0);
  return Score::of((best >= threshold).to(at::kDouble).mean().item<double>());
}

Scores coherence_scores(const at::Tensor& vectors_ND) {
  const int64_t n = vectors_ND.size(0);
  if (n < 2) return all_absent({"coherence", "mean_max_cos", "c_dec"}, "fewer than two vectors");
  const at::Tensor unit = unit_vectors(score_input(vectors_ND, "the vectors"));
  constexpr int64_t chunk = 1024;  // rows at a time, so that memory stays small for many atoms
  double largest = 0, sum_of_largest = 0, sum = 0;
  for (int64_t first = 0; first < n; first += chunk) {
    const int64_t count = std::min(chunk, n - first);
    at::Tensor cos = unit.narrow(0, first, count).matmul(unit.t()).abs();
    cos.diagonal(first).zero_();
    const at::Tensor best = cos.amax(1);
    largest = std::max(largest, best.max().item<double>());
    sum_of_largest += best.sum().item<double>();
    sum += cos.sum().item<double>();
  }
  const double N = static_cast<double>(n);
  return {{"coherence", Score::of(largest)},
          {"mean_max_cos", Score::of(sum_of_largest / N)},
          {"c_dec", Score::of(sum / (N * (N - 1)))}};
}

Scores dictionary_scores(const at::Tensor& atoms_MD, const at::Tensor& truth_CD,
                         const Matching& matching, bool signed_codes) {
  const int64_t M = matching.latents(), C = matching.coordinates();
  if (M == 0) return all_absent(names, "the dictionary has no latents");
  if (C == 0) return all_absent(names, "the world has no features");
  const at::Tensor& cos = matching.cosines_MC;
  Scores scores = coherence_scores(atoms_MD);
  scores["mcc"] = matched_mean(matching);
  scores["mcc_signed"] =
      Score::of(assign(cos, Objective::maximum).total / static_cast<double>(std::min(M, C)));
  scores["mmcs"] = Score::of(cos.amax(0).mean().item<double>());
  scores["mmcs_latents"] = Score::of(cos.amax(1).mean().item<double>());
  scores["frac_recovered@.9"] = frac_recovered(matching, .9);
  scores["frac_recovered@.8"] = frac_recovered(matching, .8);
  const std::set<int64_t> distinct(matching.best_coordinate.begin(),
                                   matching.best_coordinate.end());
  scores["uniqueness"] = Score::of(static_cast<double>(distinct.size()) / static_cast<double>(M));
  const Pairs pairs =
      matched_pairs(atoms_MD, score_input(truth_CD, "the true vectors"), matching, signed_codes);
  add_placement(scores, pairs);
  scores["gram_correlation"] = gram_correlation(pairs.atoms, pairs.truth);
  return scores;
}

at::Tensor random_directions(const at::Tensor& vectors_ND, Words& words) {
  const at::Tensor vectors = vectors_ND.detach().to(at::kCPU, at::kDouble);
  at::Tensor random = at::empty(vectors.sizes(), at::kDouble);
  double* out = random.data_ptr<double>();
  for (int64_t i = 0; i < random.numel(); ++i) out[i] = words.normal();
  return unit_vectors(random) * vectors.norm(2, 1, true);
}

void add_dictionary_nulls(Scores& scores, const at::Tensor& atoms_MD, const at::Tensor& truth_CD,
                          bool signed_codes, int64_t draws, const Draw& draw) {
  std::vector<double> mcc, mmcs, gram;
  const at::Tensor truth = score_input(truth_CD, "the true vectors");
  for (int64_t i = 0; i < draws && atoms_MD.size(0) > 0 && truth.size(0) > 0; ++i) {
    poll_stop();
    Words words = draw.at(static_cast<std::uint64_t>(i));
    const at::Tensor atoms = random_directions(atoms_MD, words);
    const Matching matching = match(atoms, truth);
    mcc.push_back(matched_mean(matching).value);
    mmcs.push_back(matching.cosines_MC.amax(0).mean().item<double>());
    const Pairs pairs = matched_pairs(atoms, truth, matching, signed_codes);
    const Score g = gram_correlation(pairs.atoms, pairs.truth);
    if (g.present) gram.push_back(g.value);
  }
  add_null(scores, "mcc", scores.at("mcc"), mcc);
  add_null(scores, "mmcs", scores.at("mmcs"), mmcs);
  add_null(scores, "gram_correlation", scores.at("gram_correlation"), gram);
}

Table latents_table(const at::Tensor& atoms_MD, const Matching& matching) {
  Table table{
      {"latent", "norm", "best_coordinate", "best_cos", "matched_coordinate", "matched_cos"}, {}};
  const std::vector<double> norms = to_vector(atoms_MD.detach().to(at::kDouble).norm(2, 1));
  for (int64_t m = 0; m < matching.latents(); ++m) {
    const int64_t best = matching.best_coordinate[m], mate = matching.coordinate_of_latent[m];
    table.rows.push_back(
        {static_cast<double>(m), norms[m], best < 0 ? nothing : static_cast<double>(best),
         best < 0 ? nothing : matching.cos(m, best), mate < 0 ? nothing : static_cast<double>(mate),
         mate < 0 ? nothing : matching.cos(m, mate)});
  }
  return table;
}

Table coordinates_table(const at::Tensor& truth_CD, const Matching& matching) {
  Table table{{"coordinate", "norm", "best_latent", "best_cos", "matched_latent", "matched_cos"},
              {}};
  const std::vector<double> norms = to_vector(truth_CD.detach().to(at::kDouble).norm(2, 1));
  for (int64_t c = 0; c < matching.coordinates(); ++c) {
    int64_t best = -1;
    for (int64_t m = 0; m < matching.latents(); ++m)
      if (best < 0 || matching.cos(m, c) > matching.cos(best, c)) best = m;
    const int64_t mate = matching.latent_of_coordinate[c];
    table.rows.push_back(
        {static_cast<double>(c), norms[c], best < 0 ? nothing : static_cast<double>(best),
         best < 0 ? nothing : matching.cos(best, c), mate < 0 ? nothing : static_cast<double>(mate),
         mate < 0 ? nothing : matching.cos(mate, c)});
  }
  return table;
}

}  // namespace lab
