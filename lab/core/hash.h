// Names by content.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace lab {

std::array<std::uint8_t, 32> sha256(std::string_view bytes);
std::string hex(const std::array<std::uint8_t, 32>& digest);  // 64 lower-case digits

// The name of a stage: the first 16 hex digits of SHA-256 of its key's canonical text.
std::string id_of(std::string_view canonical_key);

}  // namespace lab
