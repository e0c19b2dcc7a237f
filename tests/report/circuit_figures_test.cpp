// The figures graph and matrix.
#include <doctest/doctest.h>

#include <set>

#include "lab/core/hash.h"
#include "lab/report/drawing.h"
#include "report/made_circuit.h"
#include "sweep/fake.h"

using namespace lab;

namespace {

// Runs of a store with what was found, and their pictures.
class Runs {
 public:
  void add(const std::string& world, const Record& record) {
    Stage last;
    last.key = "{\"world\":\"" + world + "\"}";
    last.id = id_of(last.key);
    last.name = "found";
    write_run(store_, last, {record, ""}, json::object());
    table_.rows.push_back({{world, 0}, last.id, Status::done, {}, {}});
  }
  json drawn(const json& config) const {
    const FigureSource source{plan_, store_, table_, [&](std::size_t) { return picture; }};
    return vega_lite(read_config<FigureConfig>(config), source);
  }
  std::string error_of(const json& config) const {
    try {
      drawn(config);
    } catch (const ConfigError& error) {
      return error.path + ": " + error.message;
    }
    return "";
  }
  Record picture = made_picture();

 private:
  fake::Folder folder_;
  Plan plan_;
  Store store_{folder_.path()};
  ScoreTable table_{{"world", "seed"}, {}, {}};
};

const json graph = {{"kind", "graph"}, {"name", "g"}, {"found", true}};

// The rows of the layer of that name (its number of panel left out) in a specification.
std::vector<json> rows_of(const json& spec, const std::string& layer) {
  std::vector<json> rows;
  const json views = spec.contains("concat") ? spec["concat"] : json::array({spec});
  for (const json& view : views) {
    for (const json& one : view["layer"]) {
      if (!one["name"].get<std::string>().starts_with(layer + "_")) continue;
      const json& data = one.contains("data") ? one["data"] : view["data"];
      for (const json& row : data["values"]) rows.push_back(row);
    }
  }
  return rows;
}

void names_in(const json& value, std::multiset<std::string>& names) {
  if (!value.is_structured()) return;
  if (value.is_object() && value.contains("mark") && value.contains("name")) {
    names.insert(value["name"].get<std::string>());
  }
  for (const json& part : value) names_in(part, names);
}

}  // namespace

TEST_CASE(
    "a graph has a box a node and a wire a fan-in, and gates have the way they were found by") {
  Runs runs;
  runs.add("w", made_run());
  const json spec = runs.drawn(graph);
  const std::vector<json> boxes = rows_of(spec, "gates");
  REQUIRE(boxes.size() == 5);
  std::map<std::string, json> by_name;
  for (const json& box : boxes) by_name[box["name"].get<std::string>()] = box;
  CHECK(by_name["x0"]["way"] == "not looked for");
  CHECK(by_name["and"]["way"] == "neuron");
  CHECK(by_name["xor"]["way"] == "direction");
  CHECK(by_name["deep"]["way"] == "not found");
  CHECK(by_name["and"]["neuron"] == "1.00, layer0.post 3");
  CHECK(by_name["and"]["direction"] == "1.00, layer0.post");
  CHECK(by_name["and"]["latent"] == "0.70, latent 5");
  CHECK(by_name["deep"]["latent"] == "–");
  CHECK(by_name["deep"]["computes"] == "or(and, xor, not x1)");
  CHECK(by_name["deep"]["output"] == "yes");

  std::map<int, std::vector<json>> wires;
  for (const json& point : rows_of(spec, "wires"))
    wires[point["number"].get<int>()].push_back(point);
  CHECK(wires.size() == 7);
  CHECK(wires[0].size() == 2);
  REQUIRE(wires[6].size() == 4);  // passes a level
  CHECK(wires[6][0]["wire"] == "inverted");
  CHECK(wires[6][0]["x"] == by_name["x1"]["x2"]);
  CHECK(wires[6][3]["x"] == by_name["deep"]["x1"]);
  CHECK(wires[6][3]["y"] == by_name["deep"]["y"]);
  CHECK(rows_of(spec, "bars").size() == 8);  // three ways of three gates, one not tried
}

