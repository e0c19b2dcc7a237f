#include "circuits/formats/blif_names.h"

#include <algorithm>
#include <array>

namespace circuits {
namespace {

struct Escape {
  char byte;
  std::string_view code;
};
constexpr std::array<Escape, 5> kEscapes{
    {{' ', "%20"}, {'#', "%23"}, {'%', "%25"}, {'=', "%3d"}, {'\\', "%5c"}}};

}  // namespace

std::string to_blif_name(std::string_view name) {
  std::string text;
  for (const char byte : name) {
    const auto* const found = std::ranges::find(kEscapes, byte, &Escape::byte);
    if (found == kEscapes.end()) {
      text += byte;
    } else {
      text += found->code;
    }
  }
  return text;
}

std::string from_blif_name(std::string_view name) {
  std::string text;
  for (std::size_t i = 0; i < name.size();) {
    const auto* const found = std::ranges::find(kEscapes, name.substr(i, 3), &Escape::code);
    if (found == kEscapes.end()) {
      text += name[i++];
    } else {
      text += found->byte;
      i += found->code.size();
    }
  }
  return text;
}

}  // namespace circuits
