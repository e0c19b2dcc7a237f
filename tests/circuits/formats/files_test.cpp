#include "circuits/formats/files.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <fstream>

#include "circuits/any_circuit.h"
#include "circuits/evaluation/evaluate.h"
#include "circuits/words.h"

using namespace circuits;
namespace fs = std::filesystem;

namespace {

struct Folder {
  fs::path path = fs::temp_directory_path() / ("circuits_test." + std::to_string(getpid()));
  Folder() { fs::create_directories(path); }
  ~Folder() { fs::remove_all(path); }
};

std::string refusal(const fs::path& path) {
  try {
    read_circuit(path);
  } catch (const Error& error) {
    return error.what();
  }
  return "accepted";
}

}  // namespace

TEST_CASE("a circuit survives every format that is read and written") {
  const Folder folder;
  const WordSource words = splitmix(4);
  for (int round = 0; round < 20; ++round) {
    const Circuit c = any_circuit(1 + below(6, words), 1 + below(10, words), words);
    for (const Format& format : formats()) {
      if (!format.reads || !format.writes) continue;
      const fs::path path = folder.path / ("c." + std::string(format.ending));
      CAPTURE(path.string());
      write_circuit(path, c);
      CHECK(output_tables(read_circuit(path)) == output_tables(c));
    }
  }
  for (const auto& entry : fs::directory_iterator(folder.path)) {
    CHECK(entry.path().stem() == "c");  // nothing else is left behind
  }
}

TEST_CASE("what cannot be read or written is named") {
  const Folder folder;
  CHECK(refusal("no_ending").find("no_ending: the ending \"\" is no format") == 0);
  CHECK(refusal("c.txt").find("known: aag, aig, ") != std::string::npos);
  CHECK(refusal(folder.path / "absent.aig").ends_with("cannot be read: No such file or directory"));
  fs::create_directories(folder.path / "folder.json");
  CHECK(refusal(folder.path / "folder.json").ends_with("is a folder"));
  std::ofstream(folder.path / "bad.json") << "{";
  CHECK(refusal(folder.path / "bad.json").find("bad.json: no JSON: ") != std::string::npos);
  std::ofstream(folder.path / "bad.aag") << "aag 1\n";
  CHECK(refusal(folder.path / "bad.aag").find("bad.aag: line 1: ") != std::string::npos);
  CHECK_THROWS_AS(write_circuit(folder.path / "no" / "c.aig", Circuit()), Error);
}
