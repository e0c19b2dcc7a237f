// Dictionaries as named tensors.
#include <ATen/ATen.h>

#include <algorithm>

#include "lab/core/error.h"
#include "lab/decomposers/dictionary.h"
#include "lab/decomposers/shape_text.h"

namespace lab {
namespace {

constexpr std::int64_t most_steps = 1 << 20;  // of an encoder's loop

// Words as tensors of bytes, since a file of tensors holds nothing else.

at::Tensor word(const std::string& text) {
  at::Tensor bytes = at::empty({static_cast<std::int64_t>(text.size())}, at::kByte);
  std::copy(text.begin(), text.end(), bytes.data_ptr<std::uint8_t>());
  return bytes;
}

std::string word(const Tensors& tensors, const std::string& name,
                 const std::vector<std::string>& known) {
  const at::Tensor& bytes = tensor(tensors, name);
  std::string text;
  if (bytes.scalar_type() == at::kByte && bytes.dim() == 1) {
    const at::Tensor flat = bytes.contiguous();
    text.assign(reinterpret_cast<const char*>(flat.data_ptr<std::uint8_t>()), flat.numel());
  }
  if (std::find(known.begin(), known.end(), text) != known.end()) return text;
  throw InputError("dictionary: tensor \"" + name + "\" does not hold a known word");
}

// A float32 tensor of the given shape; −1 is any size.
at::Tensor floats(const Tensors& tensors, const std::string& name,
                  const std::vector<std::int64_t>& shape) {
  const at::Tensor& x = tensor(tensors, name);
  bool fits = x.scalar_type() == at::kFloat && x.dim() == static_cast<std::int64_t>(shape.size());
  for (std::size_t i = 0; fits && i < shape.size(); ++i) {
    fits = shape[i] == -1 ? x.size(i) > 0 : x.size(i) == shape[i];
  }
  if (!fits) {
    throw InputError("dictionary: tensor \"" + name + "\" has the wrong type or shape " +
                     shape_text(x));
  }
  return x.contiguous();
}

std::int64_t whole(const Tensors& tensors, const std::string& name, std::int64_t most) {
  const at::Tensor& x = tensor(tensors, name);
  if (x.scalar_type() == at::kLong && x.numel() == 1) {
    const auto value = x.item<std::int64_t>();
    if (value >= 1 && value <= most) return value;
  }
  throw InputError("dictionary: tensor \"" + name + "\" is no whole number from 1 to " +
                   std::to_string(most));
}

bool boolean(const Tensors& tensors, const std::string& name) {
  const at::Tensor& x = tensor(tensors, name);
  if (x.scalar_type() != at::kBool || x.numel() != 1) {
    throw InputError("dictionary: tensor \"" + name + "\" is not one boolean");
  }
  return x.item<bool>();
}

double real(const Tensors& tensors, const std::string& name) {
  const at::Tensor& x = tensor(tensors, name);
  if (x.scalar_type() != at::kDouble || x.numel() != 1) {
    throw InputError("dictionary: tensor \"" + name + "\" is not one float64");
  }
  return x.item<double>();
}

bool counts(const std::string& activation) {
  return activation == "topk" || activation == "abstopk" || activation == "groupmax" ||
         activation == "blocktopk";
}

// One a kind of encoder.

void put(const AffineEncoder& affine, Tensors& tensors) {
  tensors["encoder"] = word("affine");
  tensors["encoder.W"] = affine.W_DM;
  tensors["encoder.b"] = affine.b_M;
  tensors["encoder.b_pre"] = affine.b_pre_D;
  tensors["encoder.activation"] = word(affine.activation);
  if (affine.activation == "batchtopk") {
    tensors["encoder.k"] = at::full({1}, affine.k, at::kDouble);
  } else if (counts(affine.activation)) {
    tensors["encoder.k"] = at::scalar_tensor(static_cast<std::int64_t>(affine.k), at::kLong);
  }
  if (affine.threshold_M.defined()) tensors["encoder.threshold"] = affine.threshold_M;
  if (affine.block > 1) tensors["encoder.block"] = at::scalar_tensor(affine.block, at::kLong);
}
void put(const GatedEncoder& gated, Tensors& tensors) {
  tensors["encoder"] = word("gated");
  tensors["encoder.W"] = gated.W_DM;
  tensors["encoder.b_pre"] = gated.b_pre_D;
  tensors["encoder.r_mag"] = gated.r_mag_M;
  tensors["encoder.b_mag"] = gated.b_mag_M;
  tensors["encoder.b_gate"] = gated.b_gate_M;
}
void put(const NonNegativeEncoder& nnls, Tensors& tensors) {
  tensors["encoder"] = word("nnls");
  tensors["encoder.b_pre"] = nnls.b_pre_D;
  if (nnls.either_sign_M.defined()) tensors["encoder.either_sign"] = nnls.either_sign_M;
  if (nnls.l1 > 0) tensors["encoder.l1"] = at::full({1}, nnls.l1, at::kDouble);
}
void put(const PursuitEncoder& pursuit, Tensors& tensors) {
  tensors["encoder"] = word("omp");
  tensors["encoder.b_pre"] = pursuit.b_pre_D;
  tensors["encoder.k"] = at::scalar_tensor(pursuit.k, at::kLong);
}
void put(const MatchingPursuitEncoder& pursuit, Tensors& tensors) {
  tensors["encoder"] = word("matching_pursuit");
  tensors["encoder.b_pre"] = pursuit.b_pre_D;
  tensors["encoder.k"] = at::scalar_tensor(pursuit.steps, at::kLong);
  tensors["encoder.residual"] = at::full({1}, pursuit.residual, at::kDouble);
  tensors["encoder.until_repeat"] = at::scalar_tensor(pursuit.until_repeat, at::kBool);
}
void put(const SpadeEncoder& spade, Tensors& tensors) {
  tensors["encoder"] = word("spade");
  tensors["encoder.prototypes"] = spade.prototypes_MD;
  tensors["encoder.scale"] = at::full({1}, spade.scale, at::kDouble);
}
void put(const ListaEncoder& lista, Tensors& tensors) {
  tensors["encoder"] = word("lista");
  tensors["encoder.W"] = lista.W_DM;
  tensors["encoder.b"] = lista.b_M;
  tensors["encoder.b_pre"] = lista.b_pre_D;
  tensors["encoder.S"] = lista.S_MM;
  tensors["encoder.k"] = at::scalar_tensor(lista.rounds, at::kLong);
}
void put(const MlpEncoder& mlp, Tensors& tensors) {
  tensors["encoder"] = word("mlp");
  tensors["encoder.W_in"] = mlp.W_in_DH;
  tensors["encoder.b_in"] = mlp.b_in_H;
  tensors["encoder.W_out"] = mlp.W_out_HM;
  tensors["encoder.b"] = mlp.b_M;
  tensors["encoder.b_pre"] = mlp.b_pre_D;
}
void put(const FistaEncoder& fista, Tensors& tensors) {
  tensors["encoder"] = word("fista");
  tensors["encoder.b_pre"] = fista.b_pre_D;
  if (fista.either_sign_M.defined()) tensors["encoder.either_sign"] = fista.either_sign_M;
  tensors["encoder.l1"] = at::full({1}, fista.l1, at::kDouble);
  tensors["encoder.iterations"] = at::scalar_tensor(fista.iterations, at::kLong);
}

AffineEncoder affine_from(const Tensors& tensors, std::int64_t M) {
  AffineEncoder affine;
  affine.W_DM = floats(tensors, "encoder.W", {-1, M});
  affine.b_M = floats(tensors, "encoder.b", {M});
  affine.b_pre_D = floats(tensors, "encoder.b_pre", {affine.W_DM.size(0)});
  affine.activation = word(tensors, "encoder.activation",
                           {"linear", "relu", "topk", "top1", "abstopk", "groupmax", "batchtopk",
                            "jumprelu", "blocktopk", "one_hot"});
  std::int64_t k = 0;
  if (affine.activation == "batchtopk") {
    affine.k = real(tensors, "encoder.k");
  } else if (counts(affine.activation)) {
    affine.k = static_cast<double>(k = whole(tensors, "encoder.k", M));
  }
  if (affine.activation == "groupmax" && M % k != 0) {
    throw InputError("dictionary: tensor \"encoder.k\" does not divide the number of latents");
  }
  if (tensors.contains("encoder.block")) affine.block = whole(tensors, "encoder.block", M);
  if (affine.activation == "blocktopk" && (M % affine.block != 0 || k * affine.block > M)) {
    throw InputError("dictionary: tensor \"encoder.block\" does not fit the number of latents");
  }
  if (affine.activation == "jumprelu" || tensors.contains("encoder.threshold")) {
    affine.threshold_M = floats(tensors, "encoder.threshold", {M});
  }
  return affine;
}

GatedEncoder gated_from(const Tensors& tensors, std::int64_t M) {
  const at::Tensor W_DM = floats(tensors, "encoder.W", {-1, M});
  return {W_DM, floats(tensors, "encoder.b_pre", {W_DM.size(0)}),
          floats(tensors, "encoder.r_mag", {M}), floats(tensors, "encoder.b_mag", {M}),
          floats(tensors, "encoder.b_gate", {M})};
}

ListaEncoder lista_from(const Tensors& tensors, std::int64_t M) {
  const at::Tensor W_DM = floats(tensors, "encoder.W", {-1, M});
  return {W_DM, floats(tensors, "encoder.b", {M}), floats(tensors, "encoder.b_pre", {W_DM.size(0)}),
          floats(tensors, "encoder.S", {M, M}), whole(tensors, "encoder.k", 1 << 20)};
}

MlpEncoder mlp_from(const Tensors& tensors, std::int64_t M) {
  const at::Tensor W_in_DH = floats(tensors, "encoder.W_in", {-1, -1});
  const std::int64_t D = W_in_DH.size(0), H = W_in_DH.size(1);
  return {W_in_DH, floats(tensors, "encoder.b_in", {H}), floats(tensors, "encoder.W_out", {H, M}),
          floats(tensors, "encoder.b", {M}), floats(tensors, "encoder.b_pre", {D})};
}

at::Tensor either_sign_from(const Tensors& tensors, std::int64_t M) {
  const auto found = tensors.find("encoder.either_sign");
  if (found == tensors.end()) return {};
  if (found->second.scalar_type() != at::kBool || found->second.sizes() != M) {
    throw InputError("dictionary: tensor \"encoder.either_sign\" is not one boolean a latent");
  }
  return found->second;
}

NonNegativeEncoder nnls_from(const Tensors& tensors, std::int64_t M, std::int64_t D) {
  NonNegativeEncoder nnls{floats(tensors, "encoder.b_pre", {D}), either_sign_from(tensors, M)};
  if (tensors.contains("encoder.l1")) nnls.l1 = real(tensors, "encoder.l1");
  return nnls;
}

}  // namespace

Tensors to_tensors(const Dictionary& dictionary) {
  Tensors tensors{{"atoms", dictionary.atoms_MD},
                  {"bias", dictionary.bias_D},
                  {"signed_codes", at::scalar_tensor(dictionary.signed_codes, at::kBool)}};
  std::visit([&](const auto& encoder) { put(encoder, tensors); }, dictionary.encoder);
  if (dictionary.normalise != "none") tensors["normalise"] = word(dictionary.normalise);
  if (dictionary.across) tensors["across"] = at::scalar_tensor(true, at::kBool);
  if (dictionary.skip_OD.defined()) tensors["skip"] = dictionary.skip_OD;
  return tensors;
}

Dictionary dictionary_from_tensors(const Tensors& tensors) {
  Dictionary dictionary;
  dictionary.atoms_MD = floats(tensors, "atoms", {-1, -1});
  const std::int64_t M = dictionary.atoms_MD.size(0), D = dictionary.atoms_MD.size(1);
  dictionary.bias_D = floats(tensors, "bias", {D});
  dictionary.signed_codes = boolean(tensors, "signed_codes");
  const std::string encoder = word(
      tensors, "encoder",
      {"affine", "gated", "nnls", "omp", "matching_pursuit", "spade", "lista", "fista", "mlp"});
  if (encoder == "affine") {
    dictionary.encoder = affine_from(tensors, M);
  } else if (encoder == "gated") {
    dictionary.encoder = gated_from(tensors, M);
  } else if (encoder == "nnls") {
    dictionary.encoder = nnls_from(tensors, M, D);
  } else if (encoder == "omp") {
    dictionary.encoder =
        PursuitEncoder{floats(tensors, "encoder.b_pre", {D}), whole(tensors, "encoder.k", M)};
  } else if (encoder == "spade") {
    dictionary.encoder =
        SpadeEncoder{floats(tensors, "encoder.prototypes", {M, D}), real(tensors, "encoder.scale")};
  } else if (encoder == "lista") {
    dictionary.encoder = lista_from(tensors, M);
  } else if (encoder == "mlp") {
    dictionary.encoder = mlp_from(tensors, M);
  } else if (encoder == "fista") {
    dictionary.encoder =
        FistaEncoder{floats(tensors, "encoder.b_pre", {D}), either_sign_from(tensors, M),
                     real(tensors, "encoder.l1"), whole(tensors, "encoder.iterations", most_steps)};
  } else {
    dictionary.encoder = MatchingPursuitEncoder{
        floats(tensors, "encoder.b_pre", {D}), whole(tensors, "encoder.k", most_steps),
        real(tensors, "encoder.residual"), boolean(tensors, "encoder.until_repeat")};
  }
  if (tensors.contains("normalise")) {
    dictionary.normalise = word(tensors, "normalise", {"layer_norm", "unit_rms"});
  }
  if (tensors.contains("across")) dictionary.across = boolean(tensors, "across");
  if (tensors.contains("skip")) {
    dictionary.skip_OD = floats(tensors, "skip", {D, input_width(dictionary)});
  }
  return dictionary;
}

}  // namespace lab
