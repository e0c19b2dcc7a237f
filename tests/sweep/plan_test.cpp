#include "lab/sweep/plan.h"

#include "sweep/fake.h"

using namespace lab;
using fake::plan_of;

namespace {

std::string points(const Plan& plan) {
  std::string text;
  for (const Run& run : plan.runs) text += point_text(plan, run) + "\n";
  return text;
}

// The error of a sweep whose axes and more are as given.
std::string error_of(const std::string& rest, const std::string& base = R"({"width": 4})") {
  try {
    plan_of(R"({"name": "x", "base": )" + base + ", " + rest + "}");
  } catch (const InputError& error) {
    return error.what();
  }
  return "no error";
}

bool begins(const std::string& text, const std::string& start) {
  return text.starts_with(start);
}

}  // namespace

TEST_CASE("a plan is the product of its axes, the first slowest, seeds fastest") {
  const Plan plan = plan_of(R"({"name": "x", "base": {},
    "axes": [[{"name": "topk", "set": {"method": "topk"}, "grid": {"method.k": [1, 2]}},
              {"name": "pca", "set": {"method": "pca"}}],
             {"width": [4, 8]}],
    "seeds": [7, 3]})");
  CHECK(plan.columns == std::vector<std::string>{"arm", "method.k", "width", "seed"});
  CHECK(points(plan) ==
        "arm=topk method.k=1 width=4 seed=7\narm=topk method.k=1 width=4 seed=3\n"
        "arm=topk method.k=1 width=8 seed=7\narm=topk method.k=1 width=8 seed=3\n"
        "arm=topk method.k=2 width=4 seed=7\narm=topk method.k=2 width=4 seed=3\n"
        "arm=topk method.k=2 width=8 seed=7\narm=topk method.k=2 width=8 seed=3\n"
        "arm=pca width=4 seed=7\narm=pca width=4 seed=3\n"
        "arm=pca width=8 seed=7\narm=pca width=8 seed=3\n");
  CHECK(raw_of(plan, plan.runs[5]) ==
        json::parse(R"({"method": {"kind": "topk", "k": 2}, "width": 4, "seed": 3})"));
  CHECK(raw_of(plan, plan.runs[8]) == json::parse(R"({"method": "pca", "width": 4, "seed": 7})"));
}

TEST_CASE("several paths of an axis are their grid; named axes name their column") {
  const Plan plan = plan_of(R"({"name": "x", "base": {"method": "topk"},
    "axes": [{"axis": "size", "arms": [{"name": "small", "set": {"width": 2}}, {"name": "big"}]},
             {"method.k": [1, 2], "world": ["tree", "days"]}]})");
  CHECK(plan.columns == std::vector<std::string>{"size", "method.k", "world", "seed"});
  CHECK(plan.runs.size() == 8);
  CHECK(point_text(plan, plan.runs[1]) == "size=small method.k=1 world=days seed=0");
  CHECK(raw_of(plan, plan.runs[7]) ==
        json::parse(R"({"method": {"kind": "topk", "k": 2}, "world": "days", "seed": 0})"));
}

TEST_CASE("an arm stands only where its conditions are met, whichever axis comes first") {
  const Plan plan = plan_of(R"({"name": "x", "base": {},
    "axes": [{"axis": "world", "arms": [{"name": "net", "set": {"world": "days"}},
                                        {"name": "tree", "set": {"world": "tree"}}]},
             [{"name": "topk", "set": {"method": "topk"}, "grid": {"method.k": [1, 2]},
               "where": {"world": "tree", "width": [4]}},
              {"name": "pca", "set": {"method": "pca"}}],
             {"width": [4, 8]}]})");
  CHECK(points(plan) ==
        "world=net arm=pca width=4 seed=0\nworld=net arm=pca width=8 seed=0\n"
        "world=tree arm=topk method.k=1 width=4 seed=0\n"
        "world=tree arm=topk method.k=2 width=4 seed=0\n"
        "world=tree arm=pca width=4 seed=0\nworld=tree arm=pca width=8 seed=0\n");
  CHECK(raw_of(plan, plan.runs[3]) ==
        json::parse(
            R"({"world": "tree", "method": {"kind": "topk", "k": 2}, "width": 4, "seed": 0})"));
  CHECK(plan_of(R"({"name": "x", "base": {}, "seeds": 3,
                    "axes": [[{"name": "a"}, {"name": "b", "where": {"seed": [0, 2]}}]]})")
            .runs.size() == 5);
}

TEST_CASE("set replaces the whole value, a patch creates missing objects") {
  const Plan plan = plan_of(R"({"name": "x", "base": {"method": {"kind": "topk", "k": 3}},
    "axes": [[{"name": "a", "set": {"method": {"kind": "pca"}}}]]})");
  CHECK(raw_of(plan, plan.runs[0])["method"] == json::parse(R"({"kind": "pca"})"));
  SweepConfig config;
  config.base = {{"x", 1}};
  config.axes = json::parse(R"([{"a.b.c": [5]}])");
  CHECK(run_json(read_axes(config), 0) ==
        json::parse(R"({"x": 1, "a": {"b": {"c": 5}}, "seed": 0})"));
}

