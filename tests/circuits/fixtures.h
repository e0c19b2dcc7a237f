// Reference data that may lie beside the project; tests that need it are skipped where it is absent.
#pragma once

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>

inline const std::filesystem::path kFixtures = LAB_SOURCE_DIR "/../shared/fixtures/circuits";
inline const std::filesystem::path kGolden = LAB_SOURCE_DIR "/tests/data/circuits";

inline bool fixtures_absent() {
  if (std::filesystem::exists(kFixtures)) return false;
  MESSAGE("skipped: no fixtures");
  return true;
}

inline std::string bytes_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

inline nlohmann::json json_of(const std::filesystem::path& path) {
  return nlohmann::json::parse(bytes_of(path));
}
