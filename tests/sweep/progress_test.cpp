#include "lab/sweep/progress.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <sstream>

using namespace lab;

TEST_CASE("the line of progress") {
  Tick tick;
  tick.total = 40;
  tick.done = 12;
  tick.failed = 1;
  tick.made = 32;
  tick.seconds = 10;
  tick.left = 3661;
  tick.current = "fit seed=0";
  CHECK(progress_text(tick) == "12/40 runs · 1 failed · 3.2 stages/s · 1:01:01 left · fit seed=0");
  tick.made = 4;
  tick.failed = 0;
  tick.left = -1;
  CHECK(progress_text(tick) == "12/40 runs · 2.5 s/stage · fit seed=0");
  tick.done = 40;
  CHECK(progress_text(tick) == "40/40 runs · 2.5 s/stage · 0:10");
}

TEST_CASE("piped progress is the first line, few in between, and the last") {
  std::ostringstream out;
  {
    Progress progress(out, false, 80, 1000);
    Tick tick;
    tick.total = 100;
    for (tick.done = 1; tick.done <= 100; ++tick.done) progress(tick);
  }
  const std::string text = out.str();
  CHECK(std::count(text.begin(), text.end(), '\n') == 2);
  CHECK(text.starts_with("1/100 runs"));
  CHECK(text.find("\n100/100 runs") != std::string::npos);
  CHECK(text.find('\r') == std::string::npos);
}

TEST_CASE("live progress is one line no wider than the terminal") {
  std::ostringstream out;
  Progress progress(out, true, 30);
  Tick tick;
  tick.total = 100;
  tick.current = "a stage with a name that is longer than the terminal";
  progress(tick);
  progress.finish();
  progress(tick);
  const std::string text = out.str();
  CHECK(std::count(text.begin(), text.end(), '\n') == 1);
  CHECK(text.ends_with("\n"));
  const std::string last = text.substr(text.rfind("\x1b[K") + 3);
  CHECK(last.starts_with("0/100 runs · a stage"));
  CHECK(std::count_if(last.begin(), last.end(),
                      [](unsigned char c) { return (c & 0xc0) != 0x80; }) == 29 + 1);
}

TEST_CASE("nothing is written when nothing happened") {
  std::ostringstream out;
  { Progress progress(out, true); }
  CHECK(out.str().empty());
}
