#include "lab/decomposers/sae_formats.h"

#include <ATen/ATen.h>

#include "lab/core/config.h"
#include "lab/core/error.h"
#include "lab/core/files.h"
#include "lab/core/json.h"
#include "lab/core/output.h"
#include "lab/decomposers/sae_folder.h"

namespace lab {

namespace fs = std::filesystem;

SaeFolder::SaeFolder(fs::path folder, const std::string& config) : folder_(std::move(folder)) {
  const fs::path path = folder_ / config;
  config_ = parse_json(read_file(path), path.string());
  if (!config_.is_object()) refuse(config + " is no JSON object");
}

void SaeFolder::read_tensors(const std::string& name) {
  const fs::path path = folder_ / name;
  tensors_ = from_safetensors(read_file(path), path.string());
}

void SaeFolder::refuse(const std::string& reason) const {
  throw InputError(folder_.string() + ": " + reason);
}

bool SaeFolder::has(const std::string& key) const {
  return config_.contains(key) && !config_.at(key).is_null();
}

void SaeFolder::enter(const std::string& key) {
  if (!has(key) || !config_.at(key).is_object()) refuse("the config has no object \"" + key + "\"");
  const json inner = config_.at(key);
  config_ = inner;
}

std::string SaeFolder::text(const std::string& key, const std::string& otherwise) const {
  if (!has(key)) return otherwise;
  if (!config_.at(key).is_string()) refuse("\"" + key + "\" is no text");
  return config_.at(key).get<std::string>();
}

bool SaeFolder::flag(const std::string& key, bool otherwise) const {
  if (!has(key)) return otherwise;
  if (!config_.at(key).is_boolean()) refuse("\"" + key + "\" is neither true nor false");
  return config_.at(key).get<bool>();
}

std::optional<std::int64_t> SaeFolder::whole(const std::string& key, std::int64_t least) const {
  if (!has(key)) return std::nullopt;
  const json& value = config_.at(key);
  if (!value.is_number_integer() || value.get<std::int64_t>() < least) {
    refuse("\"" + key + "\" is no whole number from " + std::to_string(least) + " on");
  }
  return value.get<std::int64_t>();
}

double SaeFolder::real(const std::string& key, double otherwise) const {
  if (!has(key)) return otherwise;
  if (!config_.at(key).is_number()) refuse("\"" + key + "\" is no number");
  return config_.at(key).get<double>();
}

at::Tensor SaeFolder::floats(const std::string& name,
                             const std::vector<std::int64_t>& shape) const {
  const auto found = tensors_.find(name);
  if (found == tensors_.end()) refuse("there is no tensor \"" + name + "\"");
  const at::Tensor& x = found->second;
  bool fits = x.is_floating_point() && x.dim() == static_cast<std::int64_t>(shape.size());
  for (std::size_t i = 0; fits && i < shape.size(); ++i) {
    fits = shape[i] < 0 ? x.size(static_cast<std::int64_t>(i)) > 0
                        : x.size(static_cast<std::int64_t>(i)) == shape[i];
  }
  if (!fits) refuse("tensor \"" + name + "\" has not the type or shape that the config asks for");
  if (!at::isfinite(x).all().item<bool>()) refuse("tensor \"" + name + "\" is not finite");
  return x.to(at::kFloat).contiguous();
}

void write_sae_folder(const fs::path& folder, const std::string& config_name, const json& config,
                      const std::string& tensors_name, const Tensors& tensors) {
  for (const char* other :
       {"sae_weights.safetensors", "sae.safetensors", "ae.safetensors", "ae.pt"}) {
    if (other != tensors_name && fs::exists(folder / other)) {
      throw InputError(folder.string() + ": holds an SAE of another format (" + other +
                       "); give another folder");
    }
  }
  write_output(folder / tensors_name, to_safetensors(tensors));
  write_output(folder / config_name, config.dump(2) + "\n");
}

const std::vector<std::string>& sae_formats() {
  static const std::vector<std::string> names{"saelens", "dictionary_learning", "sparsify"};
  return names;
}

Dictionary read_sae(const fs::path& folder) {
  const auto holds = [&](const char* name) { return fs::exists(folder / name); };
  if (holds("sae_weights.safetensors")) return read_saelens(folder);
  if (holds("sae.safetensors")) return read_sparsify(folder);
  if (holds("ae.safetensors") || holds("ae.pt")) return read_dictionary_learning(folder);
  throw InputError(folder.string() +
                   ": no SAE: there is none of sae_weights.safetensors (SAELens), ae.safetensors, "
                   "ae.pt (dictionary_learning) and sae.safetensors (sparsify)");
}

void write_sae(const Dictionary& dictionary, const std::string& format, const fs::path& folder) {
  if (format == "saelens") return write_saelens(dictionary, folder);
  if (format == "dictionary_learning") return write_dictionary_learning(dictionary, folder);
  if (format == "sparsify") return write_sparsify(dictionary, folder);
  throw InputError("unknown format \"" + format + "\"" + suggestion(format, sae_formats()));
}

}  // namespace lab
