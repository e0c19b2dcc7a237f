#include "circuits/proofs/equivalence.h"

#include <iostream>
#include <nlohmann/json.hpp>

#include "circuits/compose.h"
#include "circuits/formats/files.h"
#include "lab/cli/circuit/verbs.h"
#include "lab/cli/options.h"

namespace lab {
namespace {

using circuits::Verdict;

std::string text_of(const std::vector<bool>& bits) {
  std::string text;
  for (const bool bit : bits) text += bit ? '1' : '0';
  return text;
}

nlohmann::json json_of(const circuits::Equivalence& found) {
  nlohmann::json result{{"verdict", circuits::name(found.verdict)},
                        {"method", circuits::name(found.method)}};
  if (found.counterexample) result["counterexample"] = text_of(*found.counterexample);
  if (found.differing) {
    result["differing_inputs"] = *found.differing;
    result["differing_per_output"] = found.differing_per_output;
  }
  if (!found.limit.empty()) result["limit"] = found.limit;
  return result;
}

void print(const circuits::Equivalence& found, std::size_t inputs) {
  const std::string all =
      inputs <= 24 ? std::to_string(std::size_t{1} << inputs) : "2^" + std::to_string(inputs);
  std::cout << circuits::name(found.verdict) << " (" << circuits::name(found.method) << ")";
  if (found.verdict == Verdict::Equivalent) std::cout << ": on all " << all << " inputs";
  if (found.verdict == Verdict::Different) {
    std::cout << ": on input " << text_of(*found.counterexample);
    if (found.differing)
      std::cout << "; on " << *found.differing << " of " << all << " inputs in all";
  }
  if (found.verdict == Verdict::Unknown) std::cout << ": the limit was hit: " << found.limit;
  std::cout << "\n";
}

}  // namespace

int circuit_equivalent(const Arguments& arguments) {
  const circuits::EquivalenceLimits defaults;
  options::options_description described("options");
  described.add_options()("a", options::value<std::string>()->required(), "a circuit's file")(
      "b", options::value<std::string>()->required(), "another's")(
      "by-name", options::bool_switch(),
      "match inputs and outputs by their names, not by their order")(
      "seconds", options::value<double>()->default_value(defaults.seconds),
      "time to spend at most")("conflicts",
                               options::value<std::int64_t>()->default_value(defaults.conflicts),
                               "conflicts of each call of the solver; negative: no limit")(
      "json", options::bool_switch(), "the verdict as JSON");
  const auto map =
      parse_options(arguments, "circuit equivalent A B [options]", described, {"a", "b"});
  if (map.count("help") > 0) {
    std::cout << "exit code: 0 equivalent, 1 different or unknown\n";
    return kOk;
  }
  const circuits::Circuit a = circuits::read_circuit(map["a"].as<std::string>());
  circuits::Circuit b = circuits::read_circuit(map["b"].as<std::string>());
  if (map["by-name"].as<bool>()) b = circuits::in_order_of(a, b);
  circuits::EquivalenceLimits limits;
  limits.seconds = map["seconds"].as<double>();
  limits.conflicts = map["conflicts"].as<std::int64_t>();
  const circuits::Equivalence found = circuits::equivalent(a, b, limits);
  if (map["json"].as<bool>()) {
    std::cout << json_of(found).dump(1) << "\n";
  } else {
    print(found, a.inputs());
  }
  return found.verdict == Verdict::Equivalent ? kOk : kFailed;
}

}  // namespace lab
