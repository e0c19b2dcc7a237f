#include "lab/sweep/execute.h"

#include <fstream>

#include "lab/core/files.h"
#include "sweep/fake.h"

using namespace lab;

namespace {

// Throws a Failure in stages whose key contains `part`, as long as `*broken`.
void fail_where(fake::Behaviour& behaviour, const std::string& part,
                const std::shared_ptr<std::atomic<bool>>& broken) {
  behaviour.before = [part, broken](const std::string& key) {
    if (*broken && key.find(part) != std::string::npos) throw Failure("the loss is NaN");
  };
}

}  // namespace

TEST_CASE("execution makes each stage once; a second one makes nothing") {
  const fake::Folder folder;
  const Store store{folder.path()};
  const auto behaviour = std::make_shared<fake::Behaviour>();
  const Plan plan = fake::plan_of(fake::kSweep, behaviour);
  const Outcome first = fake::run(plan, store);
  CHECK(first.runs.done == 24);
  CHECK(first.stages.done == 54);
  CHECK(behaviour->made == 54);
  CHECK(fake::files_in(store.root / "runs") == 24);
  CHECK(fake::files_in(store.root / "stages") == 30);  // the last stages have no tensors
  CHECK(fake::files_in(store.root / "tmp") == 0);
  const Outcome second = fake::run(plan, store);
  CHECK(second.runs.reused == 24);
  CHECK(second.stages.done + second.stages.reused == 0);
  CHECK(behaviour->made == 54);

  // Once the runs are done their stages are not needed.
  std::filesystem::remove_all(store.root / "stages");
  CHECK(fake::run(plan, store).runs.reused == 24);
  CHECK(behaviour->made == 54);
}

TEST_CASE("any number of workers gives the same results") {
  const fake::Folder one, four;
  const Plan plan = fake::plan_of(fake::kSweep);
  fake::run(plan, {one.path()}, 1);
  fake::run(plan, {four.path()}, 4);
  CHECK(fake::results(plan, {one.path()}) == fake::results(plan, {four.path()}));
}

TEST_CASE("shards fill one store as one execution does") {
  const fake::Folder whole, parts;
  const Plan plan = fake::plan_of(fake::kSweep);
  fake::run(plan, {whole.path()});
  for (const std::size_t i : {3, 1, 2}) fake::run(select(plan, {}, {i, 3}), {parts.path()});
  CHECK(fake::results(plan, {whole.path()}) == fake::results(plan, {parts.path()}));
}

TEST_CASE("one worker makes ready stages in plan order") {
  const fake::Folder folder;
  const auto behaviour = std::make_shared<fake::Behaviour>();
  std::vector<std::string> order;
  behaviour->before = [&](const std::string& key) { order.push_back(key); };
  const Plan plan = fake::plan_of(R"({"name": "x", "base": {}, "seeds": 3})", behaviour);
  fake::run(plan, {folder.path()}, 1);
  std::vector<std::string> expected;
  for (const StagePtr& stage : stages_of(plan)) expected.push_back(stage->key);
  CHECK(order == expected);
}

TEST_CASE("a failure is recorded once, its dependants are skipped, and the rest goes on") {
  const fake::Folder folder;
  const Store store{folder.path()};
  const auto behaviour = std::make_shared<fake::Behaviour>();
  const auto broken = std::make_shared<std::atomic<bool>>(true);
  fail_where(*behaviour, R"("seed":1,"stage":"train","width":4,"world":"days")", broken);
  // Only the training itself fails: what contains its key is never reached.
  const Plan plan = fake::plan_of(fake::kSweep, behaviour);
  const Outcome outcome = fake::run(plan, store);
  CHECK(outcome.runs.done == 20);
  CHECK(outcome.runs.skipped == 4);
  CHECK(outcome.runs.failed == 0);
  CHECK(outcome.stages.failed == 1);
  CHECK(outcome.stages.skipped == 8);
  REQUIRE(outcome.failures.size() == 1);
  CHECK(outcome.failures[0].name == "train");
  CHECK(outcome.failures[0].message == "the loss is NaN");
  CHECK(fake::files_in(store.root / "failures") == 1);
  const RunResult run =
      read_run(store, select(plan, {"world=days", "seed=1"}, {}).runs[0].last->id);
  CHECK(run.status == Status::failed);
  CHECK(run.failure.id == outcome.failures[0].id);

  SUBCASE("it is not tried again unasked") {
    const int made = behaviour->made;
    *broken = false;
    const Outcome again = fake::run(plan, store);
    CHECK(again.runs.reused == 20);
    CHECK(again.runs.failed == 4);
    CHECK(behaviour->made == made);
  }
  SUBCASE("asked to, just the failed stage and its dependants are made") {
    const int made = behaviour->made;
    *broken = false;
    const Outcome again = fake::run(plan, store, 2, true);
    CHECK(again.runs.done == 4);
    CHECK(again.runs.reused == 20);
    CHECK(behaviour->made == made + 9);
    CHECK(fake::files_in(store.root / "failures") == 0);
    const fake::Folder clean;
    fake::run(plan, {clean.path()});
    CHECK(fake::results(plan, store) == fake::results(plan, {clean.path()}));
  }
  SUBCASE("failing again is a failure again") {
    const Outcome again = fake::run(plan, store, 2, true);
    CHECK(again.stages.failed == 1);
    CHECK(again.runs.skipped == 4);
  }
  SUBCASE("runs that another plan adds are skipped, too") {
    const Plan more = fake::plan_of(
        R"({"name": "y", "base": {"width": 4, "method": {"kind": "topk", "k": 50}}, "seeds": 2})",
        behaviour);
    const Outcome outcome = fake::run(more, store);
    CHECK(outcome.runs.done == 1);
    CHECK(outcome.runs.skipped == 1);
    CHECK(outcome.stages.failed == 1);
  }
}

