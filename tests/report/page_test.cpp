#include "lab/report/page.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <regex>

#include "lab/core/statistics.h"
#include "lab/report/answer.h"

using namespace lab;

namespace {

const std::string kHostile = "</script><script>alert(1)</script><!-- \" ' &amp; \u2028 ü 漢字";

ScoreTable small_table() {
  ScoreTable table{{"arm", "k", "seed"}, {"f1", "mcc", "mcc_null"}, {}};
  const auto add = [&](json arm, json k, int seed, Score f1, Score mcc) {
    table.rows.push_back({{std::move(arm), std::move(k), seed},
                          "0123456789abcdef",
                          Status::done,
                          {},
                          {std::move(f1), std::move(mcc), Score::absent("no null was drawn")}});
  };
  for (const int seed : {0, 1}) {
    add("topk", 1, seed, Score::of(0.25), Score::of(0.5 + 0.25 * seed));
    add("topk", 2, seed, Score::of(0.75), Score::of(1.0 / 3));
    add(kHostile, json(), seed, Score::absent("no matched latent"), Score::of(-1e-7));
  }
  return table;
}

Judged claim(Verdict verdict, Verdict expected) {
  Judged made;
  made.name = kHostile;
  made.source = "a paper " + kHostile;
  made.basis = "published";
  made.kind = "value";
  made.score = "mcc";
  made.reading = "0.625 ± 1.588, n = 2";
  made.accepted = "0.5 ± 0.03";
  made.value = Summary{2, 0.625, -0.963, 2.213};
  made.low = 0.47;
  made.high = 0.53;
  made.verdict = verdict;
  made.expected = expected;
  return made;
}

Page small_page() {
  Page page;
  page.name = "small";
  page.about = kHostile;
  page.config = "{\"name\": \"" + kHostile + "\"}";
  page.config_path = "configs/small.json";
  page.commands = {"lab report configs/small.json"};
  page.provenance = provenance_summary({{{"host", kHostile}}, {{"host", "b"}}});
  page.table = small_table();
  page.claims = {claim(Verdict::hit, Verdict::hit), claim(Verdict::miss, Verdict::miss)};
  page.figures = {{"one", kHostile, {{"mark", "bar"}, {"x", 0.123456789}}}};
  page.runs = {{"0123456789abcdef",
                "arm=topk seed=0",
                {},
                {{"latents", {{"norm"}, {{1.5}, {NAN}}, {"a", kHostile}}}}}};
  return page;
}

// The text between the first `from` and the `to` after it.
std::string between(const std::string& text, const std::string& from, const std::string& to) {
  const std::size_t start = text.find(from) + from.size();
  return text.substr(start, text.find(to, start) - start);
}

std::size_t occurrences(const std::string& text, const std::string& part) {
  std::size_t n = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++n;
  return n;
}

json data_of(const std::string& html) {
  return json::parse(between(html, "id=\"data\">", "</script>"));
}

}  // namespace

TEST_CASE("the data block of a page reads back as the data, whatever its texts are") {
  const Page page = small_page();
  const std::string html = page_html(page, "window.vegaEmbed = 1;");
  CHECK(data_of(html) == page_data(page));
  const std::string block = between(html, "id=\"data\">", "</script>");
  CHECK(block.find('<') == std::string::npos);
  CHECK(block.find("\u2028") == std::string::npos);
  CHECK(block.find("\\u2028") != std::string::npos);
  CHECK(data_of(html).at("about") == kHostile);
}

TEST_CASE("only the skeleton's three scripts are elements") {
  const std::string html =
      page_html(small_page(), "const a = '</script><SCRIPT>'; const b = '</SCRIPT>'; // <!-- ");
  CHECK(occurrences(html, "</script") == 3);
  CHECK(occurrences(html, "</SCRIPT") == 0);
  CHECK(occurrences(html, "<!--") == 0);
  CHECK(html.find("const a = '<\\/script><SCRIPT>'; const b = '<\\/SCRIPT>'") != std::string::npos);
  CHECK(html.find("alert(1)</script") == std::string::npos);
  CHECK(html.find("{{") == std::string::npos);
}

