#include "lab/decomposers/dictionary.h"

#include <ATen/ATen.h>

#include <algorithm>

#include "lab/core/error.h"
#include "lab/decomposers/activations.h"
#include "lab/decomposers/sparse_coding.h"

namespace lab {
namespace {

std::string shape_text(const at::Tensor& x) {
  std::string text = "[";
  for (std::int64_t i = 0; i < x.dim(); ++i) text += (i ? ", " : "") + std::to_string(x.size(i));
  return text + "]";
}

void require_width(const at::Tensor& x, std::int64_t width, const char* what) {
  if (x.dim() == 2 && x.size(1) == width) return;
  throw InputError("dictionary: " + std::string(what) + " have shape " + shape_text(x) +
                   ", expected [B, " + std::to_string(width) + "]");
}

at::Tensor codes_of(const AffineEncoder& encoder, const at::Tensor&, const at::Tensor& acts_BD) {
  require_width(acts_BD, encoder.W_DM.size(0), "activations");
  at::Tensor x_BM = at::addmm(encoder.b_M, acts_BD - encoder.b_pre_D, encoder.W_DM);
  if (encoder.activation == "linear") return x_BM;
  if (encoder.activation == "relu") return x_BM.relu_();
  keep_largest_(x_BM, encoder.activation == "top1" ? 1 : encoder.k);
  return x_BM;
}

at::Tensor codes_of(const NonNegativeEncoder& encoder, const at::Tensor& atoms_MD,
                    const at::Tensor& acts_BD) {
  require_width(acts_BD, atoms_MD.size(1), "activations");
  const at::Tensor x_BD = acts_BD - encoder.b_pre_D;
  if (!encoder.either_sign_M.defined()) return non_negative_codes(atoms_MD, x_BD, encoder.l1);
  // A code of either sign is the difference of two that are not negative.
  const std::int64_t M = atoms_MD.size(0);
  const at::Tensor two_sided = encoder.either_sign_M.nonzero().squeeze(1);
  const at::Tensor both = at::cat({atoms_MD, -atoms_MD.index_select(0, two_sided)});
  const at::Tensor codes = non_negative_codes(both, x_BD, encoder.l1);
  return codes.narrow(1, 0, M).index_add(1, two_sided, codes.narrow(1, M, two_sided.size(0)), -1);
}

at::Tensor codes_of(const PursuitEncoder& encoder, const at::Tensor& atoms_MD,
                    const at::Tensor& acts_BD) {
  require_width(acts_BD, atoms_MD.size(1), "activations");
  return pursuit_codes(atoms_MD, acts_BD - encoder.b_pre_D, encoder.k);
}

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

}  // namespace

at::Tensor encode(const Dictionary& dictionary, const at::Tensor& acts_BD) {
  const at::NoGradGuard no_grad;
  return std::visit(
      [&](const auto& encoder) { return codes_of(encoder, dictionary.atoms_MD, acts_BD); },
      dictionary.encoder);
}

at::Tensor decode(const Dictionary& dictionary, const at::Tensor& codes_BM) {
  require_width(codes_BM, dictionary.atoms_MD.size(0), "codes");
  return at::addmm(dictionary.bias_D, codes_BM, dictionary.atoms_MD);
}

Tensors to_tensors(const Dictionary& dictionary) {
  Tensors tensors{{"atoms", dictionary.atoms_MD},
                  {"bias", dictionary.bias_D},
                  {"signed_codes", at::scalar_tensor(dictionary.signed_codes, at::kBool)}};
  if (const auto* affine = std::get_if<AffineEncoder>(&dictionary.encoder)) {
    tensors["encoder"] = word("affine");
    tensors["encoder.W"] = affine->W_DM;
    tensors["encoder.b"] = affine->b_M;
    tensors["encoder.b_pre"] = affine->b_pre_D;
    tensors["encoder.activation"] = word(affine->activation);
    if (affine->activation == "topk")
      tensors["encoder.k"] = at::scalar_tensor(affine->k, at::kLong);
  } else if (const auto* nnls = std::get_if<NonNegativeEncoder>(&dictionary.encoder)) {
    tensors["encoder"] = word("nnls");
    tensors["encoder.b_pre"] = nnls->b_pre_D;
    if (nnls->either_sign_M.defined()) tensors["encoder.either_sign"] = nnls->either_sign_M;
    if (nnls->l1 > 0) tensors["encoder.l1"] = at::full({1}, nnls->l1, at::kDouble);
  } else {
    const auto& pursuit = std::get<PursuitEncoder>(dictionary.encoder);
    tensors["encoder"] = word("omp");
    tensors["encoder.b_pre"] = pursuit.b_pre_D;
    tensors["encoder.k"] = at::scalar_tensor(pursuit.k, at::kLong);
  }
  return tensors;
}

Dictionary dictionary_from_tensors(const Tensors& tensors) {
  Dictionary dictionary;
  dictionary.atoms_MD = floats(tensors, "atoms", {-1, -1});
  const std::int64_t M = dictionary.atoms_MD.size(0), D = dictionary.atoms_MD.size(1);
  dictionary.bias_D = floats(tensors, "bias", {D});
  const at::Tensor& codes_are_signed = tensor(tensors, "signed_codes");
  if (codes_are_signed.scalar_type() != at::kBool || codes_are_signed.numel() != 1) {
    throw InputError("dictionary: tensor \"signed_codes\" is not one boolean");
  }
  dictionary.signed_codes = codes_are_signed.item<bool>();
  const std::string encoder = word(tensors, "encoder", {"affine", "nnls", "omp"});
  if (encoder == "affine") {
    AffineEncoder affine;
    affine.W_DM = floats(tensors, "encoder.W", {-1, M});
    affine.b_M = floats(tensors, "encoder.b", {M});
    affine.b_pre_D = floats(tensors, "encoder.b_pre", {affine.W_DM.size(0)});
    affine.activation = word(tensors, "encoder.activation", {"linear", "relu", "topk", "top1"});
    if (affine.activation == "topk") affine.k = whole(tensors, "encoder.k", M);
    dictionary.encoder = affine;
  } else if (encoder == "nnls") {
    NonNegativeEncoder nnls{floats(tensors, "encoder.b_pre", {D}), {}};
    if (const auto found = tensors.find("encoder.either_sign"); found != tensors.end()) {
      nnls.either_sign_M = found->second;
      if (nnls.either_sign_M.scalar_type() != at::kBool || nnls.either_sign_M.sizes() != M) {
        throw InputError("dictionary: tensor \"encoder.either_sign\" is not one boolean a latent");
      }
    }
    if (const auto found = tensors.find("encoder.l1"); found != tensors.end()) {
      if (found->second.scalar_type() != at::kDouble || found->second.numel() != 1) {
        throw InputError("dictionary: tensor \"encoder.l1\" is not one float64");
      }
      nnls.l1 = found->second.item<double>();
    }
    dictionary.encoder = std::move(nnls);
  } else {
    dictionary.encoder =
        PursuitEncoder{floats(tensors, "encoder.b_pre", {D}), whole(tensors, "encoder.k", M)};
  }
  return dictionary;
}

}  // namespace lab
