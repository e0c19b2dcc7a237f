// Drawing specifications with vl-convert, which runs in a Python process of its own.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace lab {

struct RenderJob {
  nlohmann::json spec;         // Vega-Lite
  std::string format;          // "svg", "png", "pdf"
  std::filesystem::path file;  // where the picture goes
};

// Draws all jobs in one process. Files appear whole or not at all. Throws Failure with the reason in
// one line when Python or vl-convert is missing, or a specification cannot be drawn.
void render(const std::vector<RenderJob>& jobs);

// The JavaScript of Vega, Vega-Lite and vega-embed in one text (vl_convert.javascript_bundle()).
std::string vega_bundle();

}  // namespace lab
