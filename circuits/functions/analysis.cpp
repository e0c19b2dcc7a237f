#include "circuits/functions/analysis.h"

#include <nlohmann/json.hpp>

#include "circuits/functions/anf.h"
#include "circuits/functions/dnf.h"
#include "circuits/functions/fourier.h"
#include "circuits/functions/sensitivity.h"
#include "circuits/functions/transforms.h"

namespace circuits {
namespace {

using nlohmann::json;

std::string beyond(int limit, const std::string& what) {
  return "only for at most " + std::to_string(limit) + " " + what;
}

// What is linear in the size of the table, or nearly so.
void analyze_all_sizes(const TruthTable& table, FunctionAnalysis& result) {
  const double size = static_cast<double>(table.size());
  result.inputs = table.inputs();
  result.ones = table.ones();
  result.bias = bias(table);
  result.relevant_inputs = relevant_inputs(table);
  result.influence_counts = influence_counts(table);
  result.total_influence = average_sensitivity(table);
  result.max_sensitivity = max_sensitivity(table);
  result.balanced = is_balanced(table);
  result.self_dual = is_self_dual(table);
  result.monotone = is_monotone(table);
  result.directions = directions(table);
  result.unate = is_unate(table);
  result.symmetric_values = symmetric_values(table);
  result.threshold = threshold_verdict(table);

  const std::vector<std::int32_t> sums = fourier_sums(table);
  result.degree = fourier_degree(sums);
  result.weight_by_level = weight_by_level(sums);
  result.noise_stability_half = noise_stability(result.weight_by_level, 0.5);
  result.leap = leap(sums);
  if (table.inputs() <= kMostFourierInputs) {
    result.fourier.emplace();
    for (const std::int32_t sum : sums) result.fourier->push_back(sum / size);
  } else {
    result.left_out["fourier"] = beyond(kMostFourierInputs, "inputs");
  }

  TruthTable normal_form = anf(table);
  result.gf2_degree = gf2_degree(normal_form);
  if (table.inputs() <= kMostListedInputs) {
    result.table = table;
    result.anf = std::move(normal_form);
  } else {
    result.left_out["truth_table"] = beyond(kMostListedInputs, "inputs");
    result.left_out["anf"] = beyond(kMostListedInputs, "inputs");
  }
}

// What has a limit on the number of inputs that matter.
void analyze_small(const TruthTable& table, FunctionAnalysis& result) {
  const TruthTable part = restricted_to(table, result.relevant_inputs);
  const auto within = [&](int limit, const std::string& name) {
    if (part.inputs() <= limit) return true;
    result.left_out[name] = beyond(limit, "inputs that matter");
    return false;
  };
  if (within(kMostBlockInputs, "max_block_sensitivity")) {
    result.max_block_sensitivity = max_block_sensitivity(part);
  }
  if (within(kMostCertificateInputs, "certificate_complexity")) {
    result.certificate_complexity = certificate_complexity(part);
  }
  if (within(kMostPrimeInputs, "prime_implicants")) {
    result.prime_implicants = prime_implicants(part).size();
  }
  result.isop_terms = isop(part).size();
  if (within(kMostMinimumInputs, "min_dnf_terms")) result.min_dnf_terms = minimum_dnf(part).size();
  if (table.inputs() <= kMostNpnInputs) {
    result.npn = npn_form(table);
  } else {
    result.left_out["npn_representative"] = beyond(kMostNpnInputs, "inputs");
  }
}

json directions_json(const std::vector<Direction>& directions) {
  json list = json::array();
  for (const Direction direction : directions) {
    switch (direction) {
      case Direction::None:
        list.push_back("none");
        break;
      case Direction::Up:
        list.push_back("up");
        break;
      case Direction::Down:
        list.push_back("down");
        break;
      case Direction::Both:
        list.push_back("both");
        break;
    }
  }
  return list;
}

json points_json(const std::vector<NoThreshold::Point>& points) {
  json list = json::array();
  for (const auto& [input, times] : points) list.push_back({{"input", input}, {"times", times}});
  return list;
}

void add_threshold(const ThresholdVerdict& verdict, json& out) {
  if (const auto* yes = std::get_if<ThresholdWeights>(&verdict)) {
    out["threshold_function"] = true;
    out["threshold_weights"] = yes->weights;
    out["threshold_bound"] = yes->bound;
  } else if (const auto* no = std::get_if<NoThreshold>(&verdict)) {
    out["threshold_function"] = false;
    out["threshold_refutation"] = {{"ones", points_json(no->ones)},
                                   {"zeros", points_json(no->zeros)}};
  } else {
    out["left_out"]["threshold_function"] = std::get<UnknownThreshold>(verdict).reason;
  }
}

void add_npn(const NpnForm& form, json& out) {
  out["npn_representative"] = form.representative.hex();
  json negated = json::array();
  for (std::size_t j = 0; j < form.transform.order.size(); ++j) {
    negated.push_back((form.transform.negated >> j & 1) != 0);
  }
  out["npn_transform"] = {{"order", form.transform.order},
                          {"negated", negated},
                          {"negate_output", form.transform.negate_output}};
}

template <class T>
void add(const char* name, const std::optional<T>& value, json& out) {
  if (value) out[name] = *value;
}

}  // namespace

FunctionAnalysis analyze(const TruthTable& table) {
  FunctionAnalysis result;
  analyze_all_sizes(table, result);
  analyze_small(table, result);
  return result;
}

json to_json(const FunctionAnalysis& analysis) {
  const double size = static_cast<double>(std::uint64_t{1} << analysis.inputs);
  json influences = json::array();
  for (const std::uint64_t count : analysis.influence_counts) {
    influences.push_back(static_cast<double>(count) / size);
  }
  json out = {{"n", analysis.inputs},
              {"ones", analysis.ones},
              {"bias", analysis.bias},
              {"balanced", analysis.balanced},
              {"self_dual", analysis.self_dual},
              {"relevant_inputs", analysis.relevant_inputs},
              {"influence_counts", analysis.influence_counts},
              {"influences", std::move(influences)},
              {"total_influence", analysis.total_influence},
              {"average_sensitivity", analysis.total_influence},
              {"max_sensitivity", analysis.max_sensitivity},
              {"degree", analysis.degree},
              {"gf2_degree", analysis.gf2_degree},
              {"weight_by_level", analysis.weight_by_level},
              {"noise_stability_half", analysis.noise_stability_half},
              {"monotone", analysis.monotone},
              {"unate", analysis.unate},
              {"directions", directions_json(analysis.directions)},
              {"symmetric", analysis.symmetric_values.has_value()},
              {"isop_terms", analysis.isop_terms},
              {"leap", analysis.leap.leap},
              {"leap_order", analysis.leap.steps},
              {"merged_staircase", has_merged_staircase(analysis.leap)},
              {"left_out", analysis.left_out}};
  add("symmetric_values", analysis.symmetric_values, out);
  add("max_block_sensitivity", analysis.max_block_sensitivity, out);
  add("certificate_complexity", analysis.certificate_complexity, out);
  add("prime_implicants", analysis.prime_implicants, out);
  add("min_dnf_terms", analysis.min_dnf_terms, out);
  add("fourier", analysis.fourier, out);
  if (analysis.table) out["truth_table"] = analysis.table->hex();
  if (analysis.anf) out["anf"] = analysis.anf->hex();
  if (analysis.npn) add_npn(*analysis.npn, out);
  add_threshold(analysis.threshold, out);
  return out;
}

}  // namespace circuits
