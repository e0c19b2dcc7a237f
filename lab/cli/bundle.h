// What `lab export` writes and `lab sae score` reads.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace lab {

// A sweep of all arms on one subject; the store beside it has what was computed of it. Paths in it start from its folder,
// so that a bundle can be moved.
inline constexpr const char* bundle_sweep = "sweep.json";

// A bundle's sweep with the files that it is made of (atoms, circuits, SAEs) copied into the bundle's folder `files`, each
// under its number and name, and their paths there.
nlohmann::json with_own_files(nlohmann::json sweep, const std::filesystem::path& bundle);

// A bundle's sweep as it runs where the bundle lies now: its paths made absolute.
nlohmann::json located(nlohmann::json sweep, const std::filesystem::path& bundle);

// Whether a decomposer runs a program of the user's, at whatever depth: such a one cannot be moved.
bool runs_program(const nlohmann::json& decomposer);

}  // namespace lab
