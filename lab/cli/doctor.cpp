#include <iostream>
#include <nlohmann/json.hpp>
#include <thread>

#include "lab/cli/build_info.h"
#include "lab/cli/options.h"

namespace lab {

int command_doctor(const Arguments& arguments) {
  const auto map = parse_options(arguments, "doctor", options::options_description("options"), {});
  if (map.count("help") > 0) return kOk;
  const nlohmann::json built = provenance();
  for (const auto& [name, value] : built.items()) {
    std::cout << name << ": " << (value.is_string() ? value.get<std::string>() : value.dump())
              << "\n";
  }
  std::cout << "cores: " << std::thread::hardware_concurrency() << "\n";
  const std::filesystem::path store = std::filesystem::path("results");
  std::error_code absent;
  const auto space = std::filesystem::space(std::filesystem::exists(store) ? store : ".", absent);
  if (!absent) std::cout << "free disk: " << space.available / (1 << 20) << " MiB\n";
  if (built.at("dirty").get<bool>()) {
    std::cout << "note: built from a tree with uncommitted changes; records say so\n";
  }
  return kOk;
}

}  // namespace lab
