// An SAE from a folder: anyone's, trained anywhere.
#pragma once

#include <cstdint>
#include <string>

#include "lab/core/fields.h"

namespace lab {

struct Dictionary;
struct FitData;
struct Fitted;

struct GivenSae {
  static constexpr const char* name = "sae";
  static constexpr const char* doc =
      "an SAE from a folder, in the format of SAELens, dictionary_learning or sparsify";
  static constexpr std::int64_t revision = 1;
  std::string path;
  std::string sha256;

  void fields(Fields& f) {
    f("path", path, required(), "the SAE's folder (`lab sae convert --help` names the formats)");
    f("sha256", sha256, any(),
      "SHA-256 in hex of its files' own, in the order of their names; filled in when empty, else "
      "checked");
  }
};

// Throws Failure when it is of another width than the site, InputError when it cannot be read.
Fitted fit_given_sae(const GivenSae& config, const FitData& data);

// The folder's hash. Throws InputError when it cannot be read as an SAE, or is not what the config says.
void resolve_sae(GivenSae& config);

// With a threshold in place of a choice over the whole batch, as SAELens exports batchtopk: in a sweep codes of a sample
// do not depend on which others are encoded with it.
Dictionary by_sample(Dictionary dictionary);

// Throws Failure when the dictionary does not go from the site's input width to its output width.
void require_fits(const Dictionary& dictionary, const FitData& data);

}  // namespace lab
