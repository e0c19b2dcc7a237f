#include "lab/tensors/tensors.h"

#include <ATen/ATen.h>

#include <cstring>

#include "lab/core/error.h"
#include "lab/core/safetensors.h"

namespace lab {
namespace {

at::ScalarType scalar_type(DType dtype) {
  switch (dtype) {
    case DType::F32:
      return at::kFloat;
    case DType::F64:
      return at::kDouble;
    case DType::F16:
      return at::kHalf;
    case DType::BF16:
      return at::kBFloat16;
    case DType::I64:
      return at::kLong;
    case DType::I32:
      return at::kInt;
    case DType::U8:
      return at::kByte;
    case DType::BOOL:
      return at::kBool;
  }
  throw InputError("unknown dtype");
}

DType dtype_of(const at::Tensor& x, const std::string& name) {
  for (const DType dtype : {DType::F32, DType::F64, DType::F16, DType::BF16, DType::I64, DType::I32,
                            DType::U8, DType::BOOL}) {
    if (scalar_type(dtype) == x.scalar_type()) return dtype;
  }
  throw InputError("tensor \"" + name + "\" has dtype " + c10::toString(x.scalar_type()) +
                   ", which is not stored; convert it to float32");
}

at::Tensor filled(void (Draw::*fill)(std::int64_t, std::int64_t, std::int64_t, float*) const,
                  const Draw& draw, std::int64_t first, std::int64_t rows, std::int64_t columns) {
  at::Tensor out = at::empty({rows, columns}, at::kFloat);
  (draw.*fill)(first, rows, columns, out.data_ptr<float>());
  return out;
}

}  // namespace

std::string to_safetensors(const Tensors& tensors,
                           const std::map<std::string, std::string>& metadata) {
  Tensors contiguous;  // owns what the views point to
  SafetensorsView contents{{}, metadata};
  for (const auto& [name, tensor] : tensors) {
    const at::Tensor& x = contiguous[name] = tensor.detach().cpu().contiguous();
    contents.tensors[name] = {dtype_of(x, name),
                              x.sizes().vec(),
                              {static_cast<const char*>(x.const_data_ptr()), x.nbytes()}};
  }
  return write_safetensors(contents);
}

Tensors from_safetensors(std::string_view bytes, const std::string& origin) {
  Tensors tensors;
  for (const auto& [name, view] : read_safetensors(bytes, origin).tensors) {
    at::Tensor x = at::empty(view.shape, scalar_type(view.dtype));
    if (!view.bytes.empty())
      std::memcpy(x.mutable_data_ptr(), view.bytes.data(), view.bytes.size());
    tensors[name] = std::move(x);
  }
  return tensors;
}

const at::Tensor& tensor(const Tensors& tensors, const std::string& name) {
  const auto found = tensors.find(name);
  if (found == tensors.end()) throw InputError("there is no tensor \"" + name + "\"");
  return found->second;
}

at::Tensor uniforms(const Draw& draw, std::int64_t first, std::int64_t rows, std::int64_t columns) {
  return filled(&Draw::uniforms, draw, first, rows, columns);
}
at::Tensor normals(const Draw& draw, std::int64_t first, std::int64_t rows, std::int64_t columns) {
  return filled(&Draw::normals, draw, first, rows, columns);
}

at::Tensor unit_rows(const at::Tensor& x_ND) {
  const at::Tensor norms = x_ND.norm(2, 1, true);
  return x_ND / at::where(norms > 0, norms, at::ones_like(norms));
}

at::Tensor cosines(const at::Tensor& a_ND, const at::Tensor& b_MD) {
  return at::matmul(unit_rows(a_ND.to(at::kDouble)), unit_rows(b_MD.to(at::kDouble)).t());
}

std::vector<double> to_vector(const at::Tensor& x) {
  const at::Tensor flat = x.detach().cpu().to(at::kDouble).contiguous();
  const double* data = flat.const_data_ptr<double>();
  return {data, data + flat.numel()};
}

void require_finite(const at::Tensor& x, const std::string& what) {
  if (!at::isfinite(x).all().item<bool>()) throw Failure(what + " is not finite");
}

}  // namespace lab