TEST_CASE("a page without figures needs no drawing, and names in it are no template's marks") {
  Page page = small_page();
  page.figures.clear();
  page.about = "{{vega}} {{data}}";
  const std::string html = page_html(page, "window.vegaEmbed = 1;");
  CHECK(html.find("vegaEmbed = 1") == std::string::npos);
  CHECK(data_of(html).at("about") == "{{vega}} {{data}}");
}

TEST_CASE("nothing is loaded, and the policy names the hashes of the two scripts") {
  const std::string html = page_html(small_page(), "window.vegaEmbed = 1;");
  const std::string policy = between(html, "Content-Security-Policy\" content=\"", "\"");
  CHECK(policy.starts_with("default-src 'none';"));
  CHECK(occurrences(policy, "'sha256-") == 2);
  CHECK(between(policy, "script-src", ";").find("unsafe") == std::string::npos);
  // printf 'window.vegaEmbed = 1;' | openssl dgst -sha256 -binary | base64
  CHECK(policy.find("'sha256-rE0Q64jjhndHtNU1Jj3V39SE5GTDLu8kmMXm2yKlYUk='") != std::string::npos);
  CHECK(occurrences(html, " src=") == 0);
  CHECK(occurrences(html, "<link") == 0);
}

TEST_CASE("the same page gives the same bytes, and the page brings no time of its own") {
  const std::string html = page_html(small_page(), "");
  CHECK(page_html(small_page(), "") == html);
  CHECK_FALSE(std::regex_search(html, std::regex("20[0-9][0-9]-[01][0-9]-[0-3][0-9]")));
}

TEST_CASE("texts that are not UTF-8 do not stop a page") {
  Page page = small_page();
  page.about = "broken \xff byte";
  CHECK(data_of(page_html(page, "")).at("about") == "broken \ufffd byte");
}

TEST_CASE("the table by columns: cells, reasons and states") {
  const json table = page_data(small_page()).at("table");
  CHECK(table.at("points").at(0).at("values") == json({"topk", kHostile}));
  CHECK(table.at("points").at(0).at("index") == json({0, 0, 1, 0, 0, 1}));
  CHECK(table.at("points").at(1).at("values") == json({1, 2, nullptr}));
  const json& f1 = table.at("scores").at(0);
  CHECK(f1.at("values") == json({0.25, 0.75, nullptr, 0.25, 0.75, nullptr}));
  CHECK(f1.at("reasons") == 0);
  CHECK(f1.at("null") == false);
  const json& mcc = table.at("scores").at(1);
  CHECK(mcc.at("values").dump() == "[0.5,0.333333,-1e-07,0.75,0.333333,-1e-07]");
  CHECK(mcc.at("reasons") == -1);
  CHECK(table.at("scores").at(2).at("null") == true);
  CHECK(table.at("reasons") == json({"no matched latent", "no null was drawn"}));
}

TEST_CASE("empty cells keep their reasons apart, and failures are there once") {
  Page page = small_page();
  page.table.rows[0].scores[0] = Score{};
  for (const std::size_t row : {3, 4}) {
    page.table.rows[row].status = Status::failed;
    page.table.rows[row].failure = {"fedcba9876543210", "fit", "the loss is NaN " + kHostile};
    page.table.rows[row].scores.assign(3, Score{});
  }
  const json table = page_data(page).at("table");
  CHECK(table.at("scores").at(0).at("reasons") == json({-1, 0, -1, -1, 0}));
  CHECK(table.at("failures").at("index") == json({-1, -1, -1, 0, 0, -1}));
  CHECK(table.at("failures").at("stages").size() == 1);
  CHECK(table.at("failures").at("stages").at(0).at("message") == "the loss is NaN " + kHostile);
  CHECK(table.at("status") == json({1, 1, 1, 2, 2, 1}));
}

TEST_CASE("numbers of figures and tables have six digits, empty cells of tables are null") {
  const json data = page_data(small_page());
  CHECK(data.at("figures").at(0).at("spec").at("x") == 0.123457);
  const json& latents = data.at("runs").at(0).at("tables").at(0);
  CHECK(latents.at("columns").at(0).at("values") == json({1.5, nullptr}));
  CHECK(latents.at("labels") == json({"a", kHostile}));
}

