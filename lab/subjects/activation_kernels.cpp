#include "lab/subjects/activation_kernels.h"

#include <algorithm>
#include <vector>

#include "lab/core/kernel.h"

namespace lab {
namespace {

LAB_KERNEL void kink_row(std::int64_t width, float below, const float* __restrict bias,
                         float* __restrict pre, float* __restrict post) {
  for (std::int64_t i = 0; i < width; ++i) {
    const float z = pre[i] + bias[i];
    pre[i] = z;
    post[i] = z > 0 ? z : below * z;
  }
}

LAB_KERNEL void square_row(std::int64_t width, const float* __restrict bias, float* __restrict pre,
                           float* __restrict post) {
  for (std::int64_t i = 0; i < width; ++i) {
    const float z = pre[i] + bias[i];
    pre[i] = z;
    post[i] = z * z;
  }
}

LAB_KERNEL void kink_gradient_row(std::int64_t width, float below, float at_zero,
                                  const float* __restrict pre, float* __restrict gradient,
                                  float* __restrict sums) {
  for (std::int64_t i = 0; i < width; ++i) {
    const float z = pre[i];
    const float slope = z > 0 ? 1.0F : (z < 0 ? below : at_zero);
    const float g = slope * gradient[i];
    gradient[i] = g;
    sums[i] += g;
  }
}

LAB_KERNEL void square_gradient_row(std::int64_t width, const float* __restrict pre,
                                    float* __restrict gradient, float* __restrict sums) {
  for (std::int64_t i = 0; i < width; ++i) {
    const float g = 2.0F * pre[i] * gradient[i];
    gradient[i] = g;
    sums[i] += g;
  }
}

// Calls row(b · width, bias or zeros) for every row.
template <class Row>
void forward_rows(const LayerPass& pass, const Row& row) {
  std::vector<float> zeros;
  if (pass.bias == nullptr) zeros.assign(static_cast<std::size_t>(pass.width), 0.0F);
  const float* bias = pass.bias != nullptr ? pass.bias : zeros.data();
  for (std::int64_t b = 0; b < pass.rows; ++b) row(b * pass.width, bias);
}

// Calls row(b · width, sums) for every row, with sums that start at 0.
template <class Row>
void backward_rows(const LayerPass& pass, const Row& row) {
  std::vector<float> unread;
  if (pass.sums == nullptr) unread.assign(static_cast<std::size_t>(pass.width), 0.0F);
  float* sums = pass.sums != nullptr ? pass.sums : unread.data();
  std::fill_n(sums, pass.width, 0.0F);
  for (std::int64_t b = 0; b < pass.rows; ++b) row(b * pass.width, sums);
}

}  // namespace

void kink_forward(const LayerPass& pass, const Kink& kink) {
  forward_rows(pass, [&](std::int64_t at, const float* bias) {
    kink_row(pass.width, kink.below, bias, pass.pre + at, pass.post + at);
  });
}

void square_forward(const LayerPass& pass) {
  forward_rows(pass, [&](std::int64_t at, const float* bias) {
    square_row(pass.width, bias, pass.pre + at, pass.post + at);
  });
}

void kink_backward(const LayerPass& pass, const Kink& kink) {
  backward_rows(pass, [&](std::int64_t at, float* sums) {
    kink_gradient_row(pass.width, kink.below, kink.at_zero, pass.pre + at, pass.gradient + at,
                      sums);
  });
}

void square_backward(const LayerPass& pass) {
  backward_rows(pass, [&](std::int64_t at, float* sums) {
    square_gradient_row(pass.width, pass.pre + at, pass.gradient + at, sums);
  });
}

}  // namespace lab
