// Placements from JSON: parts hold placements, which may be parts again.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "lab/core/config.h"
#include "lab/placements/kinds.h"

using namespace lab;

namespace {

PlacementConfig parse(const std::string& text) {
  return read_config<PlacementConfig>(parse_json(text, "test"), "placement");
}

std::string error_of(const std::string& text) {
  try {
    parse(text);
  } catch (const ConfigError& error) {
    return error.path + ": " + error.message;
  }
  return "";
}

}  // namespace

TEST_CASE("parts in parts: read, written and read again") {
  const PlacementConfig config = parse(R"({"kind": "parts", "subspaces": "random", "parts": [
      {"features": "day*", "placement": {"kind": "circle", "frequencies": [1, 2], "amplitudes": [1, 0.5]}},
      {"placement": {"kind": "parts", "parts": [{"range": [0, 3], "placement": "polyhedron"}, {"width": 5}]}}
    ]})");
  const auto& parts = std::get<Parts>(config.kind);
  REQUIRE(parts.parts.size() == 2);
  CHECK(parts.subspaces == "random");
  CHECK(parts.parts[0].features == "day*");
  CHECK(std::get<Circle>(parts.parts[0].placement.kind).frequencies ==
        std::vector<std::int64_t>{1, 2});
  const auto& inner = std::get<Parts>(parts.parts[1].placement.kind);
  CHECK(inner.parts[0].range == std::vector<std::int64_t>{0, 3});
  CHECK(std::holds_alternative<Polyhedron>(inner.parts[0].placement.kind));
  CHECK(inner.parts[1].width == 5);

  const json written = config_json(config);
  CHECK(canonical(config_json(read_config<PlacementConfig>(written))) == canonical(written));
}

TEST_CASE("what is wrong is said with its path") {
  CHECK(error_of(R"({"kind": "parts", "parts": [{"placement": {"kind": "circel"}}]})")
            .find("placement.parts[0].placement") == 0);
  CHECK(error_of(R"({"kind": "circle", "amplitudes": [1, 2]})").find("placement.amplitudes") == 0);
  CHECK(error_of(R"({"kind": "circle", "frequencies": []})").find("placement.frequencies") == 0);
  CHECK(error_of(R"({"kind": "parts"})").find("placement.parts") == 0);
  CHECK(error_of(R"({"kind": "parts", "parts": [{"range": [3, 1]}]})")
            .find("placement.parts[0].range") == 0);
  CHECK(error_of(R"({"kind": "polyhedron", "shape": "cubo"})").find("placement.shape") == 0);
}

TEST_CASE("descriptions and schemas of a room that contains itself are finite") {
  PlacementConfig config;
  const std::vector<RoomDoc> rooms = describe(view_of(config));
  REQUIRE(rooms.size() == 1);
  CHECK(rooms[0].room == "placements");
  CHECK(rooms[0].kinds.size() == 8);
  json definitions;
  schema(view_of(config), definitions);
  CHECK(definitions.contains("placements/parts"));
  CHECK(definitions.contains("placements/circle"));
}
