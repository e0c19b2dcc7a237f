#include "lab/decomposers/given_sae.h"

#include <algorithm>
#include <filesystem>
#include <vector>

#include "lab/core/error.h"
#include "lab/core/files.h"
#include "lab/core/hash.h"
#include "lab/decomposers/decomposer.h"
#include "lab/decomposers/sae_formats.h"

namespace lab {

Dictionary by_sample(Dictionary dictionary) {
  auto* affine = std::get_if<AffineEncoder>(&dictionary.encoder);
  if (affine != nullptr && affine->activation == "batchtopk" && affine->threshold_M.defined()) {
    affine->activation = "jumprelu";
    affine->k = 0;
  }
  return dictionary;
}

void require_fits(const Dictionary& dictionary, const FitData& data) {
  const std::int64_t in = input_width(dictionary), out = dictionary.atoms_MD.size(1);
  if (in == data.site.input_width() && out == data.site.output_width()) return;
  throw Failure("the SAE goes from " + std::to_string(in) + " to " + std::to_string(out) +
                " dimensions, the site from " + std::to_string(data.site.input_width()) + " to " +
                std::to_string(data.site.output_width()));
}

Fitted fit_given_sae(const GivenSae& config, const FitData& data) {
  GivenSae checked = config;
  resolve_sae(checked);
  Dictionary sae = by_sample(read_sae(config.path));
  require_fits(sae, data);
  return {std::move(sae), {}};
}

void resolve_sae(GivenSae& config) {
  read_sae(config.path);  // tells what is wrong with it
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(config.path)) {
    const fs::path& path = entry.path();
    if (entry.is_regular_file() &&
        (path.extension() == ".json" || path.extension() == ".safetensors")) {
      files.push_back(path);
    }
  }
  std::ranges::sort(files);
  std::string hashes;
  for (const fs::path& file : files) hashes += hex(sha256(read_file(file)));
  const std::string found = hex(sha256(hashes));
  if (!config.sha256.empty() && config.sha256 != found) {
    throw InputError("sae: " + config.path + ": its files' SHA-256 is " + found +
                     ", not that of the config");
  }
  config.sha256 = found;
}

}  // namespace lab
