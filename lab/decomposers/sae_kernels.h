// The passes of a sparse autoencoder's step beside its products, each over a matrix once. On the CPU they are
// loops that use all of the run's threads and add in an order that does not depend on how many there are;
// elsewhere the same by LibTorch's operations.
#pragma once

#include <ATen/core/Tensor.h>

namespace lab {

// out = x − row, from every row of x.
void subtract_row(const at::Tensor& x_BD, const at::Tensor& row_D, at::Tensor& out_BD);

struct Fired {
  at::Tensor sum_M;  // of each latent's codes
  at::Tensor any_M;  // bool: whether it fired
  double count = 0;  // codes that are not 0, over all
};
// In place: codes = ReLU(p + bias). NaN stays NaN.
Fired relu_codes_(at::Tensor& pre_BM, const at::Tensor& bias_M);

// In place: x̂ without its bias becomes scale·(x̂ + bias − out); `sum_D` its sums over the batch. Gives
// Σ (x̂ + bias − out)².
double error_slope_(at::Tensor& said_BD, const at::Tensor& bias_D, const at::Tensor& out_BD,
                    double scale, at::Tensor& sum_D);

// In place: slope + scale·more_M where the code is not 0, else 0; `sum_M` its sums over the batch.
void through_relu_(at::Tensor& slope_BM, const at::Tensor& codes_BM, const at::Tensor& more_M,
                   double scale, at::Tensor& sum_M);

at::Tensor row_norms(const at::Tensor& rows_MD);  // [M]
// The sum Σ_i weight_i ‖row_i‖; its gradient in the rows (0 in rows of norm 0) times `scale` is added to `grad`.
double add_norm_slopes_(const at::Tensor& rows_MD, const at::Tensor& norm_M,
                        const at::Tensor& weight_M, double scale, at::Tensor& grad_MD);
// sum_D: of the rows of x_BD.
void column_sums(const at::Tensor& x_BD, at::Tensor& sum_D);
// The variances of the columns (over B, not B − 1), summed.
double total_variance(const at::Tensor& x_BD);

// Rows of `grad` lose their component along the rows of `unit` (of norm 1).
void project_rows_(at::Tensor& grad_MD, const at::Tensor& unit_MD);
// Rows get norm 1; those of norm below 1e-12 are divided by that.
void normalise_rows_(at::Tensor& rows_MD);

}  // namespace lab
