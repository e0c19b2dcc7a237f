// What the readers and writers of other tools' SAEs share: one JSON file and one file of tensors in a folder.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "lab/decomposers/dictionary.h"

namespace lab {

// All that is asked for and is not as it should be throws InputError "FOLDER: …".
class SaeFolder {
 public:
  SaeFolder(std::filesystem::path folder, const std::string& config);
  void read_tensors(const std::string& name);  // a safetensors file

  [[noreturn]] void refuse(const std::string& reason) const;

  bool has(const std::string& key) const;
  void enter(const std::string& key);  // the object at `key` becomes the config
  std::string text(const std::string& key, const std::string& otherwise) const;
  bool flag(const std::string& key, bool otherwise) const;
  // A whole number from `least` on; nothing where it is missing or null.
  std::optional<std::int64_t> whole(const std::string& key, std::int64_t least) const;
  double real(const std::string& key, double otherwise) const;

  bool has_tensor(const std::string& name) const { return tensors_.contains(name); }
  // float32, contiguous, finite, of this shape (−1: any size, at least 1). Half precision and float64 are converted.
  at::Tensor floats(const std::string& name, const std::vector<std::int64_t>& shape) const;

 private:
  std::filesystem::path folder_;
  nlohmann::json config_;
  Tensors tensors_;
};

// Writes the two files, each in whole or not at all.
void write_sae_folder(const std::filesystem::path& folder, const std::string& config_name,
                      const nlohmann::json& config, const std::string& tensors_name,
                      const Tensors& tensors);

// One format a file. `read` and `write` as in sae_formats.h.
Dictionary read_saelens(const std::filesystem::path& folder);
void write_saelens(const Dictionary& dictionary, const std::filesystem::path& folder);
Dictionary read_dictionary_learning(const std::filesystem::path& folder);
void write_dictionary_learning(const Dictionary& dictionary, const std::filesystem::path& folder);
Dictionary read_sparsify(const std::filesystem::path& folder);
void write_sparsify(const Dictionary& dictionary, const std::filesystem::path& folder);

}  // namespace lab
