#include "lab/cli/bundle.h"

#include <algorithm>
#include <functional>
#include <map>
#include <system_error>

#include "lab/core/error.h"
#include "lab/core/files.h"
#include "lab/core/json.h"
#include "lab/core/output.h"

namespace lab {
namespace {

// Calls `visit` with the path of everything in a config that lies in a file or folder.
void each_path(json& value, const std::function<void(std::string& path)>& visit) {
  if (!value.is_structured()) return;
  const auto text = [&](const char* name) {
    const auto found = value.is_object() ? value.find(name) : value.end();
    return found != value.end() && found->is_string() ? found->get_ptr<std::string*>() : nullptr;
  };
  const std::string* const kind = text("kind");
  std::string* const path = text("path");
  if (kind != nullptr && path != nullptr && (*kind == "file" || *kind == "sae")) visit(*path);
  for (json& inner : value) each_path(inner, visit);
}

// The files of a folder that make an SAE, or the file itself.
void copy_to(const fs::path& from, const fs::path& to) {
  if (!fs::is_directory(from)) return write_output(to, read_file(from));
  for (const auto& entry : fs::directory_iterator(from)) {
    const fs::path& file = entry.path();
    const bool part = file.extension() == ".json" || file.extension() == ".safetensors";
    if (entry.is_regular_file() && part) write_output(to / file.filename(), read_file(file));
  }
}

}  // namespace

json with_own_files(json sweep, const fs::path& bundle) {
  std::map<std::string, std::string> copied;
  each_path(sweep, [&](std::string& path) {
    std::string& own = copied[path];
    if (own.empty()) {
      const fs::path from = (fs::absolute(path) / "").lexically_normal().parent_path();
      own = "files/" + std::to_string(copied.size()) + "-" + from.filename().string();
      copy_to(from, bundle / own);
    }
    path = own;
  });
  return sweep;
}

InFolder::InFolder(const fs::path& folder) {
  std::error_code refused;
  before_ = fs::current_path();
  fs::current_path(folder, refused);
  if (refused) throw InputError(folder.string() + ": " + refused.message());
}

InFolder::~InFolder() {
  std::error_code ignored;
  fs::current_path(before_, ignored);
}

void require_harmless(const json& run) {
  if (runs_program(run)) {
    throw InputError("runs a program (external), which a bundle must not");
  }
  const fs::path own = fs::weakly_canonical(fs::current_path() / "files");
  json copy = run;
  each_path(copy, [&](const std::string& path) {
    std::error_code unreadable;
    const fs::path file = fs::weakly_canonical(path, unreadable);
    const auto [rest, inside] = std::ranges::mismatch(own, file);
    const bool harmless = !unreadable && rest == own.end() && inside != file.end();
    if (fs::path(path).is_absolute() || !harmless) {
      throw InputError("reads \"" + path + "\", which is not in the bundle's folder files");
    }
  });
}

bool runs_program(const json& config) {
  if (config.is_string()) return config == "external";  // a kind with its defaults
  if (!config.is_structured()) return false;
  for (const auto& [name, inner] : config.items()) {
    const bool a_kind = name == "kind" || name == "decomposer";
    if ((a_kind || inner.is_structured()) && runs_program(inner)) return true;
  }
  return false;
}

}  // namespace lab
