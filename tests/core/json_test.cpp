#include "lab/core/json.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "lab/core/error.h"
#include "lab/core/hash.h"

namespace lab {
namespace {

std::string refusal(const std::string& text) {
  try {
    parse_json(text, "x.json");
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

TEST_CASE("well-formed documents are read as they are") {
  CHECK(parse_json("3", "x") == 3);
  CHECK(parse_json(" [1, 2.5, \"a\", null, true] ", "x") == json({1, 2.5, "a", nullptr, true}));
  CHECK(parse_json(R"({"a": {"b": [{}, {"c": 1}]}, "d": []})", "x") ==
        json({{"a", {{"b", {json::object(), {{"c", 1}}}}}}, {"d", json::array()}}));
}

TEST_CASE("errors name the file, the place and the reason") {
  CHECK(refusal("{\n  \"a\": 1,\n  oops\n}").starts_with("x.json:3:3: "));
  CHECK(refusal("{").starts_with("x.json:1:"));
  CHECK(refusal("") != "");
  CHECK(refusal("1 2") != "");
  CHECK(refusal("[1,]") != "");
  CHECK(refusal("nan") != "");
  CHECK(refusal("1e999") != "");
}

TEST_CASE("a key that stands twice is refused wherever it is") {
  CHECK(refusal(R"({"a": 1, "a": 1})") ==
        "x.json: a: this key stands twice in one object; remove one");
  CHECK(refusal(R"({"a": [{}, {"b": {"c": 1, "c": 2}}]})") ==
        "x.json: a[1].b.c: this key stands twice in one object; remove one");
  CHECK(refusal(R"([{"a": 1}, {"a": 1}])") == "");  // two objects
}

TEST_CASE("nesting stops at 64 levels") {
  const auto nested = [](int n) { return std::string(n, '[') + std::string(n, ']'); };
  CHECK(refusal(nested(64)) == "");
  CHECK(refusal(nested(65)) == "x.json: nested deeper than 64 levels");
  CHECK(refusal(std::string(1'000'000, '[')) != "");
}

TEST_CASE("text that is not UTF-8 is refused in one printable line") {
  for (const char* bytes :
       {"\"\xff\"", "\"\xc3\x28\"", "\"\xed\xa0\x80\"", "{\"\xf0\x28\x8c\xbc\": 1}"}) {
    const std::string message = refusal(bytes);
    REQUIRE(message != "");
    for (const unsigned char c : message) CHECK((c >= 0x20 && c < 0x7f));
  }
  CHECK(refusal("\"\xc3\xa9\"") == "");
}

TEST_CASE("the canonical text does not depend on how a value was written") {
  const auto text = [](const char* source) { return canonical(parse_json(source, "x")); };
  CHECK(text(R"({"b": 1, "a": [1, 2]})") == R"({"a":[1,2],"b":1})");
  CHECK(text("-0.0") == "0.0");
  CHECK(text("[-0.0, {\"a\": -0.0}]") == "[0.0,{\"a\":0.0}]");
  CHECK(text("1e-1") == "0.1");
  CHECK(text("0.1000000000000000055511") == "0.1");
  CHECK(text("12345.678901234567") == "12345.678901234567");
}

TEST_CASE("SHA-256 of the standard's examples") {  // FIPS 180-2, appendix B
  CHECK(hex(sha256("abc")) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(hex(sha256("")) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(id_of("abc") == "ba7816bf8f01cfea");
}

}  // namespace
}  // namespace lab
