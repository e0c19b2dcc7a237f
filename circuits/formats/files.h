// Circuits in files, by the ending of the name.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "circuits/circuit.h"
#include "circuits/error.h"

namespace circuits {

// One kind of file.
struct Format {
  std::string_view ending;  // without the dot: "aag", "aig", "blif", "dot", "json", "pla"
  std::string_view doc;     // one line
  bool reads, writes;
};
const std::vector<Format>& formats();

// The format of a file's ending. Throws Error with the known ones.
const Format& format_of(const std::filesystem::path& path);
// Throws Error unless the ending is one of a format that is written.
void check_written(const std::filesystem::path& path);

// A circuit from the bytes of a file of a format. Throws Error with the reason, and the place where
// the format has one; for a format that is not read, too.
Circuit parse_circuit(std::string_view ending, std::string_view bytes);
std::string circuit_text(std::string_view ending, const Circuit& circuit);

// The same on files; every Error begins with the path. Writing is atomic: the file holds the old
// content or the new, never a part.
Circuit read_circuit(const std::filesystem::path& path);
void write_text(const std::filesystem::path& path, const std::string& text);
void write_circuit(const std::filesystem::path& path, const Circuit& circuit);

}  // namespace circuits
