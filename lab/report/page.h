// report.html: one file that holds everything of a sweep and works offline.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "lab/report/claims.h"
#include "lab/report/table.h"

namespace lab {

struct DrawnFigure {
  std::string name;
  std::string title;
  nlohmann::json spec;  // Vega-Lite
};

// What is shown of a chosen run: its tables and its pictures.
struct ChosenRun {
  std::string id;
  std::string point;  // "arm=topk seed=0"
  std::vector<DrawnFigure> figures;
  std::map<std::string, Table> tables;  // "latents", "features", …
};

struct Page {
  std::string name, about;
  std::string config;                 // the sweep's file, as it is
  std::string config_path;            // as the user gave it
  std::vector<std::string> commands;  // that make it again
  nlohmann::json provenance;          // of the runs: what differs is listed
  ScoreTable table;
  std::vector<Judged> claims;
  std::vector<DrawnFigure> figures;
  std::vector<ChosenRun> runs;
};

// `vega_bundle` is the JavaScript of vega-embed (render.h). No text of users or runs is ever markup.
std::string page_html(const Page& page, const std::string& vega_bundle);

}  // namespace lab
