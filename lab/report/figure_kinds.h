// The kinds of figures, as a sweep's file writes them. What all share (name, title, where, best, at)
// is in figures.h. "Column" below is a column of the sweep's table: an axis, or "seed"; with `table`,
// a column of that record's table, or "label", too.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "lab/core/fields.h"
#include "lab/report/found.h"

namespace lab {

// A horizontal line at a value that somebody published or derived.
struct Rule {
  double value = 0;
  std::string label;
  void fields(Fields& f) {
    f("value", value, required(), "where the line lies, in units of the score");
    f("label", label, any(), "what it says; empty: the value");
  }
};

// What a code of a heat map means.
struct Category {
  double code = 0;
  std::string name;
  void fields(Fields& f) {
    f("code", code, required(), "value of the score");
    f("name", name, required(), "what it stands for");
  }
};

inline constexpr const char* color_help =
    "column that gives the colours; empty: \"arm\" where there is one";
inline constexpr const char* facet_help =
    "column with one panel for each of its values; empty: one";
inline constexpr const char* table_help =
    "table of the runs' records whose rows are drawn in place of the runs; empty: the score table";

// Mean over seeds with Student's 95 % interval; a line for each colour and each combination of the
// other columns. With words on the x axis: points with error bars. Arms without a value of x (an
// oracle, chance) become horizontal lines, and so do rules.
struct LineFigure {
  static constexpr const char* name = "line";
  static constexpr const char* doc =
      "scores against a swept field: mean over seeds and 95 % band, one colour an arm";
  static constexpr std::int64_t revision = 1;
  std::string x;
  std::vector<std::string> scores;
  std::string table, color, facet;
  bool log_x = false, log_y = false, points = false, null = true;
  std::vector<Rule> rules;
  void fields(Fields& f) {
    f("x", x, required(), "column or score on the horizontal axis");
    f("scores", scores, Check{}.items(1), "scores drawn, one panel each");
    f("table", table, any(), table_help);
    f("color", color, any(), color_help);
    f("facet", facet, any(), facet_help);
    f("log_x", log_x, any(),
      "logarithmic horizontal axis; values that are not above 0 are left out");
    f("log_y", log_y, any(), "logarithmic vertical axis; values that are not above 0 are left out");
    f("points", points, any(), "single rows as points, without lines and bands");
    f("null", null, any(), "draw what chance gives, where the runs have it: mean of <score>_null");
    f("rules", rules, any(), "horizontal lines at published or derived values");
  }
};

// A cell is the mean of a score over all chosen runs with its x and y.
struct HeatmapFigure {
  static constexpr const char* name = "heatmap";
  static constexpr const char* doc =
      "a score over two swept fields: the mean of each cell as a colour";
  static constexpr std::int64_t revision = 1;
  std::string x, y, score;
  std::string table, facet;
  std::optional<double> middle;
  std::vector<Category> categories;
  bool text = false;
  void fields(Fields& f) {
    f("x", x, required(), "column or score across");
    f("y", y, required(), "column or score upwards");
    f("score", score, required(), "score that gives the colours");
    f("table", table, any(), table_help);
    f("facet", facet, any(), facet_help);
    f("middle", middle, any(),
      "value that is white, blue below and red above it; none: dark to light");
    f("categories", categories, any(),
      "names of the score's values, when they are codes; each gets a colour, and a cell shows the "
      "code that most of its runs have");
    f("text", text, any(), "write the number into each cell");
    f.require(categories.empty() || !middle.has_value(), "middle",
              "has no meaning with categories");
  }
};

struct ParetoFigure {
  static constexpr const char* name = "pareto";
  static constexpr const char* doc =
      "one score against another (fvu or f1 against l0): an arm is a line through its points, "
      "means "
      "over seeds with 95 % intervals";
  static constexpr std::int64_t revision = 1;
  std::string x = "l0";
  std::string y = "fvu";
  std::string color, facet;
  bool log_x = true, log_y = false;
  void fields(Fields& f) {
    f("x", x, any(), "score on the horizontal axis");
    f("y", y, any(), "score on the vertical axis");
    f("color", color, any(), color_help);
    f("facet", facet, any(), facet_help);
    f("log_x", log_x, any(),
      "logarithmic horizontal axis; values that are not above 0 are left out");
    f("log_y", log_y, any(), "logarithmic vertical axis; values that are not above 0 are left out");
  }
};

struct CosineFigure {
  static constexpr const char* name = "cosine";
  static constexpr const char* doc =
      "cosines of atoms and true vectors, latents ordered by match; at most 6 runs side by side";
  static constexpr std::int64_t revision = 1;
  void fields(Fields&) {}
};

struct PointsFigure {
  static constexpr const char* name = "points";
  static constexpr const char* doc =
      "true vectors and atoms in the leading principal components of the truth, relations as "
      "edges, "
      "with sliders that turn what has three dimensions; at most 6 runs";
  static constexpr std::int64_t revision = 1;
  std::vector<std::string> panels;
  double turn = 30;
  double tilt = 20;
  void fields(Fields& f) {
    f("panels", panels, any(),
      "names of relations, or of features of two coordinates; empty: the first 12 panels there "
      "are");
    f("turn", turn, between(0, 360), "first angle about the vertical axis, degrees");
    f("tilt", tilt, between(-90, 90), "first angle from above, degrees");
  }
};

struct HistogramFigure {
  static constexpr const char* name = "histogram";
  static constexpr const char* doc = "how often values of a score occur, one panel a colour";
  static constexpr std::int64_t revision = 1;
  std::string score;
  std::string table, color;
  std::int64_t bins = 30;
  void fields(Fields& f) {
    f("score", score, required(), "score that is counted");
    f("table", table, any(), table_help);
    f("color", color, any(), color_help);
    f("bins", bins, between(2, 200), "bins from the least value to the largest");
  }
};

struct CurvesFigure {
  static constexpr const char* name = "curves";
  static constexpr const char* doc =
      "training: a column of the table `steps` against the step, mean over seeds and 95 % band";
  static constexpr std::int64_t revision = 1;
  std::string stage = "fit";
  std::string column = "loss";
  std::string color, facet;
  bool log_x = false, log_y = true;
  void fields(Fields& f) {
    f("stage", stage, one_of({"train", "fit"}), "training of the subject, or of the decomposer");
    f("column", column, any(), "column of the table: loss, fvu, l0, …");
    f("color", color, any(), color_help);
    f("facet", facet, any(), facet_help);
    f("log_x", log_x, any(),
      "logarithmic horizontal axis; values that are not above 0 are left out");
    f("log_y", log_y, any(), "logarithmic vertical axis; values that are not above 0 are left out");
  }
};

struct GraphFigure {
  static constexpr const char* name = "graph";
  static constexpr const char* doc =
      "a boolean circuit by level, gates coloured by a score, or by where and how well they were "
      "found; at most 6 runs";
  static constexpr std::int64_t revision = 1;
  std::string table = "gates", score = "phi";
  bool found = false;
  double threshold = usual_threshold;
  void fields(Fields& f) {
    f("table", table, any(),
      "table of the runs whose rows are gates: its labels are their names, or its rows are those "
      "of "
      "`gates`");
    f("score", score, any(), "column of that table; empty: no colours");
    f("found", found, any(),
      "colour by the best way that a gate was found by: a neuron, a direction or a latent (columns "
      "neuron_phi, direction_phi, latent_phi of the table `gates`), the paler the less well");
    f("threshold", threshold, between(0, 1),
      "with found: least |φ| at which a gate counts as found");
    f.require(!found || score == "phi", "score", "has no meaning with found");
    f.require(!found || table == "gates", "table", "has no meaning with found");
  }
};

struct MatrixFigure {
  static constexpr const char* name = "matrix";
  static constexpr const char* doc =
      "gates and the neurons or latents that detect them (the runs' table `matrix`), matched units "
      "on the diagonal; at most 6 runs";
  static constexpr std::int64_t revision = 1;
  std::string measure = "phi", units = "neuron", tap;
  std::int64_t most = 48;
  void fields(Fields& f) {
    f("measure", measure, one_of({"phi", "f1"}), "what the colours say: |φ| or F1");
    f("units", units, one_of({"neuron", "latent"}), "what is compared with the gates");
    f("tap", tap, any(), "tap whose units are shown; empty: all taps of the table");
    f("most", most, between(1, 256), "units shown at most, the best ones");
  }
};

}  // namespace lab
