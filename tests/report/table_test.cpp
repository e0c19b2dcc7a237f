#include "lab/report/table.h"

#include <cmath>
#include <map>

#include "lab/core/rng.h"
#include "sweep/fake.h"

using namespace lab;

namespace {

// A table by hand: points without their seed, each with the scores of its seeds. NaN: absent.
struct Line {
  std::vector<json> point;
  std::map<std::string, std::vector<double>> scores;
};

ScoreTable table_of(std::vector<std::string> columns, const std::vector<std::string>& scores,
                    const std::vector<Line>& lines, std::size_t seeds, const std::string& reason) {
  columns.push_back("seed");
  ScoreTable table{columns, scores, {}};
  for (const Line& line : lines) {
    for (std::size_t seed = 0; seed < seeds; ++seed) {
      ScoreTable::Row row{line.point, "0123456789abcdef", Status::done, {}, {}};
      row.point.push_back(seed);
      for (const std::string& score : scores) {
        const double value = line.scores.at(score)[seed];
        row.scores.push_back(std::isnan(value) ? Score::absent(reason) : Score::of(value));
      }
      table.rows.push_back(row);
    }
  }
  return table;
}

const ScoreTable& small() {
  static const ScoreTable table =
      table_of({"world", "arm", "k"}, {"mcc", "order"},
               {{{"days", "topk", 4}, {{"mcc", {0.9, 0.95, 1}}, {"order", {1, 1, 1}}}},
                {{"tree", "topk", 4}, {{"mcc", {0.5, 0.25, 0.75}}, {"order", {NAN, NAN, NAN}}}},
                {{"days", "pca", json()}, {{"mcc", {0.125, NAN, 0.125}}, {"order", {0, 0, 1e-4}}}},
                {{"tree", "pca", json()}, {{"mcc", {1, 2, 3}}, {"order", {NAN, NAN, NAN}}}}},
               3, "the world has no circle");
  return table;
}

}  // namespace

TEST_CASE("csv has one line a run, full precision, and quotes where RFC 4180 wants them") {
  const ScoreTable table =
      table_of({"arm", "widths"}, {"a,b", "mcc"},
               {{{"say \"hi\", you", {64, 32}}, {{"a,b", {0.1, 1e-300}}, {"mcc", {1.0 / 3, NAN}}}}},
               2, "no");
  CHECK(csv(table) ==
        "arm,widths,seed,status,\"a,b\",mcc\n"
        "\"say \"\"hi\"\", you\",\"[64,32]\",0,done,0.1,0.3333333333333333\n"
        "\"say \"\"hi\"\", you\",\"[64,32]\",1,done,1e-300,\n");
}

TEST_CASE("numbers in csv read back as the same doubles") {
  Words words = Draw("test/csv", 0).at(0);
  for (int i = 0; i < 1000; ++i) {
    const double value =
        std::ldexp(words.uniform() - 0.5, static_cast<int>(words.below(200)) - 100);
    const std::string text = csv(table_of({}, {"x"}, {{{}, {{"x", {value}}}}}, 1, ""));
    const std::string last = text.substr(text.rfind(',') + 1);
    CHECK(std::stod(last) == value);
  }
}

TEST_CASE("the grouped table: means, intervals, empty cells and their reasons") {
  CHECK(grouped_text(small(), Layout::aligned) ==
        "world  arm   k            mcc                order\n"
        "-----  ----  -  -------------  -------------------\n"
        "days   topk  4  0.950 ± 0.124                1.000\n"
        "tree   topk  4  0.500 ± 0.621\n"
        "days   pca              0.125  3.33e-05 ± 1.43e-04\n"
        "tree   pca      2.000 ± 2.484\n"
        "\nEmpty cells:\n"
        "  mcc: the world has no circle (days pca)\n"
        "  order: the world has no circle (tree)\n");
}

TEST_CASE("markdown") {
  const ScoreTable table = table_of(
      {"arm"}, {"mcc"}, {{{"a|b"}, {{"mcc", {0.5}}}}, {{"c"}, {{"mcc", {1234.5}}}}}, 1, "");
  CHECK(grouped_text(table, Layout::markdown) ==
        "| arm  |   mcc |\n"
        "| ---- | ----: |\n"
        "| a\\|b | 0.500 |\n"
        "| c    |  1234 |\n");
}

