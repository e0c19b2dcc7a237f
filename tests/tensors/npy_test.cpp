#include "lab/tensors/npy.h"

#include <ATen/ATen.h>
#include <doctest/doctest.h>

#include <cstring>

#include "lab/core/error.h"

namespace lab {
namespace {

TEST_CASE("npy: a header of numpy's format 1.0, then the numbers row by row") {
  const at::Tensor x = at::arange(6, at::kFloat).view({2, 3});
  const std::string bytes = to_npy(x);
  CHECK(bytes.substr(0, 8) == std::string("\x93NUMPY\x01\x00", 8));
  const std::size_t begin =
      10 + static_cast<unsigned char>(bytes[8]) + 256 * static_cast<unsigned char>(bytes[9]);
  CHECK(begin % 64 == 0);
  CHECK(
      bytes.substr(10).starts_with("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }"));
  CHECK(bytes[begin - 1] == '\n');
  REQUIRE(bytes.size() == begin + 24);
  CHECK(std::memcmp(bytes.data() + begin, x.const_data_ptr(), 24) == 0);
  // A view is written as it reads, not as it lies in memory.
  CHECK(to_npy(x.t()).substr(begin) == to_npy(x.t().contiguous()).substr(begin));
}

TEST_CASE("npy: types and shapes") {
  CHECK(to_npy(at::zeros({}, at::kDouble)).find("'<f8', 'fortran_order': False, 'shape': ()") !=
        std::string::npos);
  CHECK(to_npy(at::zeros({4}, at::kBool)).find("'|b1', 'fortran_order': False, 'shape': (4,)") !=
        std::string::npos);
  CHECK(to_npy(at::zeros({0, 2}, at::kLong)).size() % 64 == 0);
  CHECK_THROWS_AS(to_npy(at::zeros({2}, at::kBFloat16)), InputError);
}

}  // namespace
}  // namespace lab