TEST_CASE("quantiles are Student's") {
  const json quantiles = page_data(small_page()).at("quantiles");
  CHECK(quantiles == json({nullptr, nullptr, 12.7062}));  // t(1, 0.975)
}

TEST_CASE("10,000 runs of 60 scores stay below 20 MB") {
  Page page;
  page.table.columns = {"arm", "seed"};
  for (int i = 0; i < 60; ++i) page.table.scores.push_back("score" + std::to_string(i));
  for (int run = 0; run < 10000; ++run) {
    ScoreTable::Row row{
        {"arm " + std::to_string(run / 5), run % 5}, "0123456789abcdef", Status::done, {}, {}};
    for (int i = 0; i < 60; ++i) {
      const double value = std::sin(run * 61.0 + i);
      row.scores.push_back(i % 7 == 0 ? Score::absent("the world has no circle")
                                      : Score::of(value));
    }
    page.table.rows.push_back(std::move(row));
  }
  CHECK(page_html(page, "").size() < 8'000'000);
}

TEST_CASE("the answer counts claims, controls and runs") {
  ScoreTable table = small_table();
  table.rows[0].status = Status::failed;
  table.rows[1].status = Status::missing;
  const Answer answer =
      answer_of(table, {claim(Verdict::hit, Verdict::hit), claim(Verdict::miss, Verdict::hit),
                        claim(Verdict::undecided, Verdict::hit),
                        claim(Verdict::miss, Verdict::miss), claim(Verdict::hit, Verdict::miss)});
  CHECK(answer.lines ==
        std::vector<std::string>{"3 claims: 1 HIT, 1 MISS, 1 UNDECIDED",
                                 "2 controls: 1 missed, as expected, 1 HIT against expectation",
                                 "6 runs: 4 done, 1 failed, 1 not made yet"});
  CHECK(answer.arms.empty());
}

TEST_CASE("without claims the answer is each arm's headline scores over its points and seeds") {
  const Answer answer = answer_of(small_table(), {});
  CHECK(answer.lines == std::vector<std::string>{"6 runs: 6 done"});
  CHECK(answer.scores == std::vector<std::string>{"mcc", "f1"});
  CHECK(answer.arm_column == "arm");
  REQUIRE(answer.arms.size() == 2);
  const Answer::Arm& topk = answer.arms[0];
  const double means[] = {(0.5 + 1.0 / 3) / 2, (0.75 + 1.0 / 3) / 2};
  CHECK(topk.points == std::vector<std::size_t>{2, 2});
  CHECK(topk.scores[0]->n == 2);
  CHECK(topk.scores[0]->mean == doctest::Approx((means[0] + means[1]) / 2));
  CHECK(topk.scores[0]->high - topk.scores[0]->mean == doctest::Approx(t_half_width(means)));
  CHECK(topk.scores[1]->low == 0.5);  // no spread: the value is its own interval
  CHECK(topk.scores[1]->high == 0.5);
  CHECK(answer.arms[1].name == kHostile);
  CHECK(answer.arms[1].scores[1] == std::nullopt);
}

TEST_CASE("points that lack a seed do not move an arm's mean") {
  ScoreTable table = small_table();
  table.rows[3].scores[1] = Score::absent("it failed");  // topk, k = 1, seed 1
  const Answer answer = answer_of(table, {});
  CHECK(answer.arms[0].points[0] == 1);
  CHECK(answer.arms[0].scores[0]->mean == doctest::Approx(1.0 / 3));
}

TEST_CASE("provenance: what is alike once, what differs with its runs") {
  std::vector<json> of_runs;
  for (int i = 0; i < 8; ++i) {
    of_runs.push_back({{"commit", "abc"},
                       {"mkl", {{"version", "2024"}}},
                       {"host", i < 3 ? "a" : "b"},
                       {"seconds", i + 0.5}});
  }
  of_runs[0]["tpu"] = true;
  of_runs.push_back(json());
  CHECK(provenance_summary(of_runs) == json{{"same", {{"commit", "abc"}, {"mkl.version", "2024"}}},
                                            {"differs",
                                             {{"host", "a (3 runs), b (5 runs)"},
                                              {"seconds", "from 0.5 to 7.5"},
                                              {"tpu", "true (1 run)"}}}});
}
