#include "lab/mechanisms/latents.h"

#include <ATen/ATen.h>

#include "lab/core/error.h"

namespace lab {

Place latents_place(const std::string& tap, const Dictionary& dictionary,
                    const std::vector<std::int64_t>& latents) {
  std::string names;
  for (const std::int64_t latent : latents) {
    if (latent < 0 || latent >= dictionary.atoms_MD.size(0)) {
      throw InputError("the dictionary has no latent " + std::to_string(latent) + "; it has " +
                       std::to_string(dictionary.atoms_MD.size(0)));
    }
    names += (names.empty() ? "" : ", ") + std::to_string(latent);
  }
  const at::Tensor rows = at::tensor(latents, at::kLong);
  const at::Tensor atoms_KD = dictionary.atoms_MD.index_select(0, rows);
  return {tap, "latents " + names,
          [dictionary, rows, atoms_KD](const at::Tensor& base, const at::Tensor& source) {
            const at::Tensor own = encode(dictionary, base);
            const at::Tensor theirs = encode(dictionary, source).index_select(1, rows);
            if (dictionary.normalise != "none") {  // what a code is worth depends on the sample
              const at::Tensor changed = own.index_copy(1, rows, theirs);
              return base + output(dictionary, changed, base) - output(dictionary, own, base);
            }
            return base + at::mm(theirs - own.index_select(1, rows), atoms_KD);
          },
          rows.size(0)};
}

}  // namespace lab
