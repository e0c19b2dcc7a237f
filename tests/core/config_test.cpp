#include "lab/core/config.h"

#include <doctest/doctest.h>

#include "lab/core/hash.h"

namespace lab {
namespace {

struct Step {
  std::int64_t size = 1;
  void fields(Fields& f) { f("size", size, at_least(1), "how far"); }
};

struct Walk {
  static constexpr const char* name = "walk";
  static constexpr const char* doc = "on foot";
  static constexpr std::int64_t revision = 2;
  std::int64_t count = 3;
  double pace = 1.5;
  std::string style = "calm";
  bool uphill = false;
  std::vector<double> stops{0.5, 1};
  std::vector<Step> steps;
  std::optional<double> rest;
  double added_later = 0;

  void fields(Fields& f) {
    f("count", count, between(1, 10), "number of steps");
    f("pace", pace, above(0).below(9), "metres a second");
    f("style", style, one_of({"calm", "brisk"}), "manner");
    f("uphill", uphill, any(), "whether it climbs");
    f("stops", stops, at_least(0).items(1), "where to stop (km)");
    f("steps", steps, any(), "the steps");
    f("rest", rest, at_least(0), "rest (h)");
    f("added_later", added_later, any(), "a later addition", Legacy{"0.0"});
    f.require(!uphill || count < 9, "count", "must be below 9 when uphill");
  }
};

struct Ride {
  static constexpr const char* name = "ride";
  static constexpr const char* doc = "on a horse";
  static constexpr std::int64_t revision = 1;
  json saddle;
  void fields(Fields& f) { f("saddle", saddle, any(), "any value"); }
};

struct Travel {
  static constexpr const char* room = "travels";
  std::variant<Walk, Ride> kind;
  std::optional<std::int64_t> seed;
  void fields(Fields& f) {
    f.kind(kind);
    f("seed", seed, at_least(0), "seed");
  }
};

struct Trip {
  static constexpr const char* stage = "trip";
  static constexpr std::int64_t revision = 1;
  Travel travel;
  void fields(Fields& f) { f("travel", travel, required(), "how"); }
};

Trip trip(const char* text) {
  return read_config<Trip>(parse_json(text, "test"));
}

std::string refusal(const char* text) {
  try {
    trip(text);
  } catch (const ConfigError& error) {
    CHECK(std::string(error.what()) == error.path + ": " + error.message);
    return error.what();
  }
  return "";
}

TEST_CASE("what is not given keeps its default, what is given is read") {
  const Trip plain = trip(R"({"travel": "walk"})");
  CHECK(std::get<Walk>(plain.travel.kind).count == 3);
  CHECK_FALSE(plain.travel.seed.has_value());
  const Trip full = trip(R"({"travel": {"kind": "walk", "count": 4.0, "pace": 2, "style": "brisk",
      "stops": [1, 2.5], "steps": [{"size": 5}, {}], "rest": null, "seed": 7}})");
  const Walk& walk = std::get<Walk>(full.travel.kind);
  CHECK(walk.count == 4);
  CHECK(walk.pace == 2.0);
  CHECK(walk.stops == std::vector<double>{1, 2.5});
  CHECK(walk.steps.at(0).size == 5);
  CHECK(walk.steps.at(1).size == 1);
  CHECK_FALSE(walk.rest.has_value());
  CHECK(full.travel.seed == 7);
}

TEST_CASE("every mistake gets one line with its place") {
  CHECK(refusal(R"({})") == "travel: is missing; it has no default");
  CHECK(refusal(R"({"travle": "walk"})") == "travle: unknown key; did you mean \"travel\"?");
  CHECK(refusal(R"({"travel": "wakl"})") ==
        "travel.kind: unknown kind \"wakl\"; did you mean \"walk\"?");
  CHECK(refusal(R"({"travel": "submarine"})") ==
        "travel.kind: unknown kind \"submarine\"; known: walk, ride");
  CHECK(refusal(R"({"travel": {}})") == "travel.kind: is missing; one of walk, ride");
  CHECK(refusal(R"({"travel": {"kind": 3}})") == "travel.kind: must be a text, got 3");
  CHECK(refusal(R"({"travel": 3})") == "travel: must be an object or the name of a kind, got 3");
  CHECK(refusal(R"({"travel": {"kind": "ride", "count": 3}})") ==
        "travel.count: unknown key; known: kind, saddle, seed");
  CHECK(refusal(R"({"travel": {"kind": "walk", "count": "3"}})") ==
        "travel.count: must be an integer, got \"3\"");
  CHECK(refusal(R"({"travel": {"kind": "walk", "count": 2.5}})") ==
        "travel.count: must be an integer, got 2.5");
  CHECK(refusal(R"({"travel": {"kind": "walk", "count": 11}})") ==
        "travel.count: must be ≤ 10, got 11");
  CHECK(refusal(R"({"travel": {"kind": "walk", "count": 18446744073709551615}})") ==
        "travel.count: is too large for an integer: 18446744073709551615");
  CHECK(refusal(R"({"travel": {"kind": "walk", "pace": 0}})") == "travel.pace: must be > 0, got 0");
  CHECK(refusal(R"({"travel": {"kind": "walk", "pace": 9}})") == "travel.pace: must be < 9, got 9");
  CHECK(refusal(R"({"travel": {"kind": "walk", "style": "clam"}})") ==
        "travel.style: unknown word \"clam\"; did you mean \"calm\"?");
  CHECK(refusal(R"({"travel": {"kind": "walk", "uphill": 1}})") ==
        "travel.uphill: must be true or false, got 1");
  CHECK(refusal(R"({"travel": {"kind": "walk", "stops": []}})") ==
        "travel.stops: needs at least 1 items, got 0");
  CHECK(refusal(R"({"travel": {"kind": "walk", "stops": [1, -2]}})") ==
        "travel.stops[1]: must be ≥ 0, got -2");
  CHECK(refusal(R"({"travel": {"kind": "walk", "stops": 3}})") ==
        "travel.stops: must be a list, got 3");
  CHECK(refusal(R"({"travel": {"kind": "walk", "steps": [{"size": 0}]}})") ==
        "travel.steps[0].size: must be ≥ 1, got 0");
  CHECK(refusal(R"({"travel": {"kind": "walk", "uphill": true, "count": 9}})") ==
        "travel.count: must be below 9 when uphill");
  // A misspelt key is named before what follows from its absence.
  CHECK(refusal(R"({"travel": {"kind": "walk", "uphill": true, "count": 9, "pase": 1}})") ==
        "travel.pase: unknown key; did you mean \"pace\"?");
}

