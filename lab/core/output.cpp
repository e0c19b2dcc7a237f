#include "lab/core/output.h"

#include <system_error>

#include "lab/core/error.h"
#include "lab/core/files.h"

namespace lab {

void write_output(const fs::path& path, std::string_view bytes) {
  const fs::path folder = fs::absolute(path).lexically_normal().parent_path();
  const fs::path unfinished = folder / ".unfinished";
  try {
    fs::create_directories(folder);
    write_atomically(folder / path.filename(), bytes, unfinished);
  } catch (const std::exception& error) {
    throw InputError(path.string() + ": cannot be written: " + error.what());
  }
  std::error_code ignored;
  fs::remove(unfinished, ignored);  // unless others write there, too
}

}  // namespace lab
