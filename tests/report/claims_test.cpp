#include "lab/report/claims.h"

#include <doctest/doctest.h>

#include "lab/core/config.h"
#include "tests/report/made_table.h"

using namespace lab;

namespace {

// One score `x` of arms "a" and "b", a row a seed.
ScoreTable table_of(const std::vector<double>& a, const std::vector<double>& b = {}) {
  ScoreTable table{{"arm", "seed"}, {"x"}, {}};
  const auto add = [&](const char* arm, const std::vector<double>& values) {
    for (std::size_t i = 0; i < values.size(); ++i) {
      table.rows.push_back({{arm, static_cast<int>(i)},
                            std::string(arm).append(std::to_string(i)),
                            Status::done,
                            {},
                            {Score::of(values[i])}});
    }
  };
  add("a", a);
  add("b", b);
  return table;
}

json claim(const json& more) {
  json value = {{"kind", "value"}, {"name", "x is so"}, {"source", "a paper"}, {"score", "x"}};
  value.update(more);
  return value;
}

Judged judged(const json& config, const ScoreTable& table) {
  return judge(read_config<ClaimConfig>(config), table);
}

std::string refusal(const json& config, const ScoreTable& table) {
  try {
    judged(config, table);
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "judged";
}

const std::vector<double> kHalf{0.49, 0.5, 0.51, 0.5, 0.5};  // mean .5, half-width .0088

}  // namespace

TEST_CASE("the interval decides: inside HIT, outside MISS, straddling UNDECIDED") {
  const ScoreTable table = table_of(kHalf);
  const auto verdict = [&](const json& more) { return judged(claim(more), table).verdict; };
  CHECK(verdict({{"target", 0.5}, {"tolerance", 0.01}}) == Verdict::hit);
  CHECK(verdict({{"target", 0.5}, {"tolerance", 0.005}}) == Verdict::undecided);
  CHECK(verdict({{"target", 0.6}, {"tolerance", 0.05}}) == Verdict::miss);
  CHECK(verdict({{"target", 0.55}, {"tolerance", 0.05}}) == Verdict::undecided);
  CHECK(verdict({{"at_least", 0.49}}) == Verdict::hit);
  CHECK(verdict({{"at_least", 0.5}}) == Verdict::undecided);
  CHECK(verdict({{"at_least", 0.51}}) == Verdict::miss);
  CHECK(verdict({{"at_most", 0.51}}) == Verdict::hit);
  CHECK(verdict({{"at_least", 0.4}, {"at_most", 0.48}}) == Verdict::miss);
}

TEST_CASE("default tolerances: derived 1e-3 relative, twice a published sd, else a tenth") {
  const ScoreTable table = table_of(kHalf);
  const auto width = [&](const json& more) {
    const Judged result = judged(claim(more), table);
    return (*result.high - *result.low) / 2;
  };
  CHECK(width({{"target", 0.5}}) == doctest::Approx(0.05));
  CHECK(width({{"target", -0.5}}) == doctest::Approx(0.05));
  CHECK(width({{"target", 0.5}, {"sd", 0.02}}) == doctest::Approx(0.04));
  CHECK(width({{"target", 0.5}, {"basis", "derived"}}) == doctest::Approx(0.0005));
  CHECK(width({{"target", 0.5}, {"tolerance", 0.3}}) == doctest::Approx(0.3));
}

TEST_CASE("a control is as expected when it misses, refuted when it hits") {
  const ScoreTable table = table_of(kHalf);
  const Judged missed = judged(claim({{"target", 0.9}, {"expect", "miss"}}), table);
  CHECK(missed.verdict == Verdict::miss);
  CHECK(missed.as_expected());
  CHECK(!missed.refuted());
  CHECK(judged(claim({{"target", 0.5}, {"expect", "miss"}}), table).refuted());
  CHECK(judged(claim({{"target", 0.9}}), table).refuted());
  CHECK(!judged(claim({{"target", 0.55}}), table).refuted());  // undecided
}

TEST_CASE("few seeds need a reason or a derivation") {
  const ScoreTable table = table_of({0.5, 0.5, 0.5, 0.5});
  CHECK(refusal(claim({{"target", 0.5}}), table)
            .starts_with("few_seeds: the claim stands on 4 seeds"));
  CHECK(refusal(claim({{"target", 0.5}, {"few_seeds", "the optimum is unique"}}), table) ==
        "judged");
  CHECK(refusal(claim({{"target", 0.5}, {"basis", "derived"}}), table_of({0.5})) == "judged");
}

TEST_CASE("the verdict does not depend on the order of the seeds") {
  const std::vector<double> backwards(kHalf.rbegin(), kHalf.rend());
  const json config = claim({{"target", 0.5}, {"tolerance", 0.0089}});
  CHECK(judged(config, table_of(kHalf)).verdict == judged(config, table_of(backwards)).verdict);
}

TEST_CASE("an ill-formed claim is named, not judged") {
  const ScoreTable table = table_of(kHalf, {0.1, 0.1, 0.1, 0.1, 0.1});
  const auto says = [&](const json& more, const char* what) {
    const std::string text = refusal(claim(more), table);
    CHECK_MESSAGE(text.find(what) != std::string::npos, text);
  };
  says({{"target", 1}, {"score", "y"}, {"where", {{"arm", "a"}}}},
       "score: no score is called \"y\"");
  says({{"target", 1}, {"where", {{"arm", "c"}}}}, "where.arm: no row has the value \"c\"");
  says({{"target", 1}, {"where", {{"arn", "a"}}}}, "did you mean \"arm\"?");
  says({{"target", 1}}, "where: selects 2 points (arm is \"a\" and \"b\", say)");
  says(json::object(), "target: must be given");
  says({{"target", 0}}, "tolerance: must be given for the target 0");
  says({{"target", 1}, {"at_least", 0}}, "target: must be given, or else");
  says({{"target", 1}, {"tolerance", -1}}, "tolerance");
  says({{"target", 1}, {"expect", "hope"}}, "expect");
  says({{"target", 1}, {"at", {{"x", "much"}}}}, "at.x: must be a number");
}

TEST_CASE("a score that no selected run has is named with its reason") {
  ScoreTable table = table_of({0.5});
  table.rows[0].scores[0] = Score::absent("the world has no gates");
  CHECK(refusal(claim({{"target", 1}}), table) ==
        "score: no selected run has x: the world has no gates");
}

TEST_CASE("claims about runs that are not there are undecided") {
  ScoreTable table = table_of(kHalf);
  table.rows[1].status = Status::missing;
  const Judged missing = judged(claim({{"target", 0.5}}), table);
  CHECK(missing.verdict == Verdict::undecided);
  CHECK(missing.reading == "1 of 5 runs are not made yet");
  CHECK(missing.accepted == "0.5 ± 0.050");
  table.rows[2].status = Status::failed;
  CHECK(judged(claim({{"target", 0.5}}), table).reading == "1 of 5 runs failed");
}

TEST_CASE("an order holds when every neighbouring pair differs that way over the seeds") {
  const auto order = [](std::vector<std::string> arms) {
    return json{{"kind", "order"},
                {"name", "a beats b"},
                {"source", "a paper"},
                {"score", "x"},
                {"order", std::move(arms)}};
  };
  // Seeds differ far more than arms do; the pairs decide.
  const ScoreTable clear = table_of({1, 2, 3, 4, 5}, {0.9, 1.91, 2.9, 3.89, 4.9});
  CHECK(judged(order({"a", "b"}), clear).verdict == Verdict::hit);
  CHECK(judged(order({"b", "a"}), clear).verdict == Verdict::miss);
  const ScoreTable unclear = table_of({1, 2, 3, 4, 5}, {1.1, 1.9, 3.1, 3.8, 5.05});
  CHECK(judged(order({"a", "b"}), unclear).verdict == Verdict::undecided);
  CHECK(judged(order({"a", "b"}), table_of(kHalf, kHalf)).verdict == Verdict::miss);  // a tie
  CHECK(refusal(order({"a", "c"}), clear).starts_with("order[1]: no row has the value \"c\""));
  CHECK(refusal(order({"a"}), clear).starts_with("order: must name at least two"));
}

TEST_CASE("an order's conditions hold for the table, not for each arm: one arm may lack a column") {
  ScoreTable table{{"arm", "k", "seed"}, {"x"}, {}};
  const auto add = [&](const char* arm, const json& k, double x) {
    for (int seed = 0; seed < 5; ++seed) {
      table.rows.push_back({{arm, k, seed}, "", Status::done, {}, {Score::of(x + .1 * seed)}});
    }
  };
  add("topk", 2, .1);
  add("topk", 4, .9);
  add("plain", nullptr, .5);
  const auto order = [](const json& where, std::vector<std::string> arms) {
    return json{{"kind", "order"}, {"name", "n"},    {"source", "a paper"},
                {"score", "x"},    {"where", where}, {"order", std::move(arms)}};
  };
  const json at_4 = {{"k", {4, nullptr}}, {"arm", {"topk", "plain"}}};
  CHECK(judged(order(at_4, {"topk", "plain"}), table).verdict == Verdict::hit);
  const json at_2 = {{"k", {2, nullptr}}};
  CHECK(judged(order(at_2, {"topk", "plain"}), table).verdict == Verdict::miss);
  CHECK(refusal(order({{"k", 4}}, {"topk", "plain"}), table)
            .starts_with("order[1]: no row has the value \"plain\""));
}

TEST_CASE("claims of a file are read with their places, and judged alike") {
  const char* head = R"({"name": "s", "base": {}, "claims": [)";
  const char* good = R"({"kind": "value", "name": "n", "source": "s", "score": "x", "target": 1})";
  const auto sweep = [&](const std::string& claims) {
    return parse_sweep(head + claims + "]}", "s.json");
  };
  CHECK(read_claims(sweep(good)).size() == 1);
  CHECK_THROWS_WITH(
      read_claims(sweep(std::string(good) + R"(, {"kind": "valve"})")),
      doctest::Contains("s.json: claims[1].kind: unknown kind \"valve\"; did you mean"));
  CHECK_THROWS_WITH(judge_all(sweep(good), table_of({0.5})),
                    doctest::Contains("s.json: claims[0].few_seeds: the claim stands on 1 seeds"));
}

TEST_CASE("claims as JSON and as text say number, interval, target, source and verdict") {
  const ScoreTable table = table_of(kHalf);
  const std::vector<Judged> claims{judged(claim({{"target", 0.5}, {"tolerance", 0.01}}), table),
                                   judged(claim({{"at_least", 0.9}, {"expect", "miss"}}), table)};
  const json list = claims_json(claims);
  CHECK(list[0].at("verdict") == "HIT");
  CHECK(list[0].at("value").at("mean").get<double>() == doctest::Approx(0.5));
  CHECK(list[0].at("value").at("n") == 5);
  CHECK(list[0].at("low").get<double>() == doctest::Approx(0.49));
  CHECK(list[0].at("target") == 0.5);
  CHECK(list[0].at("tolerance").get<double>() == doctest::Approx(0.01));
  CHECK(list[1].at("tolerance").is_null());
  CHECK(list[0].at("source") == "a paper");
  CHECK(list[1].at("verdict") == "MISS");
  CHECK(list[1].at("expected") == "MISS");
  CHECK(list[1].at("high").is_null());
  const std::string text = claims_text(claims);
  CHECK(text.find("0.500 ± 0.009, n = 5") != std::string::npos);
  CHECK(text.find("MISS (a control: must)") != std::string::npos);
}