TEST_CASE("equal stages are one") {
  const Plan plan = plan_of(fake::kSweep);
  CHECK(plan.runs.size() == 24);
  CHECK(stages_of(plan).size() == 6 + 24 + 24);
  // k means nothing to pca: two rows, one computation
  const Plan same = plan_of(
      R"({"name": "x", "base": {"method": "pca"}, "axes": [{"method.k": [1, 2]}], "seeds": 2})");
  CHECK(same.runs.size() == 4);
  CHECK(same.runs[0].last == same.runs[2].last);
  CHECK(stages_of(same).size() == 6);
}

TEST_CASE("an error of a run points at what the author wrote") {
  CHECK(begins(error_of(R"("axes": [{"method.k": [1, 200]}])"),
               "sweep.json: axes[0].method.k[1]: must be ≤ 99"));
  CHECK(begins(error_of(R"("axes": [[{"name": "a"},
                 {"name": "b", "set": {"method": "topk"}, "grid": {"method.k": [1, 0]}}]])"),
               "sweep.json: axes[0][1].grid.method.k[1]: must be ≥ 1"));
  CHECK(
      begins(error_of(R"("axes": [[{"name": "a", "set": {"method": {"kind": "topk", "q": 1}}}]])"),
             "sweep.json: axes[0][0].set.method.q: unknown key"));
  CHECK(begins(error_of(R"("axes": [{"axis": "w", "arms": [{"name": "a", "set": {"width": 0}}]}])"),
               "sweep.json: axes[0].arms[0].set.width: must be ≥ 1"));
  CHECK(begins(error_of(R"("seeds": 1)", R"({"widht": 4})"),
               "sweep.json: base.widht: unknown key; did you mean \"width\"?"));
  CHECK(begins(error_of(R"("axes": [{"width": [1, 2]}])", R"({"method": {"k": 0}})"),
               "sweep.json: base.method.k: must be ≥ 1"));
  CHECK(begins(error_of(R"("axes": [{"width.deep": [1]}])"),
               "sweep.json: axes[0].width.deep[0]: \"width\" is no object"));
}

TEST_CASE("errors of the sweep itself") {
  const auto axes = [](const std::string& axes) { return error_of("\"axes\": " + axes); };
  CHECK(begins(error_of(R"("axis": [])"), "sweep.json: axis: unknown key; did you mean \"axes\"?"));
  CHECK(begins(axes("{}"), "sweep.json: axes: must be a list"));
  CHECK(begins(axes("[[]]"), "sweep.json: axes[0]: must be a list of at least one arm"));
  CHECK(begins(axes("[{}]"), "sweep.json: axes[0]: must be a list of arms or an object"));
  CHECK(begins(axes("[3]"), "sweep.json: axes[0]: must be a list of arms or an object"));
  CHECK(
      begins(axes(R"([{"width": []}])"), "sweep.json: axes[0].width: must be a list of at least"));
  CHECK(begins(axes(R"([{"width": 3}])"), "sweep.json: axes[0].width: must be a list of at least"));
  CHECK(begins(axes(R"([{"width": [1, 1]}])"), "sweep.json: axes[0].width[1]: stands twice"));
  CHECK(begins(axes(R"([{"method": [{"k": 1}]}])"),
               "sweep.json: axes[0].method[0]: must be a number"));
  CHECK(begins(axes(R"([{"wid..th": [1]}])"),
               "sweep.json: axes[0].wid..th: \"wid..th\" is not a path"));
  CHECK(begins(axes(R"([[{"name": "a"}, {"name": "a"}]])"),
               "sweep.json: axes[0][1].name: two arms of this axis are called \"a\""));
  CHECK(begins(axes(R"([[{"nam": "a"}]])"),
               "sweep.json: axes[0][0].nam: unknown key; did you mean \"name\"?"));
  CHECK(begins(axes(R"([[{"name": "a", "where": 3}]])"),
               "sweep.json: axes[0][0].where: must be an object"));
  CHECK(begins(axes(R"([[{"name": "a", "where": {"widht": 4}}], {"width": [4]}])"),
               "sweep.json: axes[0][0].where.widht: no axis has this column; did you mean "));
  CHECK(begins(axes(R"([[{"name": "a", "where": {"width": 5}}], {"width": [4]}])"),
               "sweep.json: axes[0][0].where.width: no run has the value 5"));
  CHECK(begins(axes(R"([[{"name": "a"}, {"name": "b", "where": {"arm": "a"}}]])"),
               "sweep.json: axes[0][1].where.arm: is a column of this very axis"));
  CHECK(begins(axes(R"([[{"name": "a", "where": {"width": []}}], {"width": [4]}])"),
               "sweep.json: axes[0][0].where.width: must be a value or a list of at least one"));
  CHECK(begins(axes(R"([[{"name": "a", "where": {"m": 1}}],
                        {"axis": "w", "arms": [{"name": "b", "where": {"m": 2}}]},
                        {"m": [1, 2]}])"),
               "sweep.json: axes[0][0].where.m: no run meets every condition of this arm"));
  CHECK(
      begins(axes(R"([[{"name": "a"}, {"name": "b", "where": {"width": null}}], {"width": [4]}])"),
             "sweep.json: axes[0][1].where.width: no run meets every condition of this arm"));
  CHECK(begins(axes(R"([[{"set": {}}]])"), "sweep.json: axes[0][0].name: must be the arm's name"));
  CHECK(begins(axes(R"([[{"name": "a", "set": []}]])"),
               "sweep.json: axes[0][0].set: must be an object"));
  CHECK(begins(axes(R"([[{"name": "a"}], [{"name": "b"}]])"),
               "sweep.json: axes[1]: two axes are called \"arm\"; name them"));
  CHECK(begins(axes(R"([{"width": [1]}, {"width": [2]}])"),
               "sweep.json: axes[1]: the column \"width\" belongs to two axes"));
  CHECK(begins(axes(R"([{"method.k": [1]}, [{"name": "a", "set": {"method": "pca"}}]])"),
               "sweep.json: axes[1][0].set.method: replaces what axes[0].method.k[0] sets"));
  CHECK(
      begins(axes(R"([{"axis": "seed", "arms": [{"name": "a"}]}])"), "sweep.json: axes[0].axis: "));
  CHECK(begins(axes(R"([{"seed": [1]}])"),
               "sweep.json: axes[0].seed: seeds are an axis of their own"));
  CHECK(begins(error_of(R"("seeds": 0)"), "sweep.json: seeds: must be at least 1"));
  CHECK(
      begins(error_of(R"("seeds": [])"), "sweep.json: seeds: must be a number of seeds or a list"));
  CHECK(begins(error_of(R"("seeds": [1, -1])"), "sweep.json: seeds[1]: must be an integer ≥ 0"));
  CHECK(begins(error_of(R"("seeds": [1, 1])"), "sweep.json: seeds[1]: stands twice"));
  CHECK(begins(error_of(R"("seeds": "two")"), "sweep.json: seeds: must be a number"));
  CHECK(begins(error_of(R"("seeds": 1)", R"({"seed": 4})"),
               "sweep.json: base.seed: seeds are an axis"));
  CHECK(begins(error_of(R"("seeds": 1)", "[]"), "sweep.json: base: must be an object"));
  CHECK_THROWS_AS(plan_of(R"({"name": "../x", "base": {"width": 1}})"), InputError);
  CHECK_THROWS_AS(plan_of(R"({"base": {"width": 1}})"), InputError);
}

