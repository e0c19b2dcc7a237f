#include "lab/report/figures.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>

#include "lab/report/colors.h"
#include "lab/report/drawing.h"
#include "lab/sweep/config.h"

using namespace lab;

namespace {

// Two arms swept over k with two seeds, and an oracle without k.
ScoreTable swept() {
  ScoreTable table{{"arm", "k", "seed"}, {"fvu", "l0", "mcc", "mcc_null"}, {}};
  const auto add = [&](const char* arm, json k, int seed, double mcc) {
    table.rows.push_back({{arm, k, seed},
                          "id",
                          Status::done,
                          {},
                          {Score::of(1 - mcc), Score::of(k.is_null() ? 3.0 : k.get<double>()),
                           Score::of(mcc), Score::of(0.25)}});
  };
  for (int seed = 0; seed < 2; ++seed) {
    for (const int k : {1, 2, 4}) {
      add("topk", k, seed, 0.5 + 0.1 * k + 0.02 * seed);
      add("relu", k, seed, 0.3 + 0.1 * k);
    }
    add("oracle", json(), seed, 1);
  }
  return table;
}

json drawn(const json& config, const ScoreTable& table) {
  const Plan plan;
  const Store store;
  return vega_lite(read_config<FigureConfig>(config), {plan, store, table, {}});
}

std::vector<json> rows_of_part(const json& spec, const std::string& part) {
  std::vector<json> rows;
  for (const json& row : spec["data"]["values"]) {
    if (row["part"] == part) rows.push_back(row);
  }
  return rows;
}

std::string error_of(const json& config) {
  try {
    drawn(config, swept());
  } catch (const ConfigError& error) {
    return error.path + ": " + error.message;
  }
  return "";
}

const json mcc_line = {{"kind", "line"}, {"name", "a"}, {"x", "k"}, {"scores", {"mcc"}}};

}  // namespace

TEST_CASE(
    "a line holds the mean over seeds, arms without x are levels, and chance is the null's mean") {
  const json spec = drawn(mcc_line, swept());
  const std::vector<json> means = rows_of_part(spec, "mean"), levels = rows_of_part(spec, "level");
  CHECK(means.size() == 6);
  for (const json& row : means) {
    if (row["arm"] == "topk" && row["x"] == 4)
      CHECK(row["y"].get<double>() == doctest::Approx(0.91));
    if (row["arm"] == "relu") CHECK(row["low"] == row["high"]);
  }
  REQUIRE(levels.size() == 1);
  CHECK(levels[0]["arm"] == "oracle");
  CHECK(levels[0]["y"] == 1);
  for (const json& row : rows_of_part(spec, "chance")) CHECK(row["y"] == 0.25);
}

TEST_CASE("errors of figures name the place and the nearest word") {
  json figure = mcc_line;
  figure["scores"] = {"mc"};
  CHECK(error_of(figure).starts_with("scores[0]: "));
  CHECK(error_of(figure).find("mcc") != std::string::npos);
  figure = mcc_line;
  figure["where"] = {{"arm", "topkk"}};
  CHECK(error_of(figure).starts_with("where.arm: "));
  CHECK(error_of({{"kind", "heatmap"}, {"name", "h"}, {"x", "k"}, {"y", "arms"}, {"score", "mcc"}})
            .starts_with("y: "));
  CHECK(error_of({{"kind", "cosine"}, {"name", "c"}}).starts_with("where: "));  // more than 6 runs
}

TEST_CASE("where no named arm is shown there is one colour and no legend without entries") {
  Colors colors;
  colors.add("chance (null)", "#BBBBBB", json::array());
  const json one_colour = {{"color", {{"value", "#0072B2"}}}};
  CHECK(color_channels(colors, {}, true, true) == one_colour);
  CHECK(color_channels(colors, {"chance (null)"}, false, false)["color"]["legend"]["values"] ==
        json::array({"chance (null)"}));
}

