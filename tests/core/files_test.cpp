#include "lab/core/files.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <chrono>
#include <cmath>
#include <nlohmann/json.hpp>

#include "lab/core/error.h"
#include "lab/core/record.h"
#include "lab/core/stop.h"

namespace lab {
namespace {

struct Folder {
  fs::path path = fs::temp_directory_path() / ("lab-files." + std::to_string(::getpid()));
  Folder() { fs::create_directories(path / "tmp"); }
  ~Folder() { fs::remove_all(path); }
};

std::string host() {
  char name[256] = {};
  gethostname(name, sizeof name - 1);
  return name;
}

TEST_CASE("a file is written whole, over an old one, and leaves nothing behind") {
  const Folder folder;
  const fs::path file = folder.path / "deep" / "a.json";
  const std::string large(300'000, 'x');
  write_atomically(file, "old", folder.path / "tmp");
  write_atomically(file, large, folder.path / "tmp");
  CHECK(read_file(file) == large);
  CHECK(fs::is_empty(folder.path / "tmp"));
}

TEST_CASE("leftovers of dead processes and of yesterday go, those of the living stay") {
  const Folder folder;
  const fs::path tmp = folder.path / "tmp";
  const auto leave = [&](const std::string& name) { write_atomically(tmp / name, "part", tmp); };
  const std::string dead = host() + ".4194305.7.0";  // above the largest process number of Linux
  const std::string living = host() + "." + std::to_string(::getpid()) + ".0";
  leave(dead);
  leave(living);
  leave("elsewhere.1.2.3");
  leave("elsewhere.1.2.4");
  fs::last_write_time(tmp / "elsewhere.1.2.4",
                      fs::file_time_type::clock::now() - std::chrono::hours(25));
  remove_leftovers(tmp);
  CHECK_FALSE(fs::exists(tmp / dead));
  CHECK(fs::exists(tmp / living));
  CHECK(fs::exists(tmp / "elsewhere.1.2.3"));
  CHECK_FALSE(fs::exists(tmp / "elsewhere.1.2.4"));
  write_atomically(folder.path / "a", "new", tmp);  // a number used before is no obstacle
  CHECK(read_file(folder.path / "a") == "new");
}

TEST_CASE("what cannot be read is named with the reason") {
  const Folder folder;
  CHECK_THROWS_AS(read_file(folder.path / "absent"), InputError);
  CHECK_THROWS_AS(read_file(folder.path), InputError);
}

TEST_CASE("a record comes back as it was, empty cells too") {
  Record record;
  record.add("mcc", Score::of(0.1 + 0.2));
  record.add("f1", Score::absent("because \"x\""));
  record.tables["latents"] = {{"a", "b"}, {{1, NAN}, {-2.5, 1e-300}}};
  const Record again = record_from_json(nlohmann::json::parse(to_json(record).dump()));
  CHECK(again.scores.at("mcc").value == 0.1 + 0.2);
  CHECK_FALSE(again.scores.at("f1").present);
  CHECK(again.scores.at("f1").reason == "because \"x\"");
  CHECK(std::isnan(again.tables.at("latents").rows[0][1]));
  CHECK(again.tables.at("latents").rows[1] == std::vector<double>{-2.5, 1e-300});
  CHECK_THROWS_AS(record.add("mcc", Score::of(1)), std::logic_error);
}

TEST_CASE("a score is never NaN, and what is no record is refused") {
  CHECK_THROWS_AS(Score::of(NAN), Failure);
  CHECK_THROWS_AS(Score::of(INFINITY), Failure);
  for (const char* text :
       {"3", "{}", R"({"scores": {"a": "b"}, "tables": {}})",
        R"({"scores": {}, "tables": {"t": {"columns": ["a"], "rows": [[1, 2]]}}})"}) {
    CAPTURE(text);
    CHECK_THROWS_AS(record_from_json(nlohmann::json::parse(text)), InputError);
  }
}

TEST_CASE("a raised stop ends what polls it, inside its scope alone") {
  StopToken token;
  poll_stop();  // no scope: nothing
  {
    const StopScope scope(token);
    poll_stop();
    token.request();
    CHECK_THROWS_AS(poll_stop(), Stopped);
  }
  poll_stop();
}

}  // namespace
}  // namespace lab
