// Exact solution of small homogeneous systems of linear equations in whole numbers.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace circuits {

// The whole numbers, without common factor and the first one positive, that all equations (rows of
// equal length, one number an unknown) send to 0. Empty unless they are unique and none is 0, or
// when a number on the way leaves 64 bits.
std::optional<std::vector<std::int64_t>> null_vector(
    std::vector<std::vector<std::int64_t>> equations);

}  // namespace circuits
