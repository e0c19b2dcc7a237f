#include <iostream>

#include "experiments/experiment.h"
#include "lab/cli/aligned.h"
#include "lab/cli/options.h"
#include "lab/core/config.h"
#include "lab/report/claims.h"
#include "lab/report/figures.h"

namespace lab {
namespace {

void print_kind(const RoomDoc& room, const KindDoc& kind) {
  std::cout << room.room << "/" << kind.name << " (revision " << kind.revision << "): " << kind.doc
            << "\n";
  std::vector<std::vector<std::string>> rows{{"field", "type", "default", "range", "meaning"}};
  for (const FieldDoc& field : kind.fields) {
    rows.push_back({field.name, field.type, field.initial, field.range, field.help});
  }
  std::cout << aligned(rows);
}

void print_room(const RoomDoc& room) {
  std::cout << room.room << "\n";
  std::vector<std::vector<std::string>> rows;
  for (const KindDoc& kind : room.kinds) rows.push_back({kind.name, kind.doc});
  std::cout << aligned(rows);
}

}  // namespace

int command_describe(const Arguments& arguments) {
  options::options_description described("options");
  described.add_options()("what", options::value<std::string>()->default_value(""),
                          "a room (decomposers) or a kind (decomposers/topk)");
  const auto map = parse_options(arguments, "describe [ROOM[/KIND]]", described, {"what"});
  if (map.count("help") > 0) return kOk;
  const std::string what = map["what"].as<std::string>();

  std::vector<RoomDoc> rooms = describe_runs();
  for (RoomDoc& room : describe_figures()) rooms.push_back(std::move(room));
  ClaimConfig claim;
  for (RoomDoc& room : describe(view_of(claim))) rooms.push_back(std::move(room));
  std::vector<std::string> known;
  bool found = false;
  for (const RoomDoc& room : rooms) {
    known.push_back(room.room);
    if (what.empty() || what == room.room) {
      print_room(room);
      found = true;
    }
    for (const KindDoc& kind : room.kinds) {
      known.push_back(room.room + "/" + kind.name);
      if (known.back() != what) continue;
      print_kind(room, kind);
      found = true;
    }
  }
  if (found) return kOk;
  throw InputError("nothing is called \"" + what + "\"" + suggestion(what, known));
}

}  // namespace lab
