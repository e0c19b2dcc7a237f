#include "lab/report/claims.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>

#include "lab/core/config.h"
#include "lab/core/error.h"
#include "lab/sweep/config.h"

namespace lab {
namespace {

constexpr std::size_t kSeeds = 5;  // that a claim about something trained needs

struct Range {
  std::optional<double> low, high;
  std::string text;
};

std::string number(double value) {  // "3" and not "3.0"
  const bool whole = value == std::floor(value) && std::abs(value) < 1e15;
  return whole ? json(static_cast<std::int64_t>(value)).dump() : json(value).dump();
}

Range accepted(const ClaimConfig& claim, const ValueClaim& value) {
  if (!value.target.has_value()) {
    std::string text;
    if (value.at_least.has_value()) text = "≥ " + number(*value.at_least);
    if (value.at_most.has_value()) {
      text += (text.empty() ? "≤ " : " and ≤ ") + number(*value.at_most);
    }
    return {value.at_least, value.at_most, text};
  }
  const double relative = claim.basis == "derived" ? 1e-3 : 0.1;
  const double tolerance = value.tolerance.has_value() ? *value.tolerance
                           : value.sd.has_value()      ? 2 * *value.sd
                                                       : relative * std::abs(*value.target);
  return {*value.target - tolerance, *value.target + tolerance,
          number(*value.target) + " ± " + short_number(tolerance)};
}

Verdict verdict_of(const Summary& value, const Range& range) {
  const bool above = !range.low.has_value() || value.low >= *range.low;
  const bool below = !range.high.has_value() || value.high <= *range.high;
  if (above && below) return Verdict::hit;
  const bool outside = (range.low.has_value() && value.high < *range.low) ||
                       (range.high.has_value() && value.low > *range.high);
  return outside ? Verdict::miss : Verdict::undecided;
}

void require_seeds(const ClaimConfig& claim, std::size_t seeds) {
  if (seeds >= kSeeds || claim.basis == "derived" || !claim.few_seeds.empty()) return;
  throw ConfigError("few_seeds", "the claim stands on " + std::to_string(seeds) +
                                     " seeds; it needs 5, or a reason here why fewer are enough");
}

// The rows of one point, with the index of the score; throws where it is not one point, or where no
// row has the score.
std::vector<std::size_t> one_point(const ScoreTable& table, std::size_t score) {
  const std::vector<PointGroup> points = by_point(table);
  if (points.empty()) throw ConfigError("where", "no run is selected");
  if (points.size() > 1) {
    std::string two;
    for (std::size_t k = 0; k + 1 < table.columns.size(); ++k) {
      if (points[0].point[k] == points[1].point[k]) continue;
      two += " (" + table.columns[k] + " is \"" + cell_text(points[0].point[k]) + "\" and \"" +
             cell_text(points[1].point[k]) + "\", say)";
      break;
    }
    throw ConfigError("where", "selects " + std::to_string(points.size()) + " points" + two +
                                   "; a claim is about one: narrow it");
  }
  std::string reason = "not measured";
  for (const std::size_t row : points[0].rows) {
    const Score& cell = table.rows[row].scores[score];
    if (cell.present) return points[0].rows;
    if (!cell.reason.empty()) reason = cell.reason;
  }
  throw ConfigError("score", "no selected run has " + table.scores[score] + ": " + reason);
}

// The mean with as many decimals as the tolerance asks for, and one more.
std::string with_n(const Summary& value, const Range& range) {
  const std::string n = ", n = " + std::to_string(value.n);
  const double width = range.low && range.high ? *range.high - *range.low : 0;
  if (width <= 0 || width > 0.02) return summary_text(value) + n;
  const int decimals = std::min(12, 1 + static_cast<int>(std::ceil(-std::log10(width / 2))));
  char text[64];
  std::snprintf(text, sizeof text, "%.*f", decimals, value.mean == 0 ? 0.0 : value.mean);
  const double half = (value.high - value.low) / 2;
  return text + (half > 0 ? " ± " + short_number(half) : std::string()) + n;
}

void read_off(Judged& judged, const ClaimConfig& claim, const ValueClaim& value,
              const ScoreTable& table) {
  const Range range = accepted(claim, value);
  judged.accepted = range.text;
  judged.low = range.low;
  judged.high = range.high;
  judged.target = value.target;
  if (judged.unfinished) return;
  const ScoreTable part = selected(table, claim.selection);
  const std::size_t score = score_index(part, value.score, "score");
  judged.value = summary_of(part, one_point(part, score), score);
  require_seeds(claim, judged.value->n);
  judged.reading = with_n(*judged.value, range);
  judged.verdict = verdict_of(*judged.value, range);
}

// The score of one of the ranked arms, by seed.
std::map<std::string, double> by_seed(const ScoreTable& table, std::size_t score) {
  std::map<std::string, double> values;
  for (const std::size_t i : one_point(table, score)) {
    const ScoreTable::Row& row = table.rows[i];
    if (row.scores[score].present) values[cell_text(row.point.back())] = row.scores[score].value;
  }
  return values;
}

// The rows of the ranked arm number i.
ScoreTable arm_of(const ScoreTable& table, const OrderClaim& order, std::size_t i) {
  try {
    return where(table, {{order.by, json::array({order.order[i]})}});
  } catch (const ConfigError& error) {
    throw ConfigError("order[" + std::to_string(i) + "]", error.message);
  }
}

void read_off(Judged& judged, const ClaimConfig& claim, const OrderClaim& order,
              const ScoreTable& table) {
  for (const json& arm : order.order) {
    judged.accepted.append(judged.accepted.empty() ? "" : " > ").append(cell_text(arm));
  }
  if (judged.unfinished) return;
  const Range positive{0.0, std::nullopt, ""};
  judged.verdict = Verdict::hit;
  std::map<std::string, double> higher;
  // The conditions hold for the whole table: one arm need not have all the values that they name.
  const ScoreTable asked = where(table, claim.selection.where);
  Selection rest = claim.selection;
  rest.where = json::object();
  for (std::size_t i = 0; i < order.order.size(); ++i) {
    const ScoreTable part = selected(arm_of(asked, order, i), rest);
    const std::size_t score = score_index(part, order.score, "score");
    std::map<std::string, double> values = by_seed(part, score);
    std::vector<double> own, differences;
    for (const auto& [seed, value] : values) {
      own.push_back(value);
      if (const auto other = higher.find(seed); other != higher.end()) {
        differences.push_back(other->second - value);
      }
    }
    judged.reading.append(i == 0 ? "" : ", ").append(cell_text(order.order[i])).append(" ");
    judged.reading.append(summary_text(summary_of(own)));
    if (i > 0) {
      if (differences.empty()) {
        throw ConfigError("order[" + std::to_string(i) + "]", "shares no seed with the one before");
      }
      require_seeds(claim, differences.size());
      const Summary lead = summary_of(differences);
      Verdict pair = verdict_of(lead, positive);
      if (lead.low <= 0 && pair == Verdict::hit) pair = Verdict::undecided;  // a tie is no order
      if (lead.high <= 0) pair = Verdict::miss;
      if (pair == Verdict::miss || judged.verdict == Verdict::hit) judged.verdict = pair;
    }
    higher = std::move(values);
  }
}

// The runs that a claim is about and that are not there, as a reading; "" when all are done. What is
// ill-formed is told all the same: columns, values and (as soon as a run is done) the score.
std::string unfinished(const ClaimConfig& claim, const ScoreTable& table) {
  ScoreTable part = where(table, claim.selection.where);
  if (const auto* order = std::get_if<OrderClaim>(&claim.kind)) {
    ScoreTable ranked{part.columns, part.scores, {}};
    for (std::size_t i = 0; i < order->order.size(); ++i) {
      for (ScoreTable::Row& row : arm_of(part, *order, i).rows) ranked.rows.push_back(row);
    }
    part = std::move(ranked);
  }
  if (!part.scores.empty()) {
    std::visit([&](const auto& kind) { score_index(part, kind.score, "score"); }, claim.kind);
  }
  std::size_t missing = 0, failed = 0;
  for (const ScoreTable::Row& row : part.rows) {
    missing += row.status == Status::missing;
    failed += row.status == Status::failed;
  }
  const std::string of = " of " + std::to_string(part.rows.size()) + " runs ";
  if (failed > 0) return std::to_string(failed) + of + "failed";
  return missing > 0 ? std::to_string(missing) + of + "are not made yet" : "";
}

std::string padded(const std::string& text, std::size_t width) {
  return text + std::string(width - std::min(width, text_width(text)), ' ');
}

}  // namespace

void ValueClaim::fields(Fields& f) {
  f("score", score, required(), "score that the claim is about");
  f("target", target, any(), "value that is claimed");
  f("tolerance", tolerance, lab::at_least(0),
    "half-width of what is accepted (default: 1e-3 relative for a derived target, twice `sd`, or "
    "10 % of the target)");
  f("sd", sd, lab::at_least(0), "published standard deviation of the target");
  f("at_least", at_least, any(), "in place of a target: lower bound of what is accepted");
  f("at_most", at_most, any(), "in place of a target: upper bound of what is accepted");
  const bool range = at_least.has_value() || at_most.has_value();
  f.require(target.has_value() != range, "target",
            "must be given, or else at_least or at_most in its place");
  f.require(!range || (!tolerance.has_value() && !sd.has_value()), "tolerance",
            "needs a target: bounds are taken as they are");
  f.require(!(tolerance.has_value() && sd.has_value()), "sd", "cannot stand beside tolerance");
  f.require(std::isfinite(2 * sd.value_or(0)), "sd", "is too large to be one");
  f.require(target.value_or(1) != 0 || tolerance.has_value() || sd.has_value(), "tolerance",
            "must be given for the target 0");
  f.require(!(at_least.has_value() && at_most.has_value()) || *at_least <= *at_most, "at_most",
            "must be at least at_least");
}

void OrderClaim::fields(Fields& f) {
  f("score", score, required(), "score that ranks");
  f("by", by, any(), "column that holds what is ranked");
  f("order", order, required(), "values of that column, the one with the highest score first");
  f.require(order.size() >= 2, "order", "must name at least two");
}

void ClaimConfig::fields(Fields& f) {
  f.kind(kind);
  f("name", name, required(), "what is claimed, in a few words");
  f("source", source, required(), "who says so: paper and place, or how it is derived");
  f("basis", basis, one_of({"published", "derived", "measured"}),
    "where the target comes from; derived: an exact target for something deterministic, for which "
    "one "
    "seed is enough");
  f("expect", expect, one_of({"hit", "miss"}), "miss: a control, which must not reach the target");
  f("few_seeds", few_seeds, any(), "why fewer than 5 seeds are enough");
  selection.fields(f);
}

const char* verdict_name(Verdict verdict) {
  return verdict == Verdict::hit ? "HIT" : verdict == Verdict::miss ? "MISS" : "UNDECIDED";
}

std::vector<ClaimConfig> read_claims(const Sweep& sweep) {
  std::vector<ClaimConfig> claims;
  for (std::size_t i = 0; i < sweep.config.claims.size(); ++i) {
    const std::string path = "claims[" + std::to_string(i) + "]";
    try {
      claims.push_back(read_config<ClaimConfig>(sweep.config.claims[i], path));
    } catch (const ConfigError& error) {
      throw InputError(sweep.origin + ": " + error.what());
    }
  }
  return claims;
}

Judged judge(const ClaimConfig& claim, const ScoreTable& table) {
  Judged judged;
  judged.name = claim.name;
  judged.source = claim.source;
  judged.basis = claim.basis;
  judged.few_seeds = claim.few_seeds;
  judged.expected = claim.expect == "miss" ? Verdict::miss : Verdict::hit;
  judged.reading = unfinished(claim, table);
  judged.unfinished = !judged.reading.empty();
  std::visit(
      [&](const auto& kind) {
        judged.kind = kind.name;
        judged.score = kind.score;
        read_off(judged, claim, kind, table);
      },
      claim.kind);
  return judged;
}

std::vector<Judged> judge_all(const Sweep& sweep, const ScoreTable& table) {
  std::vector<Judged> judged;
  for (const ClaimConfig& claim : read_claims(sweep)) {
    try {
      judged.push_back(judge(claim, table));
    } catch (const ConfigError& error) {
      throw InputError(sweep.origin + ": claims[" + std::to_string(judged.size()) + "]." +
                       error.what() + " (claim \"" + claim.name + "\")");
    }
  }
  return judged;
}

json claims_json(const std::vector<Judged>& claims) {
  json list = json::array();
  const auto optional = [](const std::optional<double>& value) {
    return value.has_value() ? json(*value) : json();
  };
  for (const Judged& claim : claims) {
    json line = {{"name", claim.name},
                 {"kind", claim.kind},
                 {"score", claim.score},
                 {"source", claim.source},
                 {"basis", claim.basis},
                 {"verdict", verdict_name(claim.verdict)},
                 {"expected", verdict_name(claim.expected)},
                 {"reading", claim.reading},
                 {"accepted", claim.accepted},
                 {"target", optional(claim.target)},
                 {"tolerance", claim.target.has_value() && claim.high.has_value()
                                   ? json(*claim.high - *claim.target)
                                   : json()},
                 {"low", optional(claim.low)},
                 {"high", optional(claim.high)}};
    if (claim.value.has_value()) {
      line["value"] = {{"mean", claim.value->mean},
                       {"low", claim.value->low},
                       {"high", claim.value->high},
                       {"n", claim.value->n}};
    }
    if (!claim.few_seeds.empty()) line["few_seeds"] = claim.few_seeds;
    list.push_back(std::move(line));
  }
  return list;
}

std::string claims_text(const std::vector<Judged>& claims) {
  std::vector<std::vector<std::string>> lines;
  std::vector<std::size_t> widths(4);
  for (const Judged& claim : claims) {
    std::string verdict = verdict_name(claim.verdict);
    if (claim.expected == Verdict::miss) {
      verdict += claim.as_expected() ? " (a control: must)" : " (a control: must miss)";
    }
    lines.push_back({verdict, one_line(claim.name), one_line(claim.score + " " + claim.reading),
                     one_line(claim.accepted), one_line(claim.source)});
    for (std::size_t i = 0; i < widths.size(); ++i) {
      widths[i] = std::max(widths[i], text_width(lines.back()[i]));
    }
  }
  std::string text;
  for (const auto& line : lines) {
    for (std::size_t i = 0; i < widths.size(); ++i) text += padded(line[i], widths[i]) + "  ";
    text += line.back() + "\n";
  }
  return text;
}

}  // namespace lab