TEST_CASE("an arm has one colour in every figure of a sweep, whatever is chosen") {
  const ScoreTable table = swept();
  json figure = mcc_line;
  const json all = drawn(figure, table);
  figure["where"] = {{"arm", "relu"}};
  const json part = drawn(figure, table);
  const auto scale = [](const json& spec) {
    return spec["layer"][0]["encoding"]["color"]["scale"];
  };
  CHECK(scale(all) == scale(part));
  const Colors colors = colors_of(table, "");
  CHECK(colors.column == "arm");
  CHECK(colors.names == std::vector<std::string>{"topk", "relu", "oracle"});
}

TEST_CASE("a pareto figure shows the oracle and random arms in grey, on an axis of bits too") {
  ScoreTable table{{"arm", "k", "seed"}, {"bits", "fvu"}, {}};
  const auto add = [&](const char* arm, json k, Score bits, double fvu) {
    for (const int seed : {0, 1}) {
      table.rows.push_back({{arm, k, seed}, "id", Status::done, {}, {bits, Score::of(fvu)}});
    }
  };
  add("topk", 1, Score::of(14), .4);
  add("topk", 2, Score::of(27), .1);
  add("random", json(), Score::of(30), .8);
  add("oracle", json(), Score::of(20), 0);
  add("pca", json(), Score::absent("codes are dense"), 0);
  const json spec = drawn({{"kind", "pareto"}, {"name", "p"}, {"x", "bits"}}, table);
  std::map<std::string, int> marks;
  for (const json& row : spec["data"]["values"]) ++marks[row["arm"].get<std::string>()];
  CHECK(marks == std::map<std::string, int>{{"topk", 2}, {"random", 1}, {"oracle", 1}});
  const json& color = spec["layer"][3]["encoding"]["color"];
  const auto color_of = [&](const char* arm) {
    const json& names = color["scale"]["domain"];
    const auto at = std::find(names.begin(), names.end(), arm) - names.begin();
    return color["scale"]["range"][static_cast<std::size_t>(at)];
  };
  CHECK(color_of("oracle") == "#555555");
  CHECK(color_of("random") == "#8C8C8C");
  CHECK(color["legend"]["values"] == json::array({"topk", "random", "oracle"}));
}

TEST_CASE("a heat map's cells are means, and categories name what most runs have") {
  const json spec = drawn(
      {{"kind", "heatmap"}, {"name", "h"}, {"x", "k"}, {"y", "arm"}, {"score", "mcc"}}, swept());
  CHECK(spec["data"]["values"].size() == 7);
  for (const json& row : spec["data"]["values"]) {
    if (row["x"] == "1" && row["y"] == "topk")
      CHECK(row["value"].get<double>() == doctest::Approx(0.61));
  }
}

TEST_CASE("ten thousand runs make a small histogram that counts each once") {
  ScoreTable table{{"arm", "seed"}, {"mcc"}, {}};
  for (int i = 0; i < 10000; ++i) {
    table.rows.push_back({{"a", i}, "id", Status::done, {}, {Score::of(i % 97 / 97.0)}});
  }
  const json spec = drawn({{"kind", "histogram"}, {"name", "h"}, {"score", "mcc"}}, table);
  int total = 0;
  for (const json& row : spec["data"]["values"]) total += row["y"].get<int>();
  CHECK(total == 10000);
  CHECK(spec.dump().size() < 10000);
}

TEST_CASE("figures of a sweep have names of their own, which can be files'") {
  const auto read = [](const std::string& figures) {
    return read_figures(
        parse_sweep(R"({"name": "s", "base": {}, "figures": )" + figures + "}", "s.json"));
  };
  CHECK(read(R"([{"kind": "pareto", "name": "a b"}])").size() == 1);
  CHECK_THROWS_WITH_AS(
      read(R"([{"kind": "pareto", "name": "a"}, {"kind": "pareto", "name": "a"}])"),
      "s.json: figures[1].name: two figures are called \"a\"", InputError);
  CHECK_THROWS_AS(read(R"([{"kind": "pareto", "name": "../a"}])"), InputError);
}

TEST_CASE("means on a logarithmic axis are geometric, and leave out what has no logarithm") {
  const Summary summary = summary_on({1, 100, 0, -3}, true).value();
  CHECK(summary.n == 2);
  CHECK(summary.mean == doctest::Approx(10));
  CHECK(summary.low > 0);
  CHECK(summary_on({-1, 0}, true).has_value() == false);
}