TEST_CASE("--only keeps the runs whose columns or raw values match") {
  const Plan plan = plan_of(fake::kSweep);
  const auto count = [&](const std::vector<std::string>& only) {
    return select(plan, only, {}).runs.size();
  };
  CHECK(count({}) == 24);
  CHECK(count({"arm=pca"}) == 6);
  CHECK(count({"method.k=2"}) == 6);
  CHECK(count({"method.k=2.0", "method.k=4"}) == 12);
  CHECK(count({"world=days", "arm=topk", "seed=1"}) == 3);
  CHECK(count({"width=4"}) == 24);
  CHECK(count({"method.kind=pca"}) == 6);
  CHECK(point_text(plan, select(plan, {"arm=pca", "world=tree"}, {}).runs[1]) ==
        "world=tree arm=pca seed=1");
  CHECK_THROWS_WITH_AS(count({"arm=nmf"}), doctest::Contains("columns: world, arm, method.k, seed"),
                       InputError);
  CHECK_THROWS_AS(count({"arm"}), InputError);
}

TEST_CASE("shards are disjoint, complete, balanced, and share few first stages") {
  const Plan plan = plan_of(fake::kSweep);
  for (const std::size_t n : {1, 2, 3, 5, 7, 24, 30}) {
    std::vector<int> seen(24, 0);
    std::size_t trainings = 0;
    for (std::size_t i = 1; i <= n; ++i) {
      const Plan part = select(plan, {}, {i, n});
      CHECK(part.runs.size() >= 24 / n);
      CHECK(part.runs.size() <= 24 / n + 1);
      for (const Run& run : part.runs) ++seen[run.number];
      for (const StagePtr& stage : stages_of(part)) trainings += stage->name == "train";
      CHECK(std::is_sorted(part.runs.begin(), part.runs.end(),
                           [](const Run& a, const Run& b) { return a.number < b.number; }));
    }
    CHECK(seen == std::vector<int>(24, 1));
    CHECK(trainings <= 6 + n - 1);  // a cut goes through one training at most
  }
  CHECK(parse_shard("2/3").index == 2);
  for (const char* bad : {"0/3", "4/3", "1", "1/", "/3", "a/b", "1/3x", "-1/3", "1/0"}) {
    CHECK_THROWS_AS(parse_shard(bad), InputError);
  }
}

TEST_CASE("the schema of a sweep accepts what the reader accepts") {
  json definitions = json::object();
  const json schema =
      sweep_schema({{"type", "object"}}, {{"type", "object"}}, {{"type", "object"}}, definitions);
  CHECK(schema.at("required") == json::array({"name", "base"}));
  CHECK(schema.at("additionalProperties") == false);
  CHECK(schema.at("properties").at("axes").at("type") == "array");
}
