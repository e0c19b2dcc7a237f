#include "lab/report/render.h"

#include <cstdlib>

#include "lab/core/error.h"
#include "lab/core/process.h"

namespace lab {
namespace {

namespace fs = std::filesystem;

std::string python() {
  const char* chosen = std::getenv("LAB_PYTHON");
  return chosen != nullptr && *chosen != '\0' ? chosen : LAB_DEFAULT_PYTHON;
}

// Runs tools/render.py with `input`; gives what it writes.
std::string run_python(const std::string& input) {
  try {
    return run_program({python(), LAB_RENDER_SCRIPT}, input);
  } catch (const NotStarted& error) {
    throw Failure(std::string("drawing: ") + error.what() +
                  "; run `make setup`, or name a Python that has vl-convert in LAB_PYTHON");
  } catch (const Failure& error) {
    throw Failure(std::string("drawing: ") + error.what());
  }
}

}  // namespace

void render(const std::vector<RenderJob>& jobs) {
  if (jobs.empty()) return;
  nlohmann::json list = nlohmann::json::array();
  for (const RenderJob& job : jobs) {
    list.push_back(
        {{"spec", job.spec}, {"format", job.format}, {"file", fs::absolute(job.file).string()}});
  }
  run_python(nlohmann::json{{"jobs", list}}.dump());
}

std::string vega_bundle() {
  return run_python(R"({"bundle": true})");
}

}  // namespace lab
