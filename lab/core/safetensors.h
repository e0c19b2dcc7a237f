// The safetensors container: named tensors of bytes, and text metadata. No tensor library: see
// tensors/tensors.h for at::Tensor. Format: 8 bytes little-endian header length, JSON header, data.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace lab {

enum class DType { F32, F64, F16, BF16, I64, I32, U8, BOOL };
std::string_view dtype_name(DType dtype);  // "F32" …
std::int64_t dtype_size(DType dtype);      // bytes an element

// A tensor whose bytes (row-major, little-endian) lie elsewhere.
struct TensorBytes {
  DType dtype;
  std::vector<std::int64_t> shape;  // empty: a scalar
  std::string_view bytes;
};

struct SafetensorsView {
  std::map<std::string, TensorBytes> tensors;
  std::map<std::string, std::string> metadata;
};

// The file's bytes. Equal contents give equal bytes. The data starts at a multiple of 8 and tensors
// lie by falling size of their elements, then by name, so that each is aligned. Throws InputError
// for the name "__metadata__", text that is not UTF-8, bytes that do not fit the shape, and BOOL
// bytes other than 0 and 1.
std::string write_safetensors(const SafetensorsView& contents);

// Views into `file`, which must outlive the result. `origin` names the file in errors. Throws
// InputError with the reason for anything that is not a well-formed file: a header that is too
// short, too long (> 100 MB) or no JSON object, duplicate names, unknown dtypes, shapes that are
// negative or overflow, offsets out of range, that overlap, leave holes, or do not fit the shape,
// BOOL bytes other than 0 and 1, metadata that is not text, unknown keys. Nothing outside `file` is
// read.
SafetensorsView read_safetensors(std::string_view file, const std::string& origin);

}  // namespace lab
