// What `lab export` writes and `lab sae score` reads.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace lab {

// A sweep of all arms on one subject; the store beside it has what was computed of it. Paths in it start from
// its folder and are read from there (InFolder), so that no stage's key says where the bundle lies: it can be
// moved.
inline constexpr const char* bundle_sweep = "sweep.json";

// While it lives, the folder is the program's current one. Throws InputError when it cannot be entered.
class InFolder {
 public:
  explicit InFolder(const std::filesystem::path& folder);
  ~InFolder();
  InFolder(const InFolder&) = delete;
  InFolder& operator=(const InFolder&) = delete;

 private:
  std::filesystem::path before_;
};

// A bundle's sweep with the files that it is made of (atoms, circuits, SAEs) copied into the bundle's folder
// `files`, each under its number and name, and their paths there.
nlohmann::json with_own_files(nlohmann::json sweep, const std::filesystem::path& bundle);

// A bundle may be a stranger's: throws InputError when one of its runs, or a part of one, runs a program, or
// reads what does not lie in the folder `files` of the current folder (links are followed).
void require_harmless(const nlohmann::json& run);

// Whether a config or anything in it, at whatever depth, runs a program of the user's: such a one cannot be
// moved.
bool runs_program(const nlohmann::json& config);

}  // namespace lab
