#include "lab/report/claims.h"

#include <iostream>

#include "lab/cli/options.h"
#include "lab/core/error.h"

namespace lab {

int command_claims(const Arguments& arguments) {
  options::options_description described("options");
  add_sweep_options(described);
  described.add_options()("format", options::value<std::string>()->default_value("text"),
                          "text or json")(
      "strict", options::bool_switch(),
      "exit with 1 when a claim is a MISS, a control that must miss is a HIT, or runs that a claim "
      "is about are missing or failed");
  const auto map = parse_options(arguments, "claims CONFIG [options]", described, {"config"});
  if (map.count("help") > 0) return kOk;
  const std::string format = map["format"].as<std::string>();
  if (format != "text" && format != "json") {
    throw InputError("--format: unknown word \"" + format + "\"; known: text, json");
  }
  const OpenSweep open = open_sweep(map);
  const std::vector<Judged> claims = judge_all(open.sweep, score_table(open.plan, open.store));
  if (format == "json") {
    std::cout << claims_json(claims).dump(1) << "\n";
  } else if (claims.empty()) {
    std::cout << "the sweep makes no claims\n";
  } else {
    std::cout << claims_text(claims);
  }
  const bool refuted = std::any_of(claims.begin(), claims.end(), [](const Judged& claim) {
    return claim.refuted() || claim.unfinished;
  });
  return refuted && map["strict"].as<bool>() ? kFailed : kOk;
}

}  // namespace lab
