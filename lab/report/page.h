// report.html: one file that holds everything of a sweep and works offline.
//
// The page is skeleton, style and script (lab/report/page/, embedded into the program) with the data as
// one JSON block. The script makes every element itself and puts texts in as text: no text of users
// or runs is ever markup. The page's Content-Security-Policy names the hashes of its own two scripts and
// allows nothing else to run, and nothing to be loaded.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "lab/report/claims.h"
#include "lab/report/table.h"

namespace lab {

struct DrawnFigure {
  std::string name;
  std::string title;
  nlohmann::json spec;  // Vega-Lite; null when it could not be drawn
  std::string problem;  // why not
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
  nlohmann::json provenance;          // provenance_summary of the runs
  ScoreTable table;
  std::vector<Judged> claims;
  std::vector<DrawnFigure> figures;
  std::vector<ChosenRun> runs;
};

// The whole file. `vega_bundle` is the JavaScript of vega-embed (render.h); pages without figures leave
// it out. The same page gives the same bytes. Numbers have 6 significant digits, which is what a
// reader can see; table.csv has them all. Invalid UTF-8 is replaced by U+FFFD.
std::string page_html(const Page& page, const std::string& vega_bundle);

// The page's JSON block before it is escaped (lab/report/page/table.js reads it).
nlohmann::json page_data(const Page& page);

// Provenance of runs (objects, as the store has them) as {"same": {name: value}, "differs": {name:
// text}}: names are paths ("mkl.version"); the text lists up to 6 values with their numbers of runs,
// or the least and greatest. Null provenances are left out.
nlohmann::json provenance_summary(const std::vector<nlohmann::json>& of_runs);

}  // namespace lab
