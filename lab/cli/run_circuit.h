// The circuit of one run, from its file alone.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "lab/report/figures.h"

namespace lab {

// The tables of circuit_picture for the run's subject; nothing where its key has none, or its world no
// circuit. `key`: the run's.
std::optional<Record> circuit_of_run(const nlohmann::json& key);

// A run whose circuit is drawn.
struct CircuitRun {
  std::string id;
  Store store;
  nlohmann::json key;
  Record record, picture;
  double threshold;  // least |φ| at which a gate counts as found
};

// The graph and the matrices, drawn into the file: an SVG, PNG or PDF by its ending. Throws InputError
// for another ending.
void draw_circuit(const CircuitRun& run, const std::filesystem::path& file);
// The same as a page of the report's kind, with the run's scores and tables.
void write_circuit_page(const CircuitRun& run, const std::filesystem::path& file);

}  // namespace lab
