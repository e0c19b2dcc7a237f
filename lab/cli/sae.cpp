// `lab sae`: sparse autoencoders in files.
#include <ATen/ATen.h>

#include <algorithm>
#include <cstdio>
#include <iostream>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>

#include "experiments/experiment.h"
#include "lab/cli/aligned.h"
#include "lab/cli/bundle.h"
#include "lab/cli/command.h"
#include "lab/cli/options.h"
#include "lab/core/error.h"
#include "lab/core/files.h"
#include "lab/core/json.h"
#include "lab/core/output.h"
#include "lab/decomposers/sae_formats.h"
#include "lab/report/table.h"

namespace lab {
namespace {

constexpr std::int64_t rows_at_once = 4096;

std::string listed(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

int sae_convert(const Arguments& arguments) {
  options::options_description described("options");
  described.add_options()("sae", options::value<std::string>()->required(), "the SAE's folder")(
      "to", options::value<std::string>()->required(), listed(sae_formats()).c_str())(
      "o,o", options::value<std::string>()->required(), "the folder to write");
  const auto map =
      parse_options(arguments, "sae convert SAE --to FORMAT -o DIR", described, {"sae"});
  if (map.count("help") > 0) return kOk;
  write_sae(read_sae(map["sae"].as<std::string>()), map["to"].as<std::string>(),
            map["o"].as<std::string>());
  return kOk;
}

// The tensor x [B, D] of a file, as float32.
at::Tensor inputs_of(const std::string& path) {
  const Tensors tensors = from_safetensors(read_file(path), path);
  const auto found = tensors.find("x");
  if (found == tensors.end() || found->second.dim() != 2 || !found->second.is_floating_point()) {
    throw InputError(path + ": needs a tensor \"x\" of floating point numbers, [samples, width]");
  }
  if (!at::isfinite(found->second).all().item<bool>()) {
    throw InputError(path + ": the tensor \"x\" is not finite");
  }
  return found->second.to(at::kFloat);
}

int sae_apply(const Arguments& arguments) {
  options::options_description described("options");
  described.add_options()("sae", options::value<std::string>()->required(), "the SAE's folder")(
      "input", options::value<std::string>()->required(),
      "safetensors with a tensor x [samples, width]")(
      "o,o", options::value<std::string>()->required(),
      "safetensors to write: feature_acts [samples, latents], reconstruction [samples, width]");
  const auto map =
      parse_options(arguments, "sae apply SAE --input FILE -o FILE", described, {"sae"});
  if (map.count("help") > 0) return kOk;
  const Dictionary sae = read_sae(map["sae"].as<std::string>());
  const at::Tensor x_BD = inputs_of(map["input"].as<std::string>());
  // TopK over a batch depends on the batch: there the file is one.
  const auto* affine = std::get_if<AffineEncoder>(&sae.encoder);
  const bool together = affine != nullptr && affine->activation == "batchtopk";
  std::vector<at::Tensor> codes, outputs;
  for (const at::Tensor& part : x_BD.split(together ? x_BD.size(0) : rows_at_once)) {
    Reconstruction found = reconstruct(sae, part);
    codes.push_back(std::move(found.codes_BM));
    outputs.push_back(std::move(found.output_BD));
  }
  write_output(map["o"].as<std::string>(), to_safetensors({{"feature_acts", at::cat(codes)},
                                                           {"reconstruction", at::cat(outputs)}}));
  return kOk;
}

// The sweep of the bundle in the current folder with one more arm, as a file beside it.
fs::path with_arm(const std::string& name, const fs::path& sae) {
  const fs::path path = fs::absolute(bundle_sweep);
  json sweep = parse_json(read_file(path), path.string());
  const bool fits = sweep.is_object() && sweep.contains("axes") && sweep["axes"].is_array() &&
                    !sweep["axes"].empty() && sweep["axes"][0].is_array();
  if (!fits) throw InputError(path.string() + ": is not what `lab export` writes");
  for (const json& arm : sweep["axes"][0]) {
    if (arm.is_object() && arm.contains("name") && arm["name"] == name) {
      throw InputError("--name: the bundle has an arm \"" + name + "\"; give another name");
    }
  }
  const json own = {{"kind", "sae"}, {"path", sae.string()}};
  sweep["axes"][0].push_back({{"name", name}, {"set", {{"decomposer", own}}}});
  // Tells what is wrong with it.
  make_plan(parse_sweep(sweep.dump(), path.string()), [&](const json& run) {
    json of_bundle = run;
    if (run.contains("decomposer") && run["decomposer"] == own) of_bundle.erase("decomposer");
    require_harmless(of_bundle);
    return compose(run);
  });
  const fs::path scored = fs::path("scored") / (name + ".json");
  write_output(scored, sweep.dump(2) + "\n");
  return scored;
}

std::string number(const Score& score) {
  if (!score.present) return "";
  char text[32];
  std::snprintf(text, sizeof text, "%.4g", score.value);
  return text;
}

// The main scores of all arms, the best first, the one in question marked.
void print_standing(const ScoreTable& all, const std::string& name) {
  std::vector<std::string> chosen;
  for (const char* score : {"mcc", "mcc_estimated", "mmcs", "mmcs_estimated", "f1", "f1_estimated",
                            "activation_mcc", "fvu", "l0", "dead"}) {
    if (std::ranges::find(all.scores, score) != all.scores.end()) chosen.emplace_back(score);
  }
  const ScoreTable table = with_scores(all, chosen);
  std::vector<const ScoreTable::Row*> rows;
  for (const ScoreTable::Row& row : table.rows) rows.push_back(&row);
  // Of all but the last three more is better.
  const double sign = chosen.empty() || chosen[0] == "fvu" || chosen[0] == "l0" ? -1 : 1;
  std::ranges::stable_sort(rows, std::greater{}, [&](const ScoreTable::Row* row) {
    const bool there = !row->scores.empty() && row->scores[0].present;
    return there ? sign * row->scores[0].value : -std::numeric_limits<double>::infinity();
  });
  std::vector<std::vector<std::string>> lines{{"", "arm"}};
  lines[0].insert(lines[0].end(), chosen.begin(), chosen.end());
  for (const ScoreTable::Row* row : rows) {
    const std::string arm = cell_text(row->point[0]);
    std::vector<std::string>& line = lines.emplace_back();
    line = {arm == name ? "→" : "", arm};
    for (const Score& score : row->scores) line.push_back(number(score));
  }
  std::cout << "Among the arms, by " << (chosen.empty() ? "name" : chosen[0]) << "\n"
            << aligned(lines);
}

// Every score of one arm, beside what chance gives.
void print_scores(const ScoreTable& all, const ScoreTable::Row& mine) {
  const auto value = [&](const std::string& score) {
    const auto found = std::ranges::find(all.scores, score);
    return found == all.scores.end()
               ? std::string()
               : number(mine.scores[static_cast<std::size_t>(found - all.scores.begin())]);
  };
  std::vector<std::vector<std::string>> lines{{"score", "value", "by chance", "±", "p"}};
  std::map<std::string, std::string> not_measured;  // names by reason
  for (std::size_t i = 0; i < all.scores.size(); ++i) {
    const std::string& score = all.scores[i];
    const Score& own = mine.scores[i];
    if (is_null_score(score)) continue;
    if (!own.present) {
      std::string& names = not_measured[own.reason];
      names += (names.empty() ? "" : ", ") + score;
      continue;
    }
    lines.push_back({score, number(own), value(score + "_null"), value(score + "_null_sd"),
                     value(score + "_p")});
  }
  std::cout << "\nAll scores\n" << aligned(lines) << "\nNot measured\n";
  for (const auto& [reason, names] : not_measured)
    std::cout << "  " << reason << ": " << names << "\n";
}

int sae_score(const Arguments& arguments) {
  options::options_description described("options");
  described.add_options()("sae", options::value<std::string>()->required(), "the SAE's folder")(
      "on", options::value<std::string>()->required(),
      "what `lab export` wrote (with --blind: DIR.truth)")(
      "name", options::value<std::string>(),
      "what it is called in tables (default: its folder's name)");
  const auto map =
      parse_options(arguments, "sae score SAE --on BUNDLE [--name NAME]", described, {"sae"});
  if (map.count("help") > 0) return kOk;
  const fs::path sae = fs::absolute(map["sae"].as<std::string>()).lexically_normal(),
                 bundle = fs::absolute(map["on"].as<std::string>()).lexically_normal();
  read_sae(sae);  // tells what is wrong before anything is written
  const std::string name =
      map.count("name") > 0 ? map["name"].as<std::string>() : sae.filename().string();
  if (name.empty() || name.find('/') != std::string::npos) {
    throw InputError("--name: give a word for it");
  }
  const InFolder there(bundle);
  const fs::path config = with_arm(name, sae);
  const int ended = command_run({config.string(), "--out", bundle.string()});
  if (ended != kOk) return ended;
  const Sweep sweep = read_sweep(config);
  const ScoreTable table = score_table(make_plan(sweep, compose), Store{bundle / "store"});
  const auto mine = std::ranges::find_if(
      table.rows, [&](const ScoreTable::Row& row) { return cell_text(row.point[0]) == name; });
  print_standing(table, name);
  print_scores(table, *mine);
  return command_report({config.string(), "--out", bundle.string()});
}

constexpr Command kVerbs[] = {
    {"convert", "SAE --to FORMAT -o DIR", "the same SAE in another tool's format", sae_convert},
    {"apply", "SAE --input FILE -o FILE", "codes and reconstruction of activations", sae_apply},
    {"score", "SAE --on BUNDLE", "an SAE against the truth of `lab export`, among our arms",
     sae_score},
};

}  // namespace

int command_sae(const Arguments& arguments) {
  return dispatch(kVerbs, "lab sae", "lab sae: sparse autoencoders in files", arguments);
}

}  // namespace lab
