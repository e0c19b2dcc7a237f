#include "lab/scores/descriptions.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <limits>
#include <numeric>
#include <stdexcept>

#include "lab/core/error.h"
#include "lab/core/statistics.h"
#include "lab/core/stop.h"
#include "lab/scores/formula_search.h"
#include "lab/scores/latents.h"

namespace lab {
namespace {

using std::int64_t;
constexpr double nothing = std::numeric_limits<double>::quiet_NaN();
constexpr int64_t most_searched = 4096, most_in_triples = 64;
constexpr Firing kinds[] = {Firing::dead,        Firing::input,       Firing::gate,
                            Firing::conjunction, Firing::disjunction, Firing::parity,
                            Firing::mixture};

std::vector<PackedBits> packed(const at::Tensor& bits_BX) {
  const at::Tensor columns = bits_BX.detach().to(at::kBool).t().contiguous();
  const int64_t X = columns.size(0), B = columns.size(1);
  const bool* bit = columns.const_data_ptr<bool>();
  std::vector<PackedBits> result(X, PackedBits((B + 63) / 64, 0));
  for (int64_t x = 0; x < X; ++x)
    for (int64_t b = 0; b < B; ++b, ++bit)
      result[x][b / 64] |= static_cast<std::uint64_t>(*bit) << (b % 64);
  return result;
}

// Ascending; always the same ones.
at::Tensor some_rows(int64_t rows, int64_t count) {
  std::vector<int64_t> chosen = Draw("scores/descriptions/rows", 0).at(0).choice(rows, count);
  std::ranges::sort(chosen);
  return at::tensor(chosen, at::kLong);
}

bool varies(const at::Tensor& column) {
  const int64_t ones = column.sum().item<int64_t>();
  return ones > 0 && ones < column.size(0);
}

Firing kind_of(const Formula& formula, const std::vector<Letter>& letters) {
  if (formula.letters.size() == 1)
    return letters[static_cast<std::size_t>(formula.letters[0])].gate ? Firing::gate
                                                                      : Firing::input;
  if (formula.mixed) return Firing::mixture;
  return formula.outer == Joint::conjunction   ? Firing::conjunction
         : formula.outer == Joint::disjunction ? Firing::disjunction
                                               : Firing::parity;
}

// The letters that correlate most with a target, ascending; all where they are few.
std::vector<int64_t> most_alike(const at::Tensor& phi_L) {
  std::vector<int64_t> order(phi_L.size(0));
  std::iota(order.begin(), order.end(), 0);
  if (phi_L.size(0) <= most_in_triples) return order;
  const at::Tensor ranked = std::get<1>(phi_L.abs().sort(true, 0, true));
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = ranked[i].item<int64_t>();
  order.resize(most_in_triples);
  std::sort(order.begin(), order.end());
  return order;
}

// The first formula that says enough on all rows; without one, no text and the agreement of the best.
Description described(const std::vector<FoundFormula>& found,
                      const std::vector<PackedBits>& letters, const PackedBits& target,
                      int64_t rows, const std::vector<Letter>& names, double tau) {
  Description best;
  std::vector<std::string> words;
  for (const Letter& letter : names) words.push_back(letter.name);
  for (const FoundFormula& each : found) {
    const Agreement agrees = agreement(each.formula, letters, target, rows);
    if (agrees.least() > std::min(best.sensitivity, best.specificity)) {
      best.sensitivity = agrees.sensitivity;
      best.specificity = agrees.specificity;
    }
    if (agrees.least() < tau) continue;
    best.kind = kind_of(each.formula, names);
    best.text = text_of(each.formula, words);
    best.length = static_cast<int64_t>(each.formula.letters.size());
    best.sensitivity = agrees.sensitivity;
    best.specificity = agrees.specificity;
    return best;
  }
  return best;
}

double share_described(const std::vector<Description>& all) {
  double live = 0, known = 0;
  for (const Description& each : all) {
    live += each.kind != Firing::dead;
    known += !each.text.empty();
  }
  return live > 0 ? known / live : nothing;
}

}  // namespace

std::string name_of(Firing kind) {
  switch (kind) {
    case Firing::dead:
      return "dead";
    case Firing::input:
      return "input";
    case Firing::gate:
      return "gate";
    case Firing::conjunction:
      return "conjunction";
    case Firing::disjunction:
      return "disjunction";
    case Firing::parity:
      return "parity";
    case Firing::mixture:
      return "mixture";
  }
  throw std::logic_error("name_of: no such kind");
}

Scores no_description_scores(const std::string& units, const std::string& reason) {
  std::vector<std::string> names{units + "_described", "description_length"};
  for (const Firing kind : kinds) names.push_back(units + "_" + name_of(kind));
  return all_absent(names, reason);
}

std::vector<Description> describe_firings(const at::Tensor& fires_BM, const at::Tensor& letters_BL,
                                          const std::vector<Letter>& letters,
                                          const DescriptionConfig& config) {
  const int64_t B = fires_BM.size(0), M = fires_BM.size(1);
  if (letters_BL.size(0) != B || letters_BL.size(1) != static_cast<int64_t>(letters.size()))
    throw InputError("describe_firings: different numbers of samples or letters");
  const std::vector<PackedBits> words = packed(letters_BL), targets = packed(fires_BM);
  const int64_t searched = std::min(B, most_searched);
  const at::Tensor chosen = B == searched ? at::arange(B) : some_rows(B, searched);
  const at::Tensor some_fires = fires_BM.index_select(0, chosen);
  const std::vector<PackedBits> some_words = B == searched
                                                 ? words
                                                 : packed(letters_BL.index_select(0, chosen)),
                                some_targets = B == searched ? targets : packed(some_fires);
  const at::Tensor phi_ML = pearson(some_fires, letters_BL.index_select(0, chosen));
  std::vector<Description> result(M);
  for (int64_t m = 0; m < M; ++m) {
    poll_stop();
    if (!varies(fires_BM.select(1, m))) {
      result[m].kind = Firing::dead;
    } else if (varies(some_fires.select(1, m))) {
      const std::vector<FoundFormula> found =
          best_formulas(some_words, most_alike(phi_ML[m]), some_targets[m], searched,
                        config.longest, [&](const Formula& formula) {
                          return agreement(formula, words, targets[m], B).least() >= config.tau;
                        });
      result[m] = described(found, words, targets[m], B, letters, config.tau);
    }
  }
  return result;
}

Descriptions descriptions(const std::string& units, const at::Tensor& fires_BM,
                          const at::Tensor& letters_BL, const std::vector<Letter>& letters,
                          const DescriptionConfig& config, int64_t draws, const Draw& draw) {
  const int64_t B = fires_BM.size(0), M = fires_BM.size(1);
  Descriptions result;
  result.table.columns = {"kind", "length", "sensitivity", "specificity", "density"};
  if (M == 0) {
    result.scores = no_description_scores(units, "there are no " + units);
    return result;
  }
  const std::vector<Description> own = describe_firings(fires_BM, letters_BL, letters, config);
  std::vector<double> lengths;
  for (int64_t m = 0; m < M; ++m) {
    const Description& each = own[m];
    const double length = each.text.empty() ? nothing : static_cast<double>(each.length);
    if (!each.text.empty()) lengths.push_back(length);
    const bool dead = each.kind == Firing::dead;
    result.table.rows.push_back({static_cast<double>(each.kind), length,
                                 dead ? nothing : each.sensitivity,
                                 dead ? nothing : each.specificity,
                                 fires_BM.select(1, m).to(at::kDouble).mean().item<double>()});
    result.table.labels.push_back(dead ? "dead" : each.text.empty() ? "no description" : each.text);
  }
  for (const Firing kind : kinds) {
    const auto count = std::ranges::count(own, kind, &Description::kind);
    result.scores[units + "_" + name_of(kind)] =
        Score::of(static_cast<double>(count) / static_cast<double>(M));
  }
  const double share = share_described(own);
  const std::string name = units + "_described";
  const Score known =
      std::isnan(share) ? Score::absent("all " + units + " are dead") : Score::of(share);
  result.scores[name] = known;
  result.scores["description_length"] =
      lengths.empty() ? Score::absent("none of the " + units + " has a description")
                      : Score::of(mean(lengths));
  std::vector<double> null;
  for (int64_t i = 0; i < draws && known.present; ++i) {
    const at::Tensor order =
        at::tensor(draw.at(static_cast<std::uint64_t>(i)).permutation(B), at::kLong);
    null.push_back(share_described(
        describe_firings(fires_BM.index_select(0, order), letters_BL, letters, config)));
  }
  if (draws > 0) add_null(result.scores, name, known, null);
  return result;
}

}  // namespace lab
