#include <fnmatch.h>
#include <ATen/ATen.h>

#include <algorithm>

#include "lab/core/error.h"
#include "lab/placements/families.h"

namespace lab::families {
namespace {

std::string title(const Parts& config, std::size_t part) {
  return "parts[" + std::to_string(part) + "] ('" + config.parts[part].features + "')";
}

bool fits(const Part& part, const Truth& truth, std::int64_t feature) {
  if (!part.range.empty() && (feature < part.range[0] || feature > part.range[1])) return false;
  return fnmatch(part.features.c_str(), truth.features[feature].name.c_str(), 0) == 0;
}

// The features of each part, in order.
std::vector<std::vector<std::int64_t>> assign(const Parts& config, const Truth& truth) {
  std::vector<std::vector<std::int64_t>> taken(config.parts.size());
  for (std::int64_t f = 0; f < static_cast<std::int64_t>(truth.features.size()); ++f) {
    const auto part = std::find_if(config.parts.begin(), config.parts.end(),
                                   [&](const Part& p) { return fits(p, truth, f); });
    if (part == config.parts.end()) {
      throw InputError("parts: feature '" + truth.features[f].name +
                       "' fits no part; add one with \"features\": \"*\" at the end");
    }
    taken[part - config.parts.begin()].push_back(f);
  }
  for (std::size_t i = 0; i < taken.size(); ++i) {
    if (taken[i].empty()) {
      throw InputError(title(config, i) +
                       ": takes no feature: none fits, or earlier parts took them");
    }
  }
  return taken;
}

// The truth about some of the features alone: those relations that hold no others.
Truth restricted(const Truth& truth, const std::vector<std::int64_t>& features) {
  Truth result;
  std::vector<std::int64_t> place_of(truth.features.size(), -1);
  std::int64_t first = 0;
  for (const std::int64_t f : features) {
    place_of[f] = static_cast<std::int64_t>(result.features.size());
    result.features.push_back(truth.features[f]);
    result.features.back().first = first;
    first += truth.features[f].width;
  }
  for (Relation relation : truth.relations) {
    for (std::int64_t& f : relation.features) f = place_of.at(static_cast<std::size_t>(f));
    const bool inside = std::all_of(relation.features.begin(), relation.features.end(),
                                    [](std::int64_t f) { return f >= 0; });
    if (inside) result.relations.push_back(std::move(relation));
  }
  return result;
}

struct Split {
  std::vector<std::vector<std::int64_t>> features;
  std::vector<Truth> truths;
  std::vector<std::int64_t> least;  // widths: as given, else what the placements need
};

Split split(const Parts& config, const Truth& truth) {
  Split result{assign(config, truth), {}, {}};
  for (std::size_t i = 0; i < config.parts.size(); ++i) {
    const Part& part = config.parts[i];
    result.truths.push_back(restricted(truth, result.features[i]));
    result.least.push_back(part.width > 0 ? part.width
                                          : least_width(part.placement, result.truths.back()));
  }
  return result;
}

bool takes_any_width(const Part& part) {
  return part.width == 0 && (std::holds_alternative<Random>(part.placement.kind) ||
                             std::holds_alternative<LowCoherence>(part.placement.kind));
}

// Widths with what is left over shared among the parts that take any: smaller ones are raised
// first, so that they come out as equal as their least widths allow.
std::vector<std::int64_t> widths_of(const Parts& config, const Split& split, std::int64_t width) {
  std::vector<std::int64_t> widths = split.least;
  std::vector<std::size_t> open;
  for (std::size_t i = 0; i < config.parts.size(); ++i) {
    if (!takes_any_width(config.parts[i])) continue;
    open.push_back(i);
    if (config.subspaces == "random") widths[i] = width;
  }
  if (config.subspaces == "random" || open.empty()) return widths;
  for (std::int64_t left = width - subspaces_width(config.subspaces, widths); left > 0; --left) {
    ++widths[*std::min_element(open.begin(), open.end(), [&](std::size_t a, std::size_t b) {
      return widths[a] < widths[b];
    })];
  }
  return widths;
}

Placed place_part(const Parts& config, std::size_t part, const Task& task) {
  try {
    return place(config.parts[part].placement, task);
  } catch (const InputError& error) {
    throw InputError(title(config, part) + ": " + error.what());
  }
}

}  // namespace

std::int64_t least_width(const Parts& config, const Truth& truth) {
  return subspaces_width(config.subspaces, split(config, truth).least);
}

Placed place(const Parts& config, const Task& task) {
  const Split parts = split(config, task.truth);
  const std::vector<std::int64_t> widths = widths_of(config, parts, task.width);
  const std::vector<at::Tensor> frames =
      subspaces(config.subspaces, widths, task.width, task.draw("parts"));
  Placed placed{at::zeros({task.truth.coordinates(), task.width}, at::kDouble), {}};
  for (std::size_t i = 0; i < parts.truths.size(); ++i) {
    Placed part = place_part(
        config, i,
        {parts.truths[i], widths[i], task.seed, task.scope + "/part" + std::to_string(i)});
    const at::Tensor vectors = part.frames_CD.mm(frames[i]);
    for (std::size_t k = 0; k < parts.features[i].size(); ++k) {
      const Feature& whole = task.truth.features[parts.features[i][k]];
      placed.frames_CD.narrow(0, whole.first, whole.width)
          .copy_(vectors.narrow(0, parts.truths[i].features[k].first, whole.width));
    }
    for (Relation& relation : part.relations) {
      for (std::int64_t& f : relation.features) f = parts.features[i][f];
      placed.relations.push_back(std::move(relation));
    }
  }
  return placed;
}

}  // namespace lab::families
