#include "lab/subjects/loss_gradients.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "lab/core/kernel.h"

namespace lab {
namespace {

// Arrays of `count` outputs in rows of `columns`; gradients are multiplied by `scale`.
struct Elements {
  std::int64_t count, columns;
  float scale;
  const float* output;
  const float* target;
  float* gradient;
};

constexpr std::int64_t kBlock = 64;  // elements whose losses are added up in float, then in double

// `terms` receive the losses of `count` elements.
LAB_KERNEL void squares(std::int64_t count, float scale, const float* __restrict y,
                        const float* __restrict t, float* __restrict gradient,
                        float* __restrict terms) {
  for (std::int64_t i = 0; i < count; ++i) {
    const float error = y[i] - t[i];
    terms[i] = error * error;
    gradient[i] = 2.0F * scale * error;
  }
}

LAB_KERNEL void hinges(std::int64_t count, float scale, const float* __restrict y,
                       const float* __restrict t, float* __restrict gradient,
                       float* __restrict terms) {
  for (std::int64_t i = 0; i < count; ++i) {
    const float sign = 2.0F * t[i] - 1.0F;
    const float short_by = 1.0F - sign * y[i];
    terms[i] = short_by <= 0 ? 0.0F : short_by;  // NaN stays NaN and shows in the loss
    gradient[i] = short_by > 0 ? -scale * sign : 0.0F;
  }
}

// |e|^p where 2(p − 1) = `halves` is a whole number: products, and one root where it is odd.
LAB_KERNEL void whole_powers(std::int64_t count, std::int64_t halves, float slope_scale,
                             const float* __restrict y, const float* __restrict t,
                             float* __restrict gradient, float* __restrict terms) {
  float size[kBlock], power[kBlock];
  for (std::int64_t i = 0; i < count; ++i) {
    size[i] = std::abs(y[i] - t[i]);
    power[i] = halves % 2 == 1 ? std::sqrt(size[i]) : 1.0F;
  }
  for (std::int64_t k = 0; k < halves / 2; ++k) {
    for (std::int64_t i = 0; i < count; ++i) power[i] *= size[i];
  }
  for (std::int64_t i = 0; i < count; ++i) {
    const float error = y[i] - t[i];
    terms[i] = power[i] * size[i];
    gradient[i] = slope_scale * power[i] * (error > 0 ? 1.0F : (error < 0 ? -1.0F : 0.0F));
  }
}

void any_powers(std::int64_t count, float p, float slope_scale, const float* y, const float* t,
                float* gradient, float* terms) {
  for (std::int64_t i = 0; i < count; ++i) {
    const float error = y[i] - t[i];
    const float power = std::pow(std::abs(error), p - 1);
    terms[i] = power * std::abs(error);
    gradient[i] = slope_scale * power * (error > 0 ? 1.0F : error < 0 ? -1.0F : 0.0F);
  }
}

// Calls kernel(count, y, t, gradient, terms) for a block at a time and adds the terms up.
template <class Kernel>
double blocks(const Elements& e, const Kernel& kernel) {
  float terms[kBlock];
  double sum = 0;
  for (std::int64_t first = 0; first < e.count; first += kBlock) {
    const std::int64_t count = std::min(kBlock, e.count - first);
    kernel(count, e.output + first, e.target + first, e.gradient + first, terms);
    float part = 0;
    for (std::int64_t i = 0; i < count; ++i) part += terms[i];
    sum += part;
  }
  return sum * e.scale;
}

double loss_of(const MeanSquared&, const Elements& e) {
  return blocks(e, [&](std::int64_t n, const float* y, const float* t, float* g, float* terms) {
    squares(n, e.scale, y, t, g, terms);
  });
}

double loss_of(const Hinge&, const Elements& e) {
  return blocks(e, [&](std::int64_t n, const float* y, const float* t, float* g, float* terms) {
    hinges(n, e.scale, y, t, g, terms);
  });
}

double loss_of(const PowerLoss& loss, const Elements& e) {
  const double halves = 2 * (loss.p - 1);
  const bool whole = halves == std::floor(halves) && halves <= 64;
  const auto slope_scale = static_cast<float>(loss.p * e.scale);
  return blocks(e, [&](std::int64_t n, const float* y, const float* t, float* g, float* terms) {
    if (whole) {
      whole_powers(n, static_cast<std::int64_t>(halves), slope_scale, y, t, g, terms);
    } else {
      any_powers(n, static_cast<float>(loss.p), slope_scale, y, t, g, terms);
    }
  });
}

// max(y, 0) − t·y + ln(1 + e^−|y|). The logarithm is taken of products of up to kBlock of its
// arguments, which are at most 2.
double loss_of(const BinaryCrossEntropy&, const Elements& e) {
  double sum = 0;
  for (std::int64_t first = 0; first < e.count; first += kBlock) {
    const std::int64_t end = std::min(e.count, first + kBlock);
    double product = 1, linear = 0;
    for (std::int64_t i = first; i < end; ++i) {
      const float y = e.output[i], t = e.target[i];
      const float small = std::exp(-std::abs(y));
      const float share = 1.0F / (1.0F + small);
      product *= 1.0 + static_cast<double>(small);
      linear += (y > 0 ? y : 0.0F) - t * y;
      e.gradient[i] = e.scale * ((y >= 0 ? share : small * share) - t);
    }
    sum += linear + std::log(product);
  }
  return sum * e.scale;
}

double loss_of(const CrossEntropy&, const Elements& e) {
  double sum = 0;
  for (std::int64_t first = 0; first < e.count; first += e.columns) {
    const float* y = e.output + first;
    const float* t = e.target + first;
    float* g = e.gradient + first;
    const float most = *std::max_element(y, y + e.columns);
    double total = 0, targets = 0;
    for (std::int64_t i = 0; i < e.columns; ++i) {
      g[i] = std::exp(y[i] - most);
      total += g[i];
      targets += t[i];
    }
    const double log_total = std::log(total);
    const auto share = static_cast<float>(targets / total);
    for (std::int64_t i = 0; i < e.columns; ++i) {
      if (t[i] != 0) sum -= t[i] * (static_cast<double>(y[i]) - most - log_total);
      g[i] = e.scale * (g[i] * share - t[i]);
    }
  }
  return sum * e.scale;
}

}  // namespace

double loss_and_gradient(const LossConfig& loss, const at::Tensor& output_BT,
                         const at::Tensor& targets_BT, at::Tensor& gradient_BT) {
  const std::int64_t count = output_BT.numel(), columns = output_BT.size(1);
  const bool by_rows = std::holds_alternative<CrossEntropy>(loss.kind);
  const Elements elements{count,
                          columns,
                          1.0F / static_cast<float>(by_rows ? output_BT.size(0) : count),
                          output_BT.const_data_ptr<float>(),
                          targets_BT.const_data_ptr<float>(),
                          gradient_BT.mutable_data_ptr<float>()};
  return std::visit([&](const auto& kind) { return loss_of(kind, elements); }, loss.kind);
}

}  // namespace lab