TEST_CASE("a last stage that fails is a failed run; retried missing runs are left") {
  const fake::Folder folder;
  const Store store{folder.path()};
  const auto behaviour = std::make_shared<fake::Behaviour>();
  const auto broken = std::make_shared<std::atomic<bool>>(true);
  behaviour->before = [broken](const std::string& key) {
    if (*broken && key.find(R"("stage":"evaluate")") != std::string::npos) {
      throw std::out_of_range("any exception counts \xff");  // even one that is not UTF-8
    }
  };
  const Plan plan = fake::plan_of(R"({"name": "x", "base": {}, "seeds": 4})", behaviour);
  const Outcome outcome = fake::run(select(plan, {"seed=1"}, {}), store);
  CHECK(outcome.runs.failed == 1);
  CHECK(outcome.runs.skipped == 0);
  *broken = false;
  const Outcome retried = fake::run(plan, store, 2, true);
  CHECK(retried.runs.done == 1);
  CHECK(retried.runs.left == 3);
  CHECK(behaviour->made == 4);
}

TEST_CASE("damaged files are made anew") {
  const fake::Folder folder, clean;
  const Store store{folder.path()};
  const Plan plan = fake::plan_of(fake::kSweep);
  fake::run(plan, store);
  fake::run(plan, {clean.path()});
  const std::string expected = fake::results(plan, {clean.path()});
  std::vector<fs::path> runs, stages;
  for (const auto& entry : fs::directory_iterator(store.root / "runs"))
    runs.push_back(entry.path());
  for (const auto& entry : fs::directory_iterator(store.root / "stages")) {
    stages.push_back(entry.path());
  }
  const auto overwrite = [](const fs::path& path, const std::string& bytes) {
    std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
  };
  const std::string run = read_file(runs[0]);
  overwrite(runs[0], "");
  overwrite(runs[1], read_file(runs[1]).substr(0, 100));
  overwrite(runs[2], read_file(runs[3]));  // somebody else's
  overwrite(runs[4], "{}");
  overwrite(runs[5], "\xff\xfe");
  overwrite(runs[6], R"({"key": 3, "name": 4, "status": [], "record": 5})");
  json changed = json::parse(read_file(runs[7]));
  changed["key"] = changed["key"].get<std::string>() + " ";
  overwrite(runs[7], changed.dump());
  changed = json::parse(read_file(runs[8]));
  changed["record"] = "none";
  overwrite(runs[8], changed.dump());
  fs::remove(runs[9]);
  for (std::size_t i = 0; i < stages.size(); i += 2) {
    overwrite(stages[i], read_file(stages[i]).substr(0, 20 * i));
  }
  CHECK(read_run(store, runs[8].stem().string()).status == Status::missing);
  const Outcome outcome = fake::run(plan, store);
  CHECK(outcome.runs.done + outcome.runs.reused == 24);
  CHECK(outcome.runs.done == 9);
  CHECK(fake::results(plan, store) == expected);
  CHECK(fake::files_in(store.root / "tmp") == 0);
}

