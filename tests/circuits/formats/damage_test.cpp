// A short run of what tests/bench/fuzz_circuits.cpp does at length.
#include "circuits/formats/damage.h"

#include <doctest/doctest.h>

#include "circuits/words.h"

using namespace circuits;

TEST_CASE("damaged files of every format are refused or read to a circuit, never worse") {
  const WordSource words = splitmix(2024);
  for (const Format& format : formats()) {
    if (!format.reads) continue;
    CAPTURE(format.ending);
    const auto sound = damage::sound_files(format, words);
    REQUIRE(!sound.empty());
    for (const std::string& bytes : sound) CHECK(damage::refusal(format, bytes, words) == "");
    int read = 0, refused = 0;
    for (int round = 0; round < 5000; ++round) {
      const std::string bytes = damage::damaged(sound, words);
      CAPTURE(bytes);
      std::string reason;
      CHECK_NOTHROW(reason = damage::refusal(format, bytes, words));
      ++(reason.empty() ? read : refused);
    }
    CHECK(read > 100);  // 5 % and more: the damage leaves something to read
    CHECK(refused > 1000);
  }
}
