#include <algorithm>
#include <exception>
#include <iostream>
#include <stdexcept>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#include "lab/cli/command.h"
#include "lab/core/error.h"

namespace {

constexpr lab::Command kCommands[] = {
    {"run", "CONFIG [options]", "run what is not done yet of a sweep", lab::command_run},
    {"status", "CONFIG [--out DIR]", "what is done, failed and missing", lab::command_status},
    {"table", "CONFIG [--format md|text|csv|json]", "the scored table of a sweep",
     lab::command_table},
    {"report", "CONFIG [--out DIR]", "report.html, table.csv, claims.json, figures/ of a sweep",
     lab::command_report},
    {"figure", "CONFIG [NAME] [--format svg|png|pdf]", "draws the figures of a sweep, or one",
     lab::command_figure},
    {"claims", "CONFIG [--strict]", "the verdicts on what a sweep claims", lab::command_claims},
    {"show", "RUN [--out DIR]", "one run: scores, tables, key, provenance", lab::command_show},
    {"check", "CONFIG…", "whether configs are right, without running them", lab::command_check},
    {"describe", "[ROOM[/KIND]]", "kinds and their fields: default, range, meaning",
     lab::command_describe},
    {"schema", "", "the JSON Schema of configs, for editors", lab::command_schema},
    {"circuit", "sample|show|eval|…", "boolean circuits: files, analysis, equivalence, rivals",
     lab::command_circuit},
    {"export", "CONFIG -o DIR", "activations to train on elsewhere, and the truth about them",
     lab::command_export},
    {"sae", "score|convert|apply …", "sparse autoencoders of other tools: scores, files, codes",
     lab::command_sae},
    {"doctor", "", "what this build and machine have", lab::command_doctor},
    {"bench", "[PART] [--quick]", "speed of this build on this machine", lab::command_bench},
};

// Tensors come and go by the thousand: up to 256 MiB that were freed are kept for the next ones, since fresh pages of
// the system cost more than what is written to them.
void keep_freed_memory() {
#ifdef __GLIBC__
  mallopt(M_MMAP_THRESHOLD, 32 << 20);  // the largest that there may be
  mallopt(M_TRIM_THRESHOLD, 256 << 20);
#endif
}

}  // namespace

int main(int count, char** words) {
  keep_freed_memory();
  try {
    const int code =
        lab::dispatch(kCommands, "lab", "lab: a toy-model laboratory with ground truth",
                      {words + std::min(count, 1), words + count});
    if (!std::cout.flush()) throw std::runtime_error("the output could not be written");
    return code;
  } catch (const lab::InputError& error) {
    std::cerr << "lab: " << lab::one_line(error.what()) << "\n";
    return lab::kWrongInput;
  } catch (const lab::Stopped&) {
    return lab::kInterrupted;
  } catch (const std::exception& error) {
    std::cerr << "lab: " << lab::one_line(error.what()) << "\n";
    return lab::kFailed;
  }
}
