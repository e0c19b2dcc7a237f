// Strict JSON in, canonical JSON out.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace lab {

using nlohmann::json;

// Parses UTF-8 JSON text. `origin` names the source in errors (a file name).
// Throws InputError ("origin:line:column: what is wrong") for anything that is not JSON, a
// duplicate key, nesting deeper than 64, invalid UTF-8, text after the document, or a number beyond
// a double.
json parse_json(std::string_view text, const std::string& origin);

// The one text of a value: keys sorted, no white space, shortest digits that round-trip, -0.0 as
// 0.0. Two equal values give the same bytes; ids are hashes of this text.
std::string canonical(const json& value);

}  // namespace lab
