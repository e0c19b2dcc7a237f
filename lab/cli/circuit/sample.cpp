#include <iostream>
#include <map>
#include <nlohmann/json.hpp>

#include "circuits/formats/files.h"
#include "circuits/formats/json.h"
#include "circuits/samplers/families.h"
#include "lab/cli/aligned.h"
#include "lab/cli/circuit/verbs.h"
#include "lab/cli/options.h"
#include "lab/core/config.h"
#include "lab/core/error.h"
#include "lab/core/rng.h"

namespace lab {
namespace {

void print_families(bool names_only) {
  for (const circuits::Family& family : circuits::families()) {
    std::cout << family.name << (names_only ? "" : ": " + family.doc) << "\n";
    if (names_only) continue;
    std::vector<std::vector<std::string>> rows;
    for (const circuits::FamilyParameter& parameter : family.parameters) {
      rows.push_back(
          {"  " + parameter.name + "=" + parameter.value, parameter.range, parameter.doc});
    }
    std::cout << aligned(rows);
  }
}

circuits::FamilyParameters parameters_of(const std::vector<std::string>& settings) {
  circuits::FamilyParameters parameters;
  for (const std::string& setting : settings) {
    const std::size_t sign = setting.find('=');
    if (sign == std::string::npos) {
      throw InputError("\"" + setting + "\" is no parameter; expected key=value");
    }
    if (!parameters.emplace(setting.substr(0, sign), setting.substr(sign + 1)).second) {
      throw InputError("the parameter " + setting.substr(0, sign) + " is given twice");
    }
  }
  return parameters;
}

void check_family(const std::string& name) {
  std::vector<std::string> known;
  for (const circuits::Family& family : circuits::families()) known.push_back(family.name);
  if (std::find(known.begin(), known.end(), name) == known.end()) {
    throw InputError("there is no family \"" + name + "\"" + suggestion(name, known));
  }
}

}  // namespace

int circuit_sample(const Arguments& arguments) {
  options::options_description described("options");
  described.add_options()("family", options::value<std::string>(), "one of the families")(
      "set", options::value<std::vector<std::string>>()->default_value({}, "defaults"),
      "key=value: parameters of the family")("seed",
                                             options::value<std::int64_t>()->default_value(0),
                                             "equal seeds give equal circuits on every machine")(
      "out,o", options::value<std::string>(),
      "the file to write; its ending is the format (default: JSON to standard output)")(
      "names", options::bool_switch(), "only the names of the families");
  const auto map = parse_options(arguments, "circuit sample FAMILY [key=value…] [options]",
                                 described, {"family", "set…"});
  if (map.count("help") > 0) return kOk;
  if (map.count("family") == 0) {
    print_families(map["names"].as<bool>());
    return kOk;
  }
  const std::string family = map["family"].as<std::string>();
  check_family(family);
  if (map.count("out") > 0) circuits::check_written(map["out"].as<std::string>());
  Words drawn = Draw("circuit/" + family, map["seed"].as<std::int64_t>()).at(0);
  const circuits::Sampled sampled =
      circuits::sample_family(family, parameters_of(map["set"].as<std::vector<std::string>>()),
                              [&drawn] { return drawn(); });
  if (sampled.attempts > 1) {
    std::cerr << "accepted after " << sampled.attempts << " attempts\n";
  }
  if (map.count("out") > 0) {
    circuits::write_circuit(map["out"].as<std::string>(), sampled.circuit);
  } else {
    std::cout << circuits::to_json(sampled.circuit).dump(1) << "\n";
  }
  return kOk;
}

}  // namespace lab
