// A sweep as its author writes it: one JSON file.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "lab/core/fields.h"

namespace lab {

struct SweepConfig {
  std::string schema;  // "$schema": for editors alone
  std::string name;
  std::string about;
  json base = json::object();
  json axes = json::array();
  json seeds = 1;
  std::vector<json> figures;  // read by the report: lab/report/figures.h
  std::vector<json> claims;   // lab/report/claims.h

  void fields(Fields& f);
};

struct Sweep {
  std::string origin;  // the file's name as the user gave it, for errors
  SweepConfig config;
};

// Reads a sweep's file; its axes are read by axes.h. Throws InputError, one line that begins with
// the file's name.
Sweep read_sweep(const std::filesystem::path& file);
Sweep parse_sweep(std::string_view text, const std::string& origin);

// The JSON Schema of a sweep's file, given the schemas of its base, of a figure and of a claim.
json sweep_schema(const json& base, const json& figure, const json& claim, json& definitions);

}  // namespace lab
