#include <algorithm>
#include <iostream>

#include "lab/cli/drawing.h"
#include "lab/core/config.h"
#include "lab/core/files.h"
#include "lab/report/render.h"

namespace lab {
namespace {

// The figures called `name`, or all of them when it is empty.
std::vector<FigureConfig> chosen(std::vector<FigureConfig> figures, const std::string& name) {
  if (name.empty()) return figures;
  std::vector<std::string> known;
  for (const FigureConfig& figure : figures) {
    if (figure.name == name) return {figure};
    known.push_back(figure.name);
  }
  throw InputError("no figure is called \"" + name + "\"" + suggestion(name, known));
}

}  // namespace

int command_figure(const Arguments& arguments) {
  options::options_description described("options");
  add_sweep_options(described);
  described.add_options()("name", options::value<std::string>()->default_value(""),
                          "of one figure; without it all are drawn")(
      "format", options::value<std::string>()->default_value("svg"),
      "svg, png, pdf, or json: the Vega-Lite specification");
  const auto map =
      parse_options(arguments, "figure CONFIG [NAME] [options]", described, {"config", "name"});
  if (map.count("help") > 0) return kOk;
  const std::string format = map["format"].as<std::string>();
  const std::vector<std::string> formats{"svg", "png", "pdf", "json"};
  if (std::find(formats.begin(), formats.end(), format) == formats.end()) {
    throw InputError("--format: unknown word \"" + format + "\"" + suggestion(format, formats));
  }
  const OpenSweep open = open_sweep(map);
  const ScoreTable table = score_table(open.plan, open.store);
  const auto figures = chosen(figures_of(open, table), map["name"].as<std::string>());
  const Drawing drawing(open, table, figures, {});
  std::vector<RenderJob> jobs;
  for (const FigureConfig& figure : figures) {
    jobs.push_back({drawing.draw(figure).spec, format,
                    open.folder / "figures" / (figure.name + "." + format)});
  }
  if (format == "json") {  // the specification itself
    std::filesystem::create_directories(open.folder / "figures");
    for (const RenderJob& job : jobs) {
      write_atomically(job.file, job.spec.dump(1) + "\n", open.store.root / "tmp");
    }
  } else {
    render(jobs);
  }
  for (const RenderJob& job : jobs) std::cout << job.file.string() << "\n";
  return kOk;
}

}  // namespace lab
