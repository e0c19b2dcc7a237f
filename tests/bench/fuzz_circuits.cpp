// Hammers the readers of circuits with damaged files; meant for a build with sanitizers. Prints for
// every format how many were read and the commonest reasons of the others, so that one sees how deep
// the damage gets, and the bytes on which a reader broke its word.
// Usage: fuzz_circuits COUNT SEED [ENDING]
#include <algorithm>
#include <exception>
#include <functional>
#include <iomanip>
#include <iostream>
#include <map>
#include <regex>
#include <sstream>
#include <string_view>

#include "circuits/formats/damage.h"
#include "circuits/words.h"

namespace {

std::string escaped(const std::string& bytes) {
  std::ostringstream text;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte < 0x7f && c != '\\') {
      text << c;
    } else {
      text << "\\x" << std::hex << std::setw(2) << std::setfill('0') << unsigned{byte};
    }
  }
  return text.str();
}

// Without what differs from file to file: numbers and quoted names.
std::string kind_of(const std::string& reason) {
  static const std::regex varying("\"[^\"]*\"|[0-9]+");
  return std::regex_replace(reason.substr(0, 120), varying, "…");
}

void print_commonest(const std::map<std::string, std::uint64_t>& reasons) {
  constexpr std::size_t kShown = 20;
  std::vector<std::pair<std::uint64_t, std::string>> ordered;
  for (const auto& [reason, times] : reasons) ordered.emplace_back(times, reason);
  std::ranges::sort(ordered, std::greater<>());
  for (std::size_t i = 0; i < std::min(kShown, ordered.size()); ++i) {
    std::cout << std::setw(9) << ordered[i].first << "  " << ordered[i].second << "\n";
  }
}

// Whether the readers of `format` kept their word on `count` files.
bool hammer(const circuits::Format& format, std::uint64_t count, std::uint64_t seed) {
  const circuits::WordSource words = splitmix(seed);
  const auto sound = damage::sound_files(format, words);
  std::uint64_t read = 0;
  std::map<std::string, std::uint64_t> reasons;  // of every 16th file: a regex takes its time
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::string bytes = damage::damaged(sound, words);
    try {
      const std::string reason = damage::refusal(format, bytes, words);
      read += reason.empty();
      if (!reason.empty() && i % 16 == 0) ++reasons[kind_of(reason)];
    } catch (const std::exception& error) {
      std::cout << format.ending << ": file " << i << ": " << error.what() << "\n  "
                << escaped(bytes) << "\n";
      return false;
    }
  }
  std::cout << format.ending << ": " << count << " files, " << read << " read, " << count - read
            << " refused; of every 16th:\n";
  print_commonest(reasons);
  return true;
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 3 || count > 4) {
    std::cerr << "usage: fuzz_circuits COUNT SEED [ENDING]\n";
    return 2;
  }
  const std::uint64_t files = std::stoull(arguments[1]), seed = std::stoull(arguments[2]);
  const std::string_view wanted = count == 4 ? arguments[3] : "";
  bool kept = true;
  for (const circuits::Format& format : circuits::formats()) {
    if (!format.reads || (!wanted.empty() && format.ending != wanted)) continue;
    kept = hammer(format, files, seed) && kept;
  }
  return kept ? 0 : 1;
}