TEST_CASE("a stop ends execution soon and keeps what was finished") {
  const fake::Folder folder;
  const Store store{folder.path()};
  const auto behaviour = std::make_shared<fake::Behaviour>();
  behaviour->milliseconds = 20;
  const Plan plan = fake::plan_of(fake::kSweep, behaviour);
  StopToken stop;
  ExecuteOptions options;
  options.workers = 2;
  options.on_progress = [&](const Tick& tick) {
    if (tick.made == 5) stop.request();
  };
  const Outcome outcome = execute(plan, store, options, stop);
  CHECK(outcome.stopped);
  CHECK(outcome.stages.done >= 5);
  CHECK(outcome.stages.done <= 7);
  CHECK(outcome.runs.left + outcome.runs.done == 24);
  CHECK(outcome.failures.empty());
  CHECK(fake::files_in(store.root / "runs") + fake::files_in(store.root / "stages") ==
        outcome.stages.done);
  behaviour->milliseconds = 0;
  behaviour->made = 0;
  CHECK(fake::run(plan, store).runs.left == 0);
  CHECK(behaviour->made == 54 - static_cast<int>(outcome.stages.done));
}

TEST_CASE("workers are prepared once; progress and provenance are told") {
  const fake::Folder folder;
  const Store store{folder.path()};
  const auto behaviour = std::make_shared<fake::Behaviour>();
  behaviour->milliseconds = 2;
  const Plan plan = fake::plan_of(fake::kSweep, behaviour);
  std::atomic<int> prepared{0};
  Tick last;
  ExecuteOptions options;
  options.workers = 2;
  options.threads = 3;
  options.on_worker_start = [&] { ++prepared; };
  options.on_progress = [&](const Tick& tick) {
    CHECK(tick.done >= last.done);
    last = tick;
  };
  options.provenance = {{"revision", "abc"}};
  const StopToken stop;
  execute(plan, store, options, stop);
  CHECK(prepared >= 1);
  CHECK(prepared <= 2);
  CHECK(last.total == 24);
  CHECK(last.done == 24);
  CHECK(last.made == 54);
  CHECK(last.left == 0);
  const json run = *read_run_json(store, plan.runs[0].last->id);
  CHECK(run.at("provenance").at("revision") == "abc");
  CHECK(run.at("provenance").at("threads") == 3);
  CHECK(run.at("provenance").at("workers") == 2);
  CHECK(run.at("provenance").at("seconds") > 0);
  CHECK(run.at("provenance").at("started").get<std::string>().size() == 20);
}

TEST_CASE("a stage may read only what it needs") {
  const fake::Folder folder;
  auto stage = std::make_shared<Stage>();
  stage->name = "curious";
  stage->key = "{}";
  stage->id = id_of(stage->key);
  stage->make = [](Context& context) { return context.need("0123456789abcdef"); };
  const Plan plan = make_plan(parse_sweep(R"({"name": "x", "base": {"a": 1}})", "x"),
                              [&](const json&) { return stage; });
  const Outcome outcome = fake::run(plan, {folder.path()});
  REQUIRE(outcome.failures.size() == 1);
  CHECK(outcome.failures[0].message.find("does not need") != std::string::npos);
}

TEST_CASE("a store that cannot be written ends the sweep with an error") {
  const fake::Folder folder;
  std::ofstream(folder.path()) << "a file where the folder should be";
  const Plan plan = fake::plan_of(fake::kSweep);
  CHECK_THROWS_AS(fake::run(plan, {folder.path() / "store"}), std::exception);
}

TEST_CASE("the census counts stages, shared ones, and what is to be made") {
  const fake::Folder folder;
  const Store store{folder.path()};
  const Plan plan = fake::plan_of(fake::kSweep);
  const Census before = census(plan, store);
  CHECK(before.runs == 24);
  CHECK(before.different == 24);
  REQUIRE(before.rows.size() == 3);
  CHECK(before.rows[0].name == "train");
  CHECK(before.rows[0].stages == 6);
  CHECK(before.rows[0].shared == 6);
  CHECK(before.rows[0].make == 6);
  CHECK(before.rows[1].shared == 0);
  CHECK(!fs::exists(store.root));  // looking writes nothing
  fake::run(select(plan, {"world=days"}, {}), store);
  const Census after = census(plan, store);
  CHECK(after.done == 12);
  CHECK(after.rows[0].make == 3);
  CHECK(after.rows[2].make == 12);
  CHECK(text(after).find("train            6         6         3\n") != std::string::npos);
}
