// Names in BLIF files; the rules are in blif.h.
#pragma once

#include <string>
#include <string_view>

namespace circuits {

inline constexpr std::string_view kBlifOutputSuffix = "%out";

std::string to_blif_name(std::string_view name);
std::string from_blif_name(std::string_view name);  // what is no escape stays as it is

}  // namespace circuits
