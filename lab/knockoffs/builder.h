// A builder makes a knockoff from an explanation: a new placement of the same features. Each kind
// names the explanation that it `Reads` and sees nothing else of the truth; its comment says what it
// keeps and what it draws anew. Together they bracket what matters about a space.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>
#include <variant>

#include "lab/core/fields.h"
#include "lab/knockoffs/explanation.h"

namespace lab {

// Keeps everything, draws nothing: the oracle.
struct TruthBuilder {
  using Reads = Places;
  static constexpr const char* name = "truth";
  static constexpr const char* doc = "the true placement itself: the oracle";
  static constexpr std::int64_t revision = 1;
  void fields(Fields&) {}
};

// Keeps each variable's vectors up to a rotation: within a variable all norms, angles and the labels.
// Draws an independent uniform rotation of the whole space for each variable, so that the variables'
// subspaces, wherever they lay, now lie at random to each other.
struct Rotated {
  using Reads = Grams;
  static constexpr const char* name = "rotated";
  static constexpr const char* doc =
      "same vectors, an independent random rotation for each variable (from the Gram matrices)";
  static constexpr std::int64_t revision = 1;
  void fields(Fields&) {}
};

// Keeps the set of vectors, and addition: residue r gets the vector of k·r, in every variable, so that
// i + j is to the new vectors what ki + kj is to the true ones. Forgets which residue is 1: the
// cosines between labelled features are others. Draws nothing. k must be coprime to the variable's
// size.
struct Automorphism {
  using Reads = Places;
  static constexpr const char* name = "automorphism";
  static constexpr const char* doc =
      "residue r gets the true vector of k·r, in every variable: same vectors, other labels, same "
      "addition";
  static constexpr std::int64_t revision = 1;
  std::int64_t k = 5;

  void fields(Fields& f) {
    f("k", k, at_least(1), "the factor; coprime to the number of residues");
  }
};

// Keeps the set of vectors of each variable, hence also the set of all activations and every label-free
// property of them. Draws which feature gets which vector: an independent uniform permutation for
// each variable.
struct Permuted {
  using Reads = VectorSets;
  static constexpr const char* name = "permuted";
  static constexpr const char* doc =
      "same set of vectors, dealt out anew among the features of each variable";
  static constexpr std::int64_t revision = 1;
  void fields(Fields&) {}
};

// Keeps the eigenvalues λ of each variable's Gram matrix. Draws the eigenvectors: G = Q diag(λ) Qᵀ with
// Q uniform (Haar), realised in a uniformly random subspace for each variable. Norms come out
// unequal; only their mean square is kept.
struct SpectrumMatched {
  using Reads = Spectra;
  static constexpr const char* name = "spectrum_matched";
  static constexpr const char* doc =
      "a random Gram matrix with the true eigenvalues for each variable, in a random subspace";
  static constexpr std::int64_t revision = 1;
  void fields(Fields&) {}
};

// Keeps the norms. Draws independent uniform directions in the true width.
struct RandomBuilder {
  using Reads = FiringsAlone;
  static constexpr const char* name = "random";
  static constexpr const char* doc =
      "independent uniform directions with the true norms: the list of features alone";
  static constexpr std::int64_t revision = 1;
  void fields(Fields&) {}
};

// Keeps the norms. Draws orthogonal directions, in a uniform rotation; they need a space of at least as
// many dimensions as there are features (62 for residues modulo 31).
struct Orthogonal {
  using Reads = FiringsAlone;
  static constexpr const char* name = "orthogonal";
  static constexpr const char* doc =
      "orthogonal directions with the true norms, in a space wide enough: features without "
      "geometry";
  static constexpr std::int64_t revision = 1;
  std::int64_t width = 0;
  bool aligned = false;

  void fields(Fields& f) {
    f("width", width, at_least(0),
      "dimensions of the knockoff; 0: as many as features, or the true width when that is more");
    f("aligned", aligned, any(), "feature c lies on axis c; else in a random rotation (Haar)");
  }
};

// Keeps the structure: the cyclic order of each variable, and how much power each of its frequencies has.
// Draws the planes: each variable lies in a uniformly random subspace. The frequencies, from 1 … below
// half of the variable's size, are
//   true       the true ones: all that the structure says;
//   matched    drawn anew, as many as the truth has, the same for all variables;
//   unmatched  drawn anew, as many as the truth has, and no two variables share one: each variable is
//              a perfect circle, but they do not fit each other.
// Shares of power go to drawn frequencies in the order of the true ones.
struct CirclesBuilder {
  using Reads = Rings;
  static constexpr const char* name = "circles";
  static constexpr const char* doc =
      "each variable on perfect circles in its cyclic order, with true or drawn frequencies";
  static constexpr std::int64_t revision = 1;
  std::string frequencies = "true";

  void fields(Fields& f) {
    f("frequencies", frequencies, one_of({"true", "matched", "unmatched"}),
      "the true ones, or drawn: the same for all variables, or different ones for each");
  }
};

struct BuilderConfig {
  static constexpr const char* room = "builders";
  std::variant<TruthBuilder, Rotated, Automorphism, Permuted, SpectrumMatched, RandomBuilder,
               Orthogonal, CirclesBuilder>
      kind;
  std::optional<std::int64_t> seed;

  void fields(Fields& f) {
    f.kind(kind);
    f("seed", seed, at_least(0), "seed of what the builder draws (default: the run's)");
  }
};

// The knockoff's vectors, [C, D'] float32; row c is that of coordinate c. D' is the true width except
// for `orthogonal`. The explanation is made of the true space inside; the builder sees that alone.
// Throws InputError when the space lacks what the explanation speaks of (circles), or when the
// knockoff does not fit (k not coprime, too few frequencies, too narrow).
at::Tensor build_knockoff(const BuilderConfig& config, const Space& space, std::int64_t seed);

// Whether the seed changes the result: not for truth and automorphism.
bool uses_seed(const BuilderConfig& config);

}  // namespace lab
