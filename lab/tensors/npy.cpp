#include "lab/tensors/npy.h"

#include <ATen/ATen.h>

#include <sstream>

#include "lab/core/error.h"

namespace lab {
namespace {

const char* type_name(at::ScalarType type) {
  switch (type) {
    case at::kFloat:
      return "<f4";
    case at::kDouble:
      return "<f8";
    case at::kHalf:
      return "<f2";
    case at::kLong:
      return "<i8";
    case at::kInt:
      return "<i4";
    case at::kByte:
      return "|u1";
    case at::kBool:
      return "|b1";
    default:
      throw InputError(std::string("npy: numpy has no type ") + at::toString(type));
  }
}

}  // namespace

std::string to_npy(const at::Tensor& x) {
  const at::Tensor own = x.detach().contiguous();
  std::ostringstream header;
  header << "{'descr': '" << type_name(own.scalar_type())
         << "', 'fortran_order': False, 'shape': (";
  for (std::int64_t i = 0; i < own.dim(); ++i) header << (i ? ", " : "") << own.size(i);
  header << (own.dim() == 1 ? ",), }" : "), }");
  // Magic, version and the header's length take 10 bytes; data begin at a multiple of 64.
  while ((10 + static_cast<std::size_t>(header.tellp()) + 1) % 64 != 0) header << ' ';
  header << '\n';
  const std::string text = header.str();
  std::string bytes("\x93NUMPY\x01\x00", 8);
  bytes.push_back(static_cast<char>(text.size() % 256));
  bytes.push_back(static_cast<char>(text.size() / 256));
  bytes.append(text);
  return bytes.append(static_cast<const char*>(own.const_data_ptr()), own.nbytes());
}

}  // namespace lab
