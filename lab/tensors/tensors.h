// The few tensor helpers that all share: named tensors as files, and numbers in and out.
// Letters in names of tensors: B samples, N inputs, F features, C coordinates, D activation width,
// M latents, T targets, K group size. Tensors are float32 on the CPU unless said otherwise.
#pragma once

#include <ATen/core/Tensor.h>

#include <map>
#include <string>
#include <vector>

#include "lab/core/rng.h"

namespace lab {

using Tensors = std::map<std::string, at::Tensor>;

// Tensors as the bytes of a safetensors file and back; dtypes float32, float64, float16,
// bfloat16, int64, int32, uint8, bool.
std::string to_safetensors(const Tensors& tensors,
                           const std::map<std::string, std::string>& metadata = {});
// Owns its memory. Throws InputError as read_safetensors does; `origin` names the file.
Tensors from_safetensors(std::string_view bytes, const std::string& origin);

// The tensor `name`. Throws InputError when it is missing.
const at::Tensor& tensor(const Tensors& tensors, const std::string& name);

// [rows, columns] float32 of named randomness: row r holds the values of sample first + r.
at::Tensor uniforms(const Draw& draw, std::int64_t first, std::int64_t rows, std::int64_t columns);
at::Tensor normals(const Draw& draw, std::int64_t first, std::int64_t rows, std::int64_t columns);

at::Tensor unit_rows(
    const at::Tensor& x_ND);  // each row divided by its norm; rows of norm 0 stay 0
// [rows of a, rows of b] float64 cosines; 0 where either row has norm 0.
at::Tensor cosines(const at::Tensor& a_ND, const at::Tensor& b_MD);
std::vector<double> to_vector(const at::Tensor& x);  // all elements, row-major
// Throws Failure "what is not finite" when `x` holds NaN or infinity.
void require_finite(const at::Tensor& x, const std::string& what);

}  // namespace lab