TEST_CASE("the threshold of a graph decides what is found") {
  Runs runs;
  runs.add("w", made_run());
  json low = graph;
  low["threshold"] = 0.75;
  std::set<std::string> ways;
  for (const json& box : rows_of(runs.drawn(low), "gates"))
    ways.insert(box["way"].get<std::string>());
  CHECK(ways == std::set<std::string>{"neuron", "direction", "not looked for"});
  CHECK(runs.error_of({{"kind", "graph"}, {"name", "g"}, {"found", true}, {"score", "f1"}})
            .starts_with("score: "));
}

TEST_CASE("a graph by score takes the rows of gates, or of any table by name") {
  Runs runs;
  Record run = made_run();
  run.tables["alignment"] = {{"iia"}, {{0.5}, {0.9}}, {"deep", "x1"}};
  runs.add("w", run);
  json figure = {{"kind", "graph"}, {"name", "g"}, {"score", "iia"}, {"table", "alignment"}};
  std::map<std::string, double> scores;
  for (const json& box : rows_of(runs.drawn(figure), "gates")) {
    if (box.contains("score")) scores[box["name"].get<std::string>()] = box["score"].get<double>();
  }
  CHECK(scores == std::map<std::string, double>{{"deep", 0.5}, {"x1", 0.9}});
  figure = {{"kind", "graph"}, {"name", "g"}, {"score", "base_rate"}};
  CHECK(rows_of(runs.drawn(figure), "scored").size() == 5);
  figure["score"] = "base_rat";
  CHECK(runs.error_of(figure).find("did you mean \"base_rate\"?") != std::string::npos);
}

TEST_CASE("names of marks are unique with several panels, and in stacked specifications") {
  Runs runs;
  for (const char* world : {"a", "b", "c"}) runs.add(world, made_run());
  const json one = runs.drawn(graph);
  const json matrix = runs.drawn({{"kind", "matrix"}, {"name", "m"}});
  CHECK(rows_of(one, "gates").size() == 15);
  std::multiset<std::string> names;
  const json whole = stacked({one, matrix});
  names_in(whole, names);
  CHECK(names.size() > 20);
  for (const std::string& name : names) CHECK(names.count(name) == 1);
  CHECK(whole["vconcat"].size() == 2);
  CHECK(whole["vconcat"][0].contains("config") == false);
  CHECK(whole.contains("config"));
}

TEST_CASE("a matrix shows every pair in the order of the matching") {
  Runs runs;
  runs.add("w", made_run());
  json figure = {{"kind", "matrix"}, {"name", "m"}, {"tap", "layer0.post"}};
  const json spec = runs.drawn(figure);
  CHECK(rows_of(spec, "neuron_cells").size() == 12);
  const json& x = spec["layer"][0]["encoding"]["x"];
  CHECK(x["scale"]["domain"] == json({"3", "1", "0", "2"}));
  CHECK(x["axis"]["title"] == "neuron of layer0.post");
  CHECK(spec["layer"][0]["encoding"]["y"]["scale"]["domain"] == json({"and", "xor", "deep"}));
  figure["tap"] = "layer1.post";
  CHECK(runs.error_of(figure).starts_with("tap: "));
  figure = {{"kind", "matrix"}, {"name", "m"}, {"most", 2}};
  CHECK(runs.drawn(figure)["title"]["subtitle"].dump().find("best 2 of 4") != std::string::npos);
  CHECK(runs.error_of({{"kind", "matrix"}, {"name", "m"}, {"most", 0}}).starts_with("most: "));
}

TEST_CASE("the figures of a run's circuit are those that its tables allow") {
  const auto kinds = [](const Record& run, const Record& picture) {
    std::string text;
    for (const FigureConfig& figure : circuit_figures(run, picture)) text += figure.name + " ";
    return text;
  };
  CHECK(kinds(made_run(), made_picture()) == "graph neurons ");
  CHECK(kinds(Record{}, made_picture()) == "graph ");
  CHECK(kinds(made_run(), Record{}) == "");
  CHECK(std::get<GraphFigure>(circuit_figures(made_run(), made_picture())[0].kind).found);
  CHECK(std::get<GraphFigure>(circuit_figures(Record{}, made_picture())[0].kind).score.empty());
}

TEST_CASE("runs without a circuit are told so") {
  Runs runs;
  runs.add("w", made_run());
  runs.picture = Record{};
  CHECK(runs.error_of(graph).starts_with("where: the run's world has no circuit"));
}
