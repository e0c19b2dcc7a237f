#include "lab/tensors/regression.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "lab/core/stop.h"
#include "lab/tensors/tensors.h"

namespace lab {
namespace {

using std::int64_t;
constexpr double kDecrement = 1e-10;  // of Newton's method: the loss is this near its optimum
constexpr int kMostSteps = 100;

// x with mean 0 and mean variance 1 (0 where nothing varies), and the way back.
struct Standardised {
  at::Tensor x_BD, mean_D;
  double scale = 1;

  Readout readout(const at::Tensor& weights_DT, const at::Tensor& offset_T) const {
    const at::Tensor own_DT = weights_DT / scale;
    return {own_DT, offset_T - mean_D.matmul(own_DT)};
  }
};

Standardised standardised(const at::Tensor& x_BD) {
  require_finite(x_BD, "regression: an activation");
  const at::Tensor x = x_BD.to(at::kDouble), mean_D = x.mean(0), centred_BD = x - mean_D;
  const double scale = std::sqrt(centred_BD.square().mean().item<double>());
  const double by = scale > 0 ? scale : 1;
  return {centred_BD / by, mean_D, by};
}

// x with a column of ones, and one column of labels.
struct Logistic {
  const at::Tensor& x_BE;
  const at::Tensor& label_B;  // 0 or 1
  const at::Tensor& penalty_E;

  double loss(const at::Tensor& theta_E) const {
    const at::Tensor z_B = x_BE.mv(theta_E);
    const at::Tensor each_B = at::logaddexp(z_B, at::zeros_like(z_B)) - z_B * label_B;
    return each_B.mean().item<double>() + (penalty_E * theta_E.square()).sum().item<double>() / 2;
  }

  at::Tensor curvature(const at::Tensor& weight_B) const {
    at::Tensor sum_EE = at::diag(penalty_E);
    const double n = static_cast<double>(x_BE.size(0));
    const int64_t rows = 1024;  // at once, so that a stop is heeded
    for (int64_t first = 0; first < x_BE.size(0); first += rows) {
      poll_stop();
      const int64_t count = std::min(rows, x_BE.size(0) - first);
      const at::Tensor part = x_BE.narrow(0, first, count);
      sum_EE.addmm_((part * weight_B.narrow(0, first, count).unsqueeze(1)).t(), part, 1, 1 / n);
    }
    return sum_EE;
  }

  // From theta on, to the optimum.
  at::Tensor minimised(at::Tensor theta_E) const {
    const double n = static_cast<double>(x_BE.size(0));
    double value = loss(theta_E);
    for (int step = 0; step < kMostSteps; ++step) {
      const at::Tensor p_B = x_BE.mv(theta_E).sigmoid();
      const at::Tensor slope_E = x_BE.t().mv(p_B - label_B) / n + penalty_E * theta_E;
      const at::Tensor turn_E = at::linalg_solve(curvature(p_B * (1 - p_B)), slope_E);
      const double gain = slope_E.dot(turn_E).item<double>();
      if (gain / 2 < kDecrement) return theta_E;
      double length = 1, next = loss(theta_E - turn_E);
      while (!(next <= value - 1e-4 * length * gain) && length > 1e-10) {
        length /= 2;
        next = loss(theta_E - turn_E * length);
      }
      if (!(next < value)) return theta_E;  // rounding allows no further
      theta_E = theta_E - turn_E * length;
      value = next;
    }
    throw Failure("logistic regression did not converge; raise its penalty");
  }
};

}  // namespace

Readout ridge_regression(const at::Tensor& x_BD, const at::Tensor& y_BT, double ridge) {
  require_finite(y_BT, "regression: a target");
  const Standardised x = standardised(x_BD);
  const double n = static_cast<double>(x_BD.size(0));
  const at::Tensor mean_T = y_BT.to(at::kDouble).mean(0), y = y_BT.to(at::kDouble) - mean_T;
  const at::Tensor covariance_DD =
      x.x_BD.t().mm(x.x_BD) / n + at::eye(x_BD.size(1), at::kDouble) * ridge;
  // Without a penalty, where some directions do not vary: the solution of least norm.
  const at::Tensor inverse_DD = at::linalg_pinv(covariance_DD, 1e-12, /*hermitian=*/true);
  return x.readout(inverse_DD.mm(x.x_BD.t().mm(y) / n), mean_T);
}

Readout logistic_regression(const at::Tensor& x_BD, const at::Tensor& labels_BT, double l2) {
  const Standardised x = standardised(x_BD);
  const int64_t B = x_BD.size(0), D = x_BD.size(1), T = labels_BT.size(1);
  const at::Tensor x_BE = at::cat({x.x_BD, at::ones({B, 1}, at::kDouble)}, 1);
  const at::Tensor penalty_E =
      at::cat({at::full({D}, l2, at::kDouble), at::zeros({1}, at::kDouble)});
  std::vector<at::Tensor> found;
  for (int64_t t = 0; t < T; ++t) {
    const at::Tensor label_B = labels_BT.select(1, t).to(at::kDouble);
    const double ones = label_B.sum().item<double>(), zeros = static_cast<double>(B) - ones;
    at::Tensor theta_E = at::zeros({D + 1}, at::kDouble);
    theta_E[D] = std::log((ones + .5) / (zeros + .5));
    const bool varies = ones > 0 && zeros > 0;
    found.push_back(varies ? Logistic{x_BE, label_B, penalty_E}.minimised(theta_E) : theta_E);
  }
  const at::Tensor theta_ET = at::stack(found, 1);
  return x.readout(theta_ET.narrow(0, 0, D), theta_ET[D]);
}

}  // namespace lab