TEST_CASE("the dump with all defaults reads back as the same config") {
  Trip full =
      trip(R"({"travel": {"kind": "walk", "steps": [{"size": 5}], "rest": 0.25, "seed": 7}})");
  const json dump = config_json(full);
  CHECK(dump.at("travel").at("count") == 3);
  CHECK(config_json(read_config<Trip>(dump)) == dump);
  CHECK(key_text(read_config<Trip>(dump)) == key_text(full));
}

TEST_CASE("a key is the same however the config was written, and holds revisions") {
  const std::string key = key_text(trip(R"({"travel": "walk"})"));
  CHECK(key == key_text(trip(R"({"travel": {"pace": 1.50, "kind": "walk", "count": 3.0}})")));
  CHECK(key == R"({"revision":1,"stage":"trip","travel":{"count":3,"kind":"walk","pace":1.5,)"
               R"("revision":2,"steps":[],"stops":[0.5,1.0],"style":"calm","uphill":false}})");
  CHECK(canonical(parse_json(key, "key")) == key);  // so that a stored key can be checked
}

struct Report {
  static constexpr const char* stage = "report";
  static constexpr std::int64_t revision = 4;
  Trip trip;
  void fields(Fields& f) { f("trip", trip, required(), "the trip"); }
};

TEST_CASE("a key that stands on another holds it whole, with its revision") {
  const Trip inner = trip(R"({"travel": "walk"})");
  CHECK(key_text(Report{inner}) ==
        R"({"revision":4,"stage":"report","trip":)" + key_text(inner) + "}");
}

TEST_CASE("a field with its legacy value leaves old ids as they were") {
  const std::string old = key_text(trip(R"({"travel": "walk"})"));
  CHECK(key_text(trip(R"({"travel": {"kind": "walk", "added_later": 0}})")) == old);
  CHECK(key_text(trip(R"({"travel": {"kind": "walk", "added_later": -0.0}})")) == old);
  CHECK(key_text(trip(R"({"travel": {"kind": "walk", "added_later": 1}})")) != old);
}

TEST_CASE("each kind is described from the same list of fields") {
  Trip prototype;
  const std::vector<RoomDoc> rooms = describe(view_of(prototype));
  REQUIRE(rooms.size() == 1);
  CHECK(rooms[0].room == "travels");
  REQUIRE(rooms[0].kinds.size() == 2);
  const KindDoc& walk = rooms[0].kinds[0];
  CHECK(walk.name == "walk");
  CHECK(walk.doc == "on foot");
  CHECK(walk.revision == 2);
  const FieldDoc& pace = walk.fields.at(1);
  CHECK(pace.name == "pace");
  CHECK(pace.type == "number");
  CHECK(pace.initial == "1.5");
  CHECK(pace.range == "> 0, < 9");
  CHECK(pace.help == "metres a second");
  CHECK(walk.fields.at(2).range == "calm | brisk");
  CHECK(walk.fields.at(4).type == "list of number");
  CHECK(walk.fields.at(4).initial == "[0.5,1.0]");
  CHECK(walk.fields.back().name == "seed");
}

TEST_CASE("the schema has one definition a kind, closed to unknown keys") {
  Trip prototype;
  json definitions = json::object();
  const json root = schema(view_of(prototype), definitions);
  CHECK(root.at("properties").at("travel").at("$ref") == "#/$defs/travels");
  const json& walk = definitions.at("travels/walk");
  CHECK(walk.at("additionalProperties") == false);
  CHECK(walk.at("properties").at("count").at("maximum") == 10);
  CHECK(walk.at("properties").at("pace").at("exclusiveMinimum") == 0);
  CHECK(walk.at("properties").contains("seed"));
  CHECK(definitions.at("travels").at("else").at("required") == json::array({"kind"}));
}

TEST_CASE("the nearest known word") {
  CHECK(nearest("lr", {"l1", "steps"}) == "l1");
  CHECK(nearest("lattents", {"latents", "patents"}) == "latents");
  CHECK(nearest("ab", {"ba"}) == "ba");
  CHECK(nearest("xyz", {"abc"}) == "");
  CHECK(nearest("", {"a"}) == "");
}

}  // namespace
}  // namespace lab
