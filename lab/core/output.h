// Files that a user asked for.
#pragma once

#include <filesystem>
#include <string_view>

namespace lab {

// Writes a file, whole or not at all, and makes its folder where it is missing; nothing is left beside it. Throws
// InputError naming the path.
void write_output(const std::filesystem::path& path, std::string_view bytes);

}  // namespace lab
