#include "lab/mechanisms/latent_iia.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "lab/core/statistics.h"
#include "lab/core/stop.h"
#include "lab/mechanisms/latents.h"

namespace lab {
namespace {

using std::int64_t;
constexpr double nothing = std::numeric_limits<double>::quiet_NaN();
enum Column : std::size_t { kLatent, kLatents, kDirection, kNothing, kWhole, kRandom, kGain };

double balanced(const Subject& subject, const Interchange& of, const std::vector<Place>& places) {
  const Score score = interchange_accuracy(subject, of, places).balanced;
  return score.present ? score.value : nothing;
}

double through_random(const Subject& subject, const Interchange& of, const std::string& tap,
                      const Dictionary& dictionary, int64_t count, int64_t draws, Words words) {
  const int64_t M = dictionary.atoms_MD.size(0);
  std::vector<double> values;
  for (int64_t i = 0; i < draws; ++i) {
    poll_stop();
    values.push_back(
        balanced(subject, of, {latents_place(tap, dictionary, words.choice(M, count))}));
  }
  return values.empty() ? nothing : mean(values);
}

// Over the gates that have all that is compared.
Score mean_compared(const Table& table, std::size_t column, bool directions) {
  std::vector<double> values;
  for (const auto& row : table.rows) {
    if (std::isnan(row[kLatent]) || (directions && std::isnan(row[kDirection]))) continue;
    if (!std::isnan(row[column])) values.push_back(row[column]);
  }
  return values.empty() ? Score::absent(
                              "no gate can be tested: none decides an output, or none has "
                              "a latent and a direction, or no null was drawn")
                        : Score::of(mean(values));
}

}  // namespace

LatentIia latent_iia(const Subject& subject, const World& world, const std::string& tap,
                     const Dictionary& dictionary, const std::vector<GateUnits>& gates,
                     int64_t pairs, int64_t draws, const Draw& draw) {
  const std::vector<std::string> columns{"latent", "latents",        "direction",   "nothing",
                                         "whole",  "random_latents", "latents_gain"};
  LatentIia result;
  result.table.columns = columns;
  for (std::size_t g = 0; g < gates.size(); ++g) {
    poll_stop();
    const GateUnits& gate = gates[g];
    std::vector<double> row(columns.size(), nothing);
    const Interchange of =
        stratified_interchange(world, {gate.gate}, "interchange/latents", pairs, 1 << 13);
    if (of.pairs.base.inputs_BN.size(0) > 0) {
      if (!gate.latents.empty()) {
        row[kLatent] =
            balanced(subject, of, {latents_place(tap, dictionary, {gate.latents.front()})});
        row[kLatents] = balanced(subject, of, {latents_place(tap, dictionary, gate.latents)});
        row[kRandom] = through_random(subject, of, tap, dictionary,
                                      static_cast<int64_t>(gate.latents.size()), draws, draw.at(g));
      }
      if (gate.direction_D.norm().item<double>() > 0)
        row[kDirection] =
            balanced(subject, of, {direction_place(tap, gate.direction_D.to(at::kFloat))});
      row[kNothing] = balanced(subject, of, {});
      row[kWhole] = balanced(subject, of, {whole_tap(tap)});
      row[kGain] = row[kLatents] - row[kRandom];
    }
    result.table.rows.push_back(std::move(row));
  }
  const bool directions = std::ranges::any_of(
      result.table.rows, [](const auto& row) { return !std::isnan(row[kDirection]); });
  for (std::size_t c = 0; c < columns.size(); ++c)
    result.scores["iia_" + columns[c]] = mean_compared(result.table, c, directions);
  return result;
}

}  // namespace lab
