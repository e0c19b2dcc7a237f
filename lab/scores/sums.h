// Scores that are sums over samples, fed a batch at a time: memory does not grow with the samples, and what comes out does not
// depend on how they were cut into batches. Sums and moments are float64 (moments merged as in Chan, Golub and LeVeque 1979),
// equal to about 1e-12; counts are whole numbers and exact. Scores are those of reconstruction.h and latents.h, whose functions
// of whole tensors are these, fed once. All `add` throw Failure when an input is not finite, InputError when shapes differ.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <utility>

#include "lab/scores/latents.h"
#include "lab/scores/scores.h"

namespace lab {

// Makes reconstruction_scores.
class ReconstructionSums {
 public:
  void add(const at::Tensor& acts_BD, const at::Tensor& reconstruction_BD);
  Scores scores() const;

 private:
  std::int64_t samples_ = 0, long_enough_ = 0;
  at::Tensor first_1D_, mean_1D_;
  bool constant_ = true;
  double error_ = 0, variance_ = 0, ratios_ = 0, x_norms_ = 0, y_norms_ = 0, y_squares_ = 0,
         products_ = 0;
};

// Of each column how often it is on, and the sum of its absolute values where it is.
struct Sizes {
  std::int64_t samples = 0;
  at::Tensor count;  // int64
  at::Tensor sum;    // float64
};
void add_sizes(Sizes& sizes, const at::Tensor& x_BK, const at::Tensor& on_BK);  // on: bool
void add_codes(Sizes& sizes, const at::Tensor& codes_BM);                       // on: ≠ 0

Scores sparsity_scores(const Sizes& codes);
Score code_l1(const Sizes& codes, const at::Tensor& atoms_MD);
Score magnitude_ratio(const Sizes& codes, const Sizes& values, const at::Tensor& atoms_MD,
                      const at::Tensor& truth_CD, const Matching& matching);

void add_firings(Firings& firings, const at::Tensor& codes_BM, const at::Tensor& present_BC);

// Means, variances and covariances of the columns of two matrices: [M, F] float64.
class CrossMoments {
 public:
  void add(const at::Tensor& a_BM, const at::Tensor& b_BF);
  std::int64_t samples() const { return samples_; }
  at::Tensor pearson()
      const;  // 0 where either column is constant; undefined before the first `add`

 private:
  struct Side {
    at::Tensor first, mean, square, constant;  // of each column; square: Σ (x − mean)²
  };
  // Takes a batch in; gives it back centred, and how far its mean lies from that of those before.
  static std::pair<at::Tensor, at::Tensor> take(Side& side, const at::Tensor& x, double before);

  std::int64_t samples_ = 0;
  Side a_, b_;
  at::Tensor product_MF_;
};
Score activation_mcc(const CrossMoments& codes_and_values);

}  // namespace lab
