// Random tensors for tests, by named draws.
#pragma once

#include <ATen/ATen.h>

#include <cstdint>
#include <vector>

#include "lab/core/rng.h"

namespace random_tensors {

inline lab::Draw draw(const char* name) {
  return {name, 7};
}

inline at::Tensor normal(const char* name, std::int64_t rows, std::int64_t columns) {
  at::Tensor x = at::empty({rows, columns}, at::kDouble);
  lab::Words words = draw(name).at(0);
  for (std::int64_t i = 0; i < x.numel(); ++i) x.data_ptr<double>()[i] = words.normal();
  return x;
}

// 0 and 1, each 1 with probability p.
inline at::Tensor bits(const char* name, std::int64_t rows, std::int64_t columns, double p) {
  at::Tensor x = at::empty({rows, columns}, at::kDouble);
  lab::Words words = draw(name).at(0);
  for (std::int64_t i = 0; i < x.numel(); ++i) x.data_ptr<double>()[i] = words.bernoulli(p);
  return x;
}

inline at::Tensor order(const char* name, std::int64_t n) {
  const std::vector<std::int64_t> p = draw(name).at(0).permutation(n);
  return at::tensor(p, at::kLong);
}

// A rotation (or reflection) of n dimensions: a product of n random Householder reflections.
inline at::Tensor rotation(const char* name, std::int64_t n) {
  const at::Tensor v = normal(name, n, n);
  at::Tensor q = at::eye(n, at::kDouble);
  for (std::int64_t i = 0; i < n; ++i)
    q = q - 2 * at::outer(q.mv(v[i]), v[i]) / v[i].square().sum();
  return q;
}

}  // namespace random_tensors
