#include "lab/knockoffs/builder.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "lab/core/error.h"
#include "lab/core/rng.h"
#include "lab/placements/families.h"
#include "lab/tensors/tensors.h"

namespace lab {
namespace {

// A named draw for each variable, so that what one draws does not depend on the others.
Draw draw_for(const std::string& what, std::size_t variable, std::int64_t seed) {
  return Draw("knockoff/" + what + "/" + std::to_string(variable), seed);
}

// [C, width]: the rows of each variable put where they belong.
at::Tensor assembled(const Firings& firings, const std::vector<at::Tensor>& vectors_ND,
                     std::int64_t width) {
  const at::Tensor frames = at::zeros({firings.features(), width}, at::kDouble);
  for (std::size_t v = 0; v < firings.variables.size(); ++v) {
    frames.index_copy_(0, at::tensor(firings.variables[v].rows, at::kLong), vectors_ND[v]);
  }
  return frames;
}

constexpr double kNoVariance = 1e-9;  // share of the largest eigenvalue, float32's rounding squared

at::Tensor build(const TruthBuilder&, const Firings&, const Places& places, std::int64_t) {
  return places.frames_CD;
}

// A function of a symmetric matrix: of its eigenvalues, and 0 where they vanish. Unlike eigenvectors
// (circles have equal eigenvalues) it does not depend on how it was computed.
at::Tensor matrix_function(const at::Tensor& symmetric_NN, double exponent) {
  const auto [values, vectors] = at::linalg_eigh(symmetric_NN);
  const at::Tensor there = values > kNoVariance * values.max();
  const at::Tensor powers = at::where(there, values.clamp_min(0).pow(exponent), 0.0);
  return (vectors * powers).mm(vectors.t());
}

// Vectors [n, width] with this Gram matrix G: √G W, where W = (Y Yᵀ)^{−1/2} Y is the isometry nearest to
// a Gaussian matrix Y in G's range; W, and so the rotation of the vectors, is uniform.
at::Tensor with_gram(const at::Tensor& gram_NN, std::int64_t width, const Draw& draw) {
  const at::Tensor gaussian = normals(draw, 0, gram_NN.size(0), width).to(at::kDouble);
  const at::Tensor inside = matrix_function(gram_NN, 0).mm(gaussian);
  const at::Tensor isometry = matrix_function(inside.mm(inside.t()), -0.5).mm(inside);
  return matrix_function(gram_NN, 0.5).mm(isometry);
}

at::Tensor build(const Rotated&, const Firings& firings, const Grams& grams, std::int64_t seed) {
  std::vector<at::Tensor> vectors;
  for (std::size_t v = 0; v < grams.grams_NN.size(); ++v) {
    vectors.push_back(with_gram(grams.grams_NN[v], firings.width, draw_for("rotated", v, seed)));
  }
  return assembled(firings, vectors, firings.width);
}

at::Tensor build(const Automorphism& config, const Firings& firings, const Places& places,
                 std::int64_t) {
  const at::Tensor frames = places.frames_CD.clone();
  for (std::size_t v = 0; v < places.orders.size(); ++v) {
    const std::vector<std::int64_t>& order = places.orders[v];
    const auto n = static_cast<std::int64_t>(order.size());
    const std::string& name = firings.variables[v].name;
    if (n == 0) throw InputError("automorphism: variable '" + name + "' has no cyclic order");
    if (std::gcd(config.k, n) != 1) {
      throw InputError("automorphism: k = " + std::to_string(config.k) + " and the " +
                       std::to_string(n) + " residues of '" + name + "' are not coprime");
    }
    for (std::int64_t r = 0; r < n; ++r) {
      frames[order[r]].copy_(places.frames_CD[order[config.k % n * r % n]]);
    }
  }
  return frames;
}

at::Tensor build(const Permuted&, const Firings& firings, const VectorSets& sets,
                 std::int64_t seed) {
  std::vector<at::Tensor> vectors;
  for (std::size_t v = 0; v < sets.vectors_ND.size(); ++v) {
    const at::Tensor& set = sets.vectors_ND[v];
    Words words = draw_for("permuted", v, seed).at(0);
    vectors.push_back(set.index_select(0, at::tensor(words.permutation(set.size(0)), at::kLong)));
  }
  return assembled(firings, vectors, firings.width);
}

at::Tensor build(const SpectrumMatched&, const Firings& firings, const Spectra& spectra,
                 std::int64_t seed) {
  std::vector<at::Tensor> vectors;
  for (std::size_t v = 0; v < spectra.eigenvalues_N.size(); ++v) {
    const at::Tensor& values = spectra.eigenvalues_N[v];
    const std::int64_t rank =
        (values > kNoVariance * values.max()).sum().item<std::int64_t>();  // ≤ the true width
    const at::Tensor eigenvectors =
        families::random_frame(draw_for("spectrum_matched", v, seed), 0, rank, values.size(0)).t();
    const at::Tensor subspace = families::random_frame(
        draw_for("spectrum_matched/subspace", v, seed), 0, rank, firings.width);
    vectors.push_back((eigenvectors * values.narrow(0, 0, rank).sqrt()).mm(subspace));
  }
  return assembled(firings, vectors, firings.width);
}

at::Tensor build(const RandomBuilder&, const Firings& firings, const FiringsAlone&,
                 std::int64_t seed) {
  const Draw draw("knockoff/random", seed);
  const at::Tensor gaussian = normals(draw, 0, firings.features(), firings.width);
  return unit_rows(gaussian.to(at::kDouble)) * firings.norms_C.unsqueeze(1);
}

at::Tensor build(const Orthogonal& config, const Firings& firings, const FiringsAlone&,
                 std::int64_t seed) {
  const std::int64_t features = firings.features();
  const std::int64_t width = config.width > 0 ? config.width : std::max(features, firings.width);
  if (width < features) {
    throw InputError("orthogonal: " + std::to_string(features) + " features need width ≥ " +
                     std::to_string(features) + ", got " + std::to_string(width));
  }
  const at::Tensor directions =
      config.aligned
          ? at::eye(features, width, at::kDouble)
          : families::random_frame(Draw("knockoff/orthogonal", seed), 0, features, width);
  return directions * firings.norms_C.unsqueeze(1);
}

// The frequencies of each ring: the true ones, or dealt from one shuffled pack of those that the
// smallest ring can have; each ring gets the first cards (matched), or the next ones (unmatched).
std::vector<std::vector<std::int64_t>> frequencies_of(const CirclesBuilder& config,
                                                      const Rings& rings, std::int64_t seed) {
  std::vector<std::vector<std::int64_t>> result;
  if (config.frequencies == "true") {
    for (const Ring& ring : rings.rings) result.push_back(ring.frequencies);
    return result;
  }
  std::size_t smallest = rings.rings.front().rows.size();
  for (const Ring& ring : rings.rings) smallest = std::min(smallest, ring.rows.size());
  const auto highest = static_cast<std::int64_t>((smallest - 1) / 2);
  const std::vector<std::int64_t> pack =
      Draw("knockoff/circles/frequencies", seed).at(0).permutation(highest);
  std::size_t dealt = 0;
  for (const Ring& ring : rings.rings) {
    const std::size_t count = ring.frequencies.size();
    if (dealt + count > pack.size()) {
      throw InputError("circles: there are only " + std::to_string(highest) +
                       " frequencies below half of " + std::to_string(smallest) + ", and " +
                       std::to_string(dealt + count) + " are needed");
    }
    result.emplace_back(pack.begin() + static_cast<std::ptrdiff_t>(dealt),
                        pack.begin() + static_cast<std::ptrdiff_t>(dealt + count));
    for (std::int64_t& f : result.back()) ++f;  // 1 … highest
    if (config.frequencies == "unmatched") dealt += count;
  }
  return result;
}

// The truth about one variable alone, for placement families.
Truth ring_of(std::size_t size) {
  Truth truth;
  for (std::int64_t i = 0; i < static_cast<std::int64_t>(size); ++i) {
    truth.features.push_back({std::to_string(i), i, 1});
  }
  return truth;
}

at::Tensor build(const CirclesBuilder& config, const Firings& firings, const Rings& rings,
                 std::int64_t seed) {
  const at::Tensor frames = at::zeros({firings.features(), firings.width}, at::kDouble);
  const auto frequencies = frequencies_of(config, rings, seed);
  for (std::size_t v = 0; v < rings.rings.size(); ++v) {
    const Ring& ring = rings.rings[v];
    Circle circle{.frequencies = frequencies[v], .amplitudes = {}, .subspaces = "random"};
    for (const double share : ring.shares) circle.amplitudes.push_back(std::sqrt(share));
    const Truth truth = ring_of(ring.rows.size());
    const std::string scope = "knockoff/circles/" + std::to_string(v);
    const PlacementConfig placement{circle};
    const at::Tensor vectors =
        families::place(placement, {truth, firings.width, seed, scope}).frames_CD;
    frames.index_copy_(0, at::tensor(ring.rows, at::kLong), vectors);
  }
  return frames * firings.norms_C.unsqueeze(1);
}

}  // namespace

at::Tensor build_knockoff(const BuilderConfig& config, const Space& space, std::int64_t seed) {
  const Firings firings = Firings::of(space);
  const at::Tensor frames = std::visit(
      [&]<class Kind>(const Kind& kind) {
        return build(kind, firings, Kind::Reads::of(space), seed);
      },
      config.kind);
  require_finite(frames, "knockoff: the vectors");
  return frames.to(at::kFloat).contiguous();
}

bool uses_seed(const BuilderConfig& config) {
  if (const auto* orthogonal = std::get_if<Orthogonal>(&config.kind)) return !orthogonal->aligned;
  return !std::holds_alternative<TruthBuilder>(config.kind) &&
         !std::holds_alternative<Automorphism>(config.kind);
}

}  // namespace lab
