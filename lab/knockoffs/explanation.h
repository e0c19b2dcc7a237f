// An explanation: what is said about an activation space. A knockoff is built from it and from nothing
// else, so that the knockoff shows what the explanation is worth: when fresh networks cannot use the
// knockoff as they use the true space, something that matters was not said (Mendel 2024, "SAE feature
// geometry is outside the superposition hypothesis").
//
// Every explanation says `Firings`: which features there are, when they fire, and how strongly. The
// other structs are what may be said beyond, from nothing about places to everything:
//
//   FiringsAlone   nothing more: a list of monosemantic features and when they fire
//   VectorSets     the set of vectors of each variable, but not which feature has which
//   Spectra        the eigenvalues of each variable's Gram matrix
//   Grams          each variable's Gram matrix: the vectors up to a rotation of each variable
//   Rings          the structure: each variable's features go round circles, with these frequencies
//   Places         the whole placement
//
// Each is a plain value with a static function `of(space)`, which says it of a true space. A method
// that reads the space from outside fills in the same structs.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>
#include <vector>

#include "lab/worlds/truth.h"

namespace lab {

// The true activation space: x = Σ_c value_c · (row c of frames_CD). Features have one coordinate each.
struct Space {
  const Truth& truth;
  at::Tensor frames_CD;
};

// Features of which exactly one fires at a time: a residue, a day of the week. Its rows in frames_CD.
struct Variable {
  std::string name;
  std::vector<std::int64_t> rows;
};

struct Firings {
  std::int64_t width;  // D of the true space
  std::vector<Variable>
      variables;       // the truth's "exclusive" relations; each feature is in just one
  at::Tensor norms_C;  // float64: how long each feature's vector is

  std::int64_t features() const;
  // Throws InputError when a feature has several coordinates, or is in no or several variables.
  static Firings of(const Space& space);
};

// All below is float64, one entry a variable, in the order of Firings::variables.

struct FiringsAlone {
  static FiringsAlone of(const Space& space);
};

// Rows [n, D] in lexicographic order, so that their order says nothing about the features.
struct VectorSets {
  std::vector<at::Tensor> vectors_ND;
  static VectorSets of(const Space& space);
};

// Eigenvalues [n] of the Gram matrix, falling.
struct Spectra {
  std::vector<at::Tensor> eigenvalues_N;
  static Spectra of(const Space& space);
};

// Gram matrices [n, n]: inner products of the vectors of features i and j. Between variables nothing
// is said.
struct Grams {
  std::vector<at::Tensor> grams_NN;
  static Grams of(const Space& space);
};

// The features of a variable in their cyclic order (the truth's circle), and how much of their
// placement turns f times on one way around, f = 0 … n/2: the shares of the power of the Fourier
// transform of the vectors along the order, which add up to 1. Frequencies with a share below 1e-6
// are left out.
struct Ring {
  std::vector<std::int64_t> rows;
  std::vector<std::int64_t> frequencies;
  std::vector<double> shares;
};
struct Rings {
  std::vector<Ring> rings;
  // Throws InputError when a variable is no circle of the truth.
  static Rings of(const Space& space);
};

struct Places {
  at::Tensor frames_CD;
  std::vector<std::vector<std::int64_t>>
      orders;  // each variable's rows in cyclic order; may be none
  static Places of(const Space& space);
};

// The share of power at each frequency 0 … n/2 of vectors given in cyclic order.
std::vector<double> frequency_shares(const at::Tensor& vectors_ND);

}  // namespace lab
