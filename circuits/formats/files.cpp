#include "circuits/formats/files.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <functional>
#include <iterator>
#include <nlohmann/json.hpp>
#include <system_error>

#include "circuits/formats/aiger.h"
#include "circuits/formats/blif.h"
#include "circuits/formats/dot.h"
#include "circuits/formats/json.h"
#include "circuits/formats/pla.h"

namespace circuits {
namespace {

Circuit parse_json(std::string_view bytes) {
  try {
    return circuit_from_json(nlohmann::json::parse(bytes));
  } catch (const nlohmann::json::exception& error) {
    throw Error(std::string("no JSON: ") + error.what());
  }
}

struct Converter {
  Format format;
  std::function<Circuit(std::string_view)> read;
  std::function<std::string(const Circuit&)> write;
};

const std::vector<Converter>& converters() {
  static const std::vector<Converter> list{
      {{"aag", "and-inverter graph, AIGER in ASCII", true, true},
       [](std::string_view bytes) { return read_aiger(bytes).circuit; },
       [](const Circuit& circuit) { return write_aiger(circuit, AigerForm::Ascii); }},
      {{"aig", "and-inverter graph, AIGER in binary", true, true},
       [](std::string_view bytes) { return read_aiger(bytes).circuit; },
       [](const Circuit& circuit) { return write_aiger(circuit, AigerForm::Binary); }},
      {{"blif", "netlist of tables, combinational BLIF", true, true},
       [](std::string_view bytes) { return read_blif(bytes); },
       [](const Circuit& circuit) { return write_blif(circuit); }},
      {{"dot", "picture for Graphviz", false, true},
       nullptr,
       [](const Circuit& circuit) { return write_dot(circuit); }},
      {{"pla", "tables of rows, Espresso's PLA, as two levels of gates", true, false},
       [](std::string_view bytes) { return pla_circuit(bytes); },
       nullptr},
      {{"json", "every gate and name as it is (formats/json.h)", true, true},
       parse_json,
       [](const Circuit& circuit) { return to_json(circuit).dump(1) + "\n"; }},
  };
  return list;
}

const Converter& converter(std::string_view ending) {
  std::string known;
  for (const Converter& each : converters()) {
    if (each.format.ending == ending) return each;
    known += (known.empty() ? "" : ", ") + std::string(each.format.ending);
  }
  throw Error("the ending \"" + std::string(ending) +
              "\" is no format of circuits; known: " + known);
}

std::string ending_of(const std::filesystem::path& path) {
  const std::string extension = path.extension().string();
  return extension.empty() ? "" : extension.substr(1);
}

// What `work` gives, its errors beginning with the path.
template <class Work>
decltype(auto) on_file(const std::filesystem::path& path, const Work& work) {
  try {
    return work();
  } catch (const Error& error) {
    throw Error(path.string() + ": " + error.what());
  }
}

std::string bytes_of(const std::filesystem::path& path) {
  std::error_code unknown;
  if (std::filesystem::is_directory(path, unknown)) throw Error("is a folder");
  std::ifstream file(path, std::ios::binary);
  if (!file) throw Error(std::string("cannot be read: ") + std::strerror(errno));
  std::string bytes{std::istreambuf_iterator<char>(file), {}};
  if (file.bad()) throw Error("cannot be read to its end");
  return bytes;
}

void put(const std::filesystem::path& path, const std::string& bytes) {
  std::filesystem::path part = path;
  part += ".part." + std::to_string(getpid());
  std::ofstream file(part, std::ios::binary);
  file << bytes;
  file.close();
  std::error_code failed;
  if (file) std::filesystem::rename(part, path, failed);
  if (!file || failed) {
    const std::string reason = failed ? failed.message() : std::strerror(errno);
    std::error_code ignored;
    std::filesystem::remove(part, ignored);
    throw Error("cannot be written: " + reason);
  }
}

}  // namespace

const std::vector<Format>& formats() {
  static const std::vector<Format> list = [] {
    std::vector<Format> all;
    for (const Converter& each : converters()) all.push_back(each.format);
    return all;
  }();
  return list;
}

const Format& format_of(const std::filesystem::path& path) {
  return on_file(path, [&]() -> const Format& { return converter(ending_of(path)).format; });
}

void check_written(const std::filesystem::path& path) {
  on_file(path, [&] {
    const Format& format = converter(ending_of(path)).format;
    if (!format.writes) {
      throw Error("." + std::string(format.ending) + " files are read, but not written");
    }
  });
}

Circuit parse_circuit(std::string_view ending, std::string_view bytes) {
  const Converter& chosen = converter(ending);
  if (!chosen.read) throw Error("." + std::string(ending) + " files are written, but not read");
  return chosen.read(bytes);
}

std::string circuit_text(std::string_view ending, const Circuit& circuit) {
  const Converter& chosen = converter(ending);
  if (!chosen.write) throw Error("." + std::string(ending) + " files are read, but not written");
  return chosen.write(circuit);
}

Circuit read_circuit(const std::filesystem::path& path) {
  return on_file(path, [&] {
    const std::string ending(converter(ending_of(path)).format.ending);
    return parse_circuit(ending, bytes_of(path));
  });
}

void write_text(const std::filesystem::path& path, const std::string& text) {
  on_file(path, [&] { put(path, text); });
}

void write_circuit(const std::filesystem::path& path, const Circuit& circuit) {
  on_file(path, [&] { put(path, circuit_text(ending_of(path), circuit)); });
}

}  // namespace circuits
