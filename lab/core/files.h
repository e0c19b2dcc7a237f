// Files: whole reads, and writes that other processes see either complete or not at all.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace lab {

namespace fs = std::filesystem;

// The bytes of a file. Throws InputError naming the path and the system's reason.
std::string read_file(const fs::path& path);

// Writes `bytes` to a file below `tmp` (created when absent) named <host>.<pid>.<random>.<n>, syncs it, and
// renames it to `path`, which then holds the old content or the new, never a part. `tmp` must be on
// the same file system as `path`. Throws std::runtime_error with the system's reason.
void write_atomically(const fs::path& path, std::string_view bytes, const fs::path& tmp);

// Removes what dead processes of this host, and anybody a day ago, left below `tmp`.
void remove_leftovers(const fs::path& tmp);

}  // namespace lab