TEST_CASE("a wide table is cut into blocks, each with the points") {
  std::vector<std::string> scores;
  Line line{{"topk"}, {}};
  for (int i = 0; i < 9; ++i) {
    scores.push_back("score" + std::to_string(i));
    line.scores[scores.back()] = {0.5};
  }
  const std::string text =
      grouped_text(table_of({"arm"}, scores, {line}, 1, ""), Layout::aligned, 30);
  std::size_t start = 0, heads = 0;
  while (start < text.size()) {
    const std::size_t end = text.find('\n', start);
    CHECK(end - start <= 30);
    heads += text.compare(start, 3, "arm") == 0;
    start = end + 1;
  }
  CHECK(heads == 3);
}

TEST_CASE("scores can be chosen by name or by their start") {
  const ScoreTable table = with_scores(small(), {"order"});
  CHECK(table.scores == std::vector<std::string>{"order"});
  CHECK(table.rows[0].scores.size() == 1);
  CHECK(with_scores(small(), {"ord*", "mcc", "order"}).scores ==
        std::vector<std::string>{"order", "mcc"});
  CHECK_THROWS_WITH_AS(with_scores(small(), {"mmc"}), doctest::Contains("did you mean \"mcc\""),
                       InputError);
  CHECK_THROWS_AS(with_scores(small(), {"x*"}), InputError);
}

TEST_CASE("json has everything by name") {
  const json value = table_json(small());
  const json& row = value.at("rows").at(3);
  CHECK(row.at("point") == json::parse(R"({"world": "tree", "arm": "topk", "k": 4, "seed": 0})"));
  CHECK(row.at("scores") == json::parse(R"({"mcc": 0.5, "order": null})"));
  CHECK(row.at("reasons").at("order") == "the world has no circle");
  CHECK(row.at("status") == "done");
}

TEST_CASE("the table of a sweep does not depend on how it was computed") {
  const fake::Folder one, four, parts;
  const Plan plan = fake::plan_of(fake::kSweep);
  fake::run(plan, {one.path()}, 1);
  fake::run(plan, {four.path()}, 4);
  for (const std::size_t i : {2, 3, 1}) fake::run(select(plan, {}, {i, 3}), {parts.path()});
  const std::string expected = csv(score_table(plan, {one.path()}));
  CHECK(expected.starts_with("world,arm,method.k,seed,status,sum\ndays,topk,1,0,done,"));
  CHECK(std::count(expected.begin(), expected.end(), '\n') == 25);
  CHECK(csv(score_table(plan, {four.path()})) == expected);
  CHECK(csv(score_table(plan, {parts.path()})) == expected);
}

TEST_CASE("failed and missing runs keep their rows and are noted below") {
  const fake::Folder folder;
  const auto behaviour = std::make_shared<fake::Behaviour>();
  behaviour->before = [](const std::string& key) {
    if (key.starts_with(R"({"seed":1,"stage":"train")")) throw Failure("the loss is NaN");
  };
  const Plan plan = fake::plan_of(fake::kSweep, behaviour);
  fake::run(select(plan, {"world=tree"}, {}), {folder.path()});
  const ScoreTable table = score_table(plan, {folder.path()});
  CHECK(table.rows.size() == 24);
  const std::string lines = csv(table);
  CHECK(lines.find("tree,pca,,1,failed,\n") != std::string::npos);
  CHECK(lines.find("days,pca,,1,missing,\n") != std::string::npos);
  const std::string text = grouped_text(table, Layout::aligned);
  CHECK(text.find("  4 runs failed: train ") != std::string::npos);
  CHECK(text.find(": the loss is NaN\n") != std::string::npos);
  CHECK(text.find("  12 runs are not made yet\n") != std::string::npos);
  CHECK(table_json(table).at("rows").at(13).at("failure").at("message") == "the loss is NaN");
}
