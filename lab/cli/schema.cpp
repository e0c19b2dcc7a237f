#include <iostream>

#include "experiments/experiment.h"
#include "lab/cli/options.h"
#include "lab/core/config.h"
#include "lab/report/claims.h"
#include "lab/report/figures.h"

namespace lab {

int command_schema(const Arguments& arguments) {
  const auto map = parse_options(arguments, "schema", options::options_description("options"), {});
  if (map.count("help") > 0) return kOk;
  json definitions = json::object();
  const json base = schema_of_runs(definitions);
  ClaimConfig claim;
  const json claims = schema(view_of(claim), definitions);
  const json figures = schema_of_figures(definitions);
  json root = sweep_schema(base, figures, claims, definitions);
  root["$schema"] = "https://json-schema.org/draft/2020-12/schema";
  root["title"] = "A sweep of the toy-model laboratory";
  root["$defs"] = std::move(definitions);
  std::cout << root.dump(1) << "\n";
  return kOk;
}

}  // namespace lab
