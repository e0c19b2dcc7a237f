// The world of one-hot groups whose features have a cyclic order: days, months, residues.
#pragma once

#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "lab/core/fields.h"
#include "lab/worlds/magnitude.h"

namespace lab {

class World;

struct OrderedGroup {
  std::string name = "days";
  std::int64_t size = 7;

  void fields(Fields& f) {
    f("name", name, any(), "name of the group; days and months name their features, others count");
    f("size", size, between(3, 1'000'000), "number of features, in cyclic order");
    f.require(!name.empty(), "name", "must not be empty");
    f.require(name != "days" || size == 7, "size", "must be 7 for days");
    f.require(name != "months" || size == 12, "size", "must be 12 for months");
  }
};

struct OrderedGroups {
  static constexpr const char* name = "ordered_groups";
  static constexpr const char* doc =
      "one-hot groups of features in cyclic order, such as days and months (Engels et al. 2024, "
      "arXiv 2405.14860)";
  static constexpr std::int64_t revision = 1;
  std::vector<OrderedGroup> groups{{"days", 7}, {"months", 12}};
  std::string firing = "independent";
  double p = 1;
  Magnitude magnitude;

  void fields(Fields& f) {
    f("groups", groups, any().items(1), "the groups, each with its own name");
    f("firing", firing, one_of({"independent", "one"}),
      "independent: each group is on with probability p; one: one group, drawn uniformly, is on "
      "with probability p, and no other");
    f("p", p, between(0, 1), "probability that a group is on");
    f("magnitude", magnitude, any(), "law of the value of the one feature of a group that is on");
    std::set<std::string> names;
    for (const OrderedGroup& group : groups) names.insert(group.name);
    f.require(names.size() == groups.size(), "groups", "must have different names");
  }
};

// A group that is on has exactly one feature present, drawn uniformly. Features of days are Monday …
// Sunday, of months January … December, of another group name0, name1, …; inputs and targets are
// their values. Relations: circle (the group's name) for each group; exclusive for each group, or,
// when only one fires at a time, one named "groups" over all features.
std::unique_ptr<World> make_world(const OrderedGroups& config, std::int64_t seed);

}  // namespace lab
