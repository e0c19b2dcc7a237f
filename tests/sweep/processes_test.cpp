// Several processes, and processes that are killed. A child is this program again, running the test
// case "child" alone.
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>

#include <cstdlib>

#include "lab/core/rng.h"
#include "sweep/fake.h"

using namespace lab;

TEST_CASE("child" * doctest::skip()) {
  const char* const store = std::getenv("LAB_TEST_STORE");
  const char* const milliseconds = std::getenv("LAB_TEST_MILLISECONDS");
  if (store == nullptr || milliseconds == nullptr) return;
  const auto behaviour = std::make_shared<fake::Behaviour>();
  behaviour->milliseconds = std::atoi(milliseconds);
  const Outcome outcome = fake::run(fake::plan_of(fake::kSweep, behaviour), {store});
  CHECK(outcome.runs.done + outcome.runs.reused == 24);
}

namespace {

// A process that runs the sweep into a store; each of its stages takes so long.
pid_t start_child(const std::filesystem::path& store, int milliseconds) {
  std::string arguments[] = {"tests", "--no-skip", "--test-case=child", "--out=/dev/null"};
  std::string variables[] = {"LAB_TEST_STORE=" + store.string(),
                             "LAB_TEST_MILLISECONDS=" + std::to_string(milliseconds)};
  std::vector<char*> argv, env;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  for (std::string& variable : variables) env.push_back(variable.data());
  for (char** variable = environ; *variable != nullptr; ++variable) env.push_back(*variable);
  argv.push_back(nullptr);
  env.push_back(nullptr);
  pid_t pid = 0;
  REQUIRE(::posix_spawn(&pid, "/proc/self/exe", nullptr, nullptr, argv.data(), env.data()) == 0);
  return pid;
}

int ended(pid_t pid) {
  int status = 0;
  ::waitpid(pid, &status, 0);
  return status;
}

}  // namespace

TEST_CASE("two processes run one sweep into one store at once") {
  const fake::Folder shared, alone;
  const pid_t first = start_child(shared.path(), 1);
  const pid_t second = start_child(shared.path(), 1);
  CHECK(ended(first) == 0);
  CHECK(ended(second) == 0);
  CHECK(ended(start_child(alone.path(), 0)) == 0);
  const Plan plan = fake::plan_of(fake::kSweep);
  CHECK(fake::results(plan, {shared.path()}) == fake::results(plan, {alone.path()}));
  CHECK(fake::files_in(shared.path() / "tmp") == 0);
}

TEST_CASE("a sweep that is killed twenty times ends with the same table") {
  const fake::Folder killed, alone;
  Words random = Draw("test/kill", 1).at(0);
  for (int i = 0; i < 20; ++i) {
    const pid_t pid = start_child(killed.path(), 1);
    std::this_thread::sleep_for(std::chrono::microseconds(random.below(60'000)));
    ::kill(pid, SIGKILL);
    ended(pid);
  }
  CHECK(ended(start_child(killed.path(), 0)) == 0);
  CHECK(ended(start_child(alone.path(), 0)) == 0);
  const Plan plan = fake::plan_of(fake::kSweep);
  CHECK(fake::results(plan, {killed.path()}) == fake::results(plan, {alone.path()}));
  CHECK(fake::files_in(killed.path() / "tmp") == 0);
}
