#include "lab/report/operations.h"

#include <doctest/doctest.h>

#include <cmath>

#include "lab/core/config.h"
#include "tests/report/made_table.h"

using namespace lab;

namespace {

std::string refusal(const std::function<void()>& call) {
  try {
    call();
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "accepted";
}

}  // namespace

TEST_CASE("where keeps the rows whose cells are as named, however numbers are written") {
  const ScoreTable table = made_table();
  CHECK(where(table, json::object()).rows.size() == table.rows.size());
  CHECK(where(table, {{"arm", "topk"}}).rows.size() == 6);
  CHECK(where(table, {{"arm", {"topk", "pca"}}, {"seed", 1}}).rows.size() == 4);
  CHECK(where(table, {{"k", 2}}).rows.size() == where(table, {{"k", 2.0}}).rows.size());
  CHECK(where(table, {{"k", nullptr}}).rows.size() == 2);  // arms without the column
}

TEST_CASE("where refuses unknown columns and values that no row has") {
  const ScoreTable table = made_table();
  CHECK(refusal([&] { where(table, {{"amr", "topk"}}); }) ==
        "where.amr: no column is called \"amr\"; did you mean \"arm\"?");
  CHECK(refusal([&] { where(table, {{"arm", "topq"}}); }) ==
        "where.arm: no row has the value \"topq\"; did you mean \"topk\"?");
}

TEST_CASE("best keeps one point for each combination of the other columns") {
  const ScoreTable table = where(made_table(), {{"arm", "topk"}});
  const ScoreTable best = best_of(table, {"mcc", "k"});
  REQUIRE(best.rows.size() == 2);  // one a seed
  CHECK(best.columns == std::vector<std::string>{"arm", "seed"});
  CHECK(best.rows[0].id == "topk4-0");
  CHECK(best_of(table, {"fvu", "k", "least"}).rows[0].id == "topk8-0");
  CHECK(best_of(table, {"fvu", "k", "greatest"}).rows[0].id == "topk2-0");
  CHECK(best_of(table, {"mcc", "seed"}).rows.size() == 3);
  CHECK(refusal([&] { best_of(table, {"mmc", "k"}); }) ==
        "best.by: no score is called \"mmc\"; did you mean \"mcc\"?");
}

TEST_CASE("the best may differ from seed to seed and is one point all the same") {
  ScoreTable table = where(made_table(), {{"arm", "topk"}});
  for (ScoreTable::Row& row : table.rows) {
    if (row.id == "topk8-1") row.scores[2] = Score::of(0.99);  // seed 1 prefers k = 8
  }
  const ScoreTable best = best_of(table, {"mcc", "k"});
  CHECK(best.rows[0].id == "topk4-0");
  CHECK(best.rows[1].id == "topk8-1");
  CHECK(by_point(best).size() == 1);
}

TEST_CASE("a value is read off a curve linearly in the logarithm, and never beyond it") {
  // l0 = 2, 2.8, 4 and mcc = log2 of it: a straight line in log l0, met exactly everywhere.
  ScoreTable table{{"arm", "k", "seed"}, {"l0", "mcc"}, {}};
  for (const double l0 : {4.0, 2.0, 2.8}) {
    table.rows.push_back(
        {{"topk", l0, 0}, "id", Status::done, {}, {Score::of(l0), Score::of(std::log2(l0))}});
  }
  for (const double l0 : {2.0, 2.3, 2.8, 3.1, 4.0}) {
    const ScoreTable read = at_value(table, "l0", l0);
    REQUIRE(read.rows.size() == 1);
    CHECK(read.columns == std::vector<std::string>{"arm", "seed"});
    CHECK(read.rows[0].scores[1].value == doctest::Approx(std::log2(l0)).epsilon(1e-12));
  }
  for (const double l0 : {1.9, 4.1}) {
    CHECK(at_value(table, "l0", l0).rows[0].scores[1].reason.find("not bracketed") !=
          std::string::npos);
  }
  table.rows.erase(table.rows.begin() + 2);  // 2 and 4 alone: a ratio of 2
  CHECK(at_value(table, "l0", 3).rows[0].scores[1].reason.find("ratio of 1.5") !=
        std::string::npos);
  CHECK(at_value(table, "l0", 2).rows[0].scores[1].value == 1);
  CHECK(refusal([&] { at_value(table, "l0", -1); }) == "at.l0: must be above 0");
}

TEST_CASE("arms of different sizes are compared at the same bits") {
  // log₂ C(M, k) + 8 k: with M = 64 39.3 and 51.3 for k = 3, 4; with M = 1024 35.0 and 51.4 for k = 2, 3.
  const auto bits = [](double k, double M) {
    return (std::lgamma(M + 1) - std::lgamma(k + 1) - std::lgamma(M - k + 1)) / std::log(2) + 8 * k;
  };
  ScoreTable table{{"arm", "k", "seed"}, {"bits", "fvu", "l0"}, {}};
  const auto add = [&](const char* arm, double M, double fvu_at_1) {
    for (const double k : {1.0, 2.0, 3.0, 4.0}) {
      table.rows.push_back(
          {{arm, k, 0},
           "id",
           Status::done,
           {},
           {Score::of(bits(k, M)), Score::of(fvu_at_1 - std::log(bits(k, M))), Score::of(k)}});
    }
  };
  add("narrow", 64, 10);
  add("wide", 1024, 9);
  const ScoreTable read = at_value(table, "bits", 40);
  REQUIRE(read.rows.size() == 2);  // fvu is a straight line in log bits: met exactly
  CHECK(read.rows[0].scores[1].value == doctest::Approx(10 - std::log(40)).epsilon(1e-12));
  CHECK(read.rows[1].scores[1].value == doctest::Approx(9 - std::log(40)).epsilon(1e-12));
  CHECK(read.rows[0].scores[2].value == doctest::Approx(3.0622).epsilon(1e-4));
  CHECK(read.rows[1].scores[2].value == doctest::Approx(2.3474).epsilon(1e-4));
  // The bracket's ratio is one of bits: 35.0 to 51.4 serves for M = 1024, 18 to 35.0 does not.
  CHECK(at_value(table, "bits", 30).rows[1].scores[1].reason.find("ratio of 1.5") !=
        std::string::npos);
  CHECK(at_value(table, "bits", 12).rows[0].scores[1].reason.find("not bracketed") !=
        std::string::npos);
}

TEST_CASE("a curve over two things at once is refused") {
  ScoreTable table = made_table();
  table.columns.insert(table.columns.begin() + 1, "latents");
  for (std::size_t i = 0; i < table.rows.size(); ++i) {
    table.rows[i].point.insert(table.rows[i].point.begin() + 1, i % 3 == 0 ? 16 : 32);
  }
  CHECK(refusal([&] { at_value(table, "l0", 3); }).find("fix one of them") != std::string::npos);
}

TEST_CASE("summaries are means with Student's interval, whatever the order of the seeds") {
  const Summary summary = summary_of({1, 2, 3});
  CHECK(summary.mean == 2);
  CHECK(summary.high - summary.mean == doctest::Approx(4.302653 / std::sqrt(3)).epsilon(1e-6));
  CHECK(summary_of({3, 1, 2}).low == doctest::Approx(summary.low));
  const Summary one = summary_of({0.25});
  CHECK(one.low == 0.25);
  CHECK(one.high == 0.25);
  CHECK(summary_text(summary_of({0.5, 0.5})) == "0.500");
}

TEST_CASE("points are what is left of rows without their seed") {
  const std::vector<PointGroup> points = by_point(made_table());
  REQUIRE(points.size() == 4);
  for (const PointGroup& point : points) CHECK(point.rows.size() == 2);
}
