#include "lab/core/process.h"

#include <doctest/doctest.h>

#include <chrono>

#include "lab/core/stop.h"

using namespace lab;

TEST_CASE("a program reads its input and its output comes back") {
  CHECK(run_program({"cat"}, "two\nlines") == "two\nlines");
  CHECK(run_program({"sh", "-c", "echo $0-$1", "a b", "c"}, "") == "a b-c\n");
  const std::string much(1 << 20, 'x');  // more than a pipe holds, both ways
  CHECK(run_program({"cat"}, much) == much);
  CHECK(run_program({"true"}, much) == "");  // a reader that does not read
}

TEST_CASE("what fails says why in one line") {
  const auto reason = [](const std::vector<std::string>& command) {
    try {
      run_program(command, "");
    } catch (const Failure& error) {
      return std::string(error.what());
    }
    return std::string("fine");
  };
  CHECK(reason({"sh", "-c", "echo first >&2; echo last >&2; exit 3"}) == "last");
  CHECK(reason({"false"}) == "false ended without a word");
  CHECK(reason({"/nowhere/program"}).starts_with("cannot start /nowhere/program ("));
  CHECK_THROWS_AS(run_program({"/nowhere/program"}, ""), NotStarted);
}

TEST_CASE("what takes too long is ended with its process group, and a stop is heeded") {
  const auto start = std::chrono::steady_clock::now();
  CHECK_THROWS_WITH_AS(run_program({"sh", "-c", "sleep 60 & sleep 60"}, "", .2),
                       "sh took longer than 0.2 s and was ended", Failure);
  // What has left the process group holds the output open; nobody waits for it.
  CHECK_THROWS_AS(run_program({"sh", "-c", "setsid sleep 40 & sleep 60"}, "", .2), Failure);
  StopToken token;
  token.request();
  {
    const StopScope scope(token);
    CHECK_THROWS_AS(run_program({"sleep", "60"}, ""), Stopped);
  }
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(30));
  CHECK(run_program({"echo", "fine"}, "", 60) == "fine\n");
}
