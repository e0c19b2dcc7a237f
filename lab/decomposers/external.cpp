#include "lab/decomposers/external.h"

#include <ATen/ATen.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "lab/core/error.h"
#include "lab/core/files.h"
#include "lab/core/hash.h"
#include "lab/core/process.h"
#include "lab/decomposers/fit_samples.h"
#include "lab/decomposers/given_sae.h"
#include "lab/decomposers/sae_formats.h"

namespace lab {
namespace {

// A new folder for one run of the program, removed with all that is in it.
struct Workplace {
  fs::path path;
  Workplace() {
    std::string name = (fs::temp_directory_path() / "lab-external.XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) {
      throw Failure("external: no folder can be made in " + fs::temp_directory_path().string());
    }
    path = name;
    fs::create_directories(path / "output");
  }
  ~Workplace() {
    std::error_code ignored;
    fs::remove_all(path, ignored);
  }
  Workplace(const Workplace&) = delete;
};

void write_activations(const External& config, const FitData& data, const fs::path& path) {
  const SiteActs acts = fit_acts(data, config.samples);
  Tensors tensors{{"x", acts.in_BD}};
  if (data.site.input_tap() != data.site.output_tap()) tensors["y"] = acts.out_BD;
  std::ofstream file(path, std::ios::binary);
  file << to_safetensors(tensors);
  if (!file.flush()) throw Failure("external: " + path.string() + " cannot be written");
}

std::string replaced(std::string word, const std::string& what, const std::string& by) {
  for (std::size_t at = word.find(what); at != std::string::npos; at = word.find(what, at)) {
    word.replace(at, what.size(), by);
    at += by.size();
  }
  return word;
}

Fitted read_output(const External& config, const FitData& data, const fs::path& folder,
                   std::int64_t seed) {
  const fs::path atoms = folder / "atoms.safetensors";
  if (fs::exists(atoms)) {
    return fit_fixed(Fixed{{FileAtoms{atoms.string(), ""}}, config.encoder}, data, seed);
  }
  Dictionary sae = by_sample(read_sae(folder));
  require_fits(sae, data);
  return {std::move(sae), {}};
}

}  // namespace

Fitted fit_external(const External& config, const FitData& data, std::int64_t seed) {
  const at::NoGradGuard no_gradients;
  External checked = config;  // the script is still the one of the stage's key
  resolve_script(checked);
  const Workplace workplace;
  const fs::path input = workplace.path / "activations.safetensors",
                 output = workplace.path / "output";
  write_activations(config, data, input);
  std::vector<std::string> command;
  for (std::string word : config.command) {
    word = replaced(std::move(word), "{input}", input.string());
    word = replaced(std::move(word), "{output}", output.string());
    word = replaced(std::move(word), "{script}", config.script);
    command.push_back(replaced(std::move(word), "{seed}", std::to_string(seed)));
  }
  try {
    run_program(command, "", config.time_limit);
    return read_output(config, data, output, seed);
  } catch (const Stopped&) {
    throw;
  } catch (const std::exception& error) {  // the stage fails, the sweep goes on
    throw Failure(std::string("external: ") + error.what());
  }
}

void resolve_script(External& config) {
  if (config.script.empty()) return;
  const std::string found = hex(sha256(read_file(config.script)));
  if (!config.sha256.empty() && config.sha256 != found) {
    throw InputError("external: " + config.script + ": the file's SHA-256 is " + found +
                     ", not that of the config");
  }
  config.sha256 = found;
}

}  // namespace lab
