#include "lab/decomposers/dictionary.h"

#include <ATen/ATen.h>

#include <cmath>

#include "lab/core/error.h"
#include "lab/decomposers/codes.h"
#include "lab/decomposers/shape_text.h"

namespace lab {
namespace {

void require_width(const at::Tensor& x, std::int64_t width, const char* what) {
  if (x.dim() == 2 && x.size(1) == width) return;
  throw InputError("dictionary: " + std::string(what) + " have shape " + shape_text(x) +
                   ", expected [B, " + std::to_string(width) + "]");
}

Normalised as_seen(const Dictionary& dictionary, const at::Tensor& acts_BD) {
  require_width(acts_BD, input_width(dictionary), "activations");
  return normalised(dictionary.normalise, acts_BD);
}

// The encoder for x that does what this one does for scale·x, but that codes are 1/scale of its own (codes.h).
void rescale(AffineEncoder& encoder, double scale) {
  encoder.b_M = encoder.b_M / scale;
  encoder.b_pre_D = encoder.b_pre_D / scale;
  if (encoder.threshold_M.defined()) encoder.threshold_M = encoder.threshold_M / scale;
}
void rescale(GatedEncoder& encoder, double scale) {
  encoder.b_pre_D = encoder.b_pre_D / scale;
  encoder.b_mag_M = encoder.b_mag_M / scale;
  encoder.b_gate_M = encoder.b_gate_M / scale;
}
void rescale(NonNegativeEncoder& encoder, double scale) {
  encoder.b_pre_D = encoder.b_pre_D / scale;
  encoder.l1 /= scale;
}
void rescale(FistaEncoder& encoder, double scale) {
  encoder.b_pre_D = encoder.b_pre_D / scale;
  encoder.l1 /= scale;
}
void rescale(PursuitEncoder& encoder, double scale) {
  encoder.b_pre_D = encoder.b_pre_D / scale;
}
void rescale(SpadeEncoder& encoder, double scale) {
  encoder.prototypes_MD = encoder.prototypes_MD / scale;
  encoder.scale *= scale * scale;
}
void rescale(ListaEncoder& encoder, double scale) {
  encoder.b_M = encoder.b_M / scale;
  encoder.b_pre_D = encoder.b_pre_D / scale;
}
void rescale(MlpEncoder& encoder, double scale) {
  encoder.b_in_H = encoder.b_in_H / scale;
  encoder.b_M = encoder.b_M / scale;
  encoder.b_pre_D = encoder.b_pre_D / scale;
}
void rescale(MatchingPursuitEncoder& encoder, double scale) {
  encoder.b_pre_D = encoder.b_pre_D / scale;
  encoder.residual /= scale;
}

}  // namespace

Normalised normalised(const std::string& kind, const at::Tensor& acts_BD) {
  if (kind == "layer_norm") {
    const at::Tensor mean_B1 = acts_BD.mean(1, true), centred_BD = acts_BD - mean_B1;
    const at::Tensor spread_B1 = acts_BD.std(1, /*unbiased=*/true, /*keepdim=*/true);
    return {centred_BD / (spread_B1 + 1e-5), spread_B1, mean_B1};
  }
  if (kind == "unit_rms") {
    const at::Tensor scale_B1 = std::sqrt(static_cast<double>(acts_BD.size(1))) /
                                acts_BD.norm(2, 1, true).clamp_min(1e-30);  // 0 stays 0
    return {acts_BD * scale_B1, scale_B1.reciprocal(), at::zeros_like(scale_B1)};
  }
  return {acts_BD, {}, {}};
}

Dictionary for_inputs_scaled_by(Dictionary dictionary, double scale) {
  std::visit([&](auto& encoder) { rescale(encoder, scale); }, dictionary.encoder);
  dictionary.bias_D = dictionary.bias_D / scale;
  const auto* affine = std::get_if<AffineEncoder>(&dictionary.encoder);
  if (std::holds_alternative<SpadeEncoder>(dictionary.encoder) ||
      (affine != nullptr && affine->activation == "one_hot")) {
    dictionary.atoms_MD = dictionary.atoms_MD / scale;
  }
  return dictionary;
}

std::int64_t input_width(const Dictionary& dictionary) {
  if (const auto* affine = std::get_if<AffineEncoder>(&dictionary.encoder))
    return affine->W_DM.size(0);
  if (const auto* gated = std::get_if<GatedEncoder>(&dictionary.encoder))
    return gated->W_DM.size(0);
  if (const auto* lista = std::get_if<ListaEncoder>(&dictionary.encoder))
    return lista->W_DM.size(0);
  if (const auto* mlp = std::get_if<MlpEncoder>(&dictionary.encoder)) return mlp->W_in_DH.size(0);
  return dictionary.atoms_MD.size(1);
}

at::Tensor encode(const Dictionary& dictionary, const at::Tensor& acts_BD) {
  const at::NoGradGuard no_grad;
  const at::Tensor seen_BD = as_seen(dictionary, acts_BD).seen_BD;
  return std::visit(
      [&](const auto& encoder) { return codes_of(encoder, dictionary.atoms_MD, seen_BD); },
      dictionary.encoder);
}

at::Tensor decode(const Dictionary& dictionary, const at::Tensor& codes_BM) {
  require_width(codes_BM, dictionary.atoms_MD.size(0), "codes");
  return at::addmm(dictionary.bias_D, codes_BM, dictionary.atoms_MD);
}

at::Tensor output(const Dictionary& dictionary, const at::Tensor& codes_BM,
                  const at::Tensor& acts_BD) {
  const at::NoGradGuard no_grad;
  at::Tensor said_BD = decode(dictionary, codes_BM);
  const Normalised x = as_seen(dictionary, acts_BD);
  if (x.scale_B1.defined() && !dictionary.across) said_BD = said_BD * x.scale_B1 + x.shift_B1;
  if (dictionary.skip_OD.defined()) said_BD = said_BD + acts_BD.mm(dictionary.skip_OD.t());
  return said_BD;
}

Reconstruction reconstruct(const Dictionary& dictionary, const at::Tensor& acts_BD) {
  at::Tensor codes_BM = encode(dictionary, acts_BD);
  at::Tensor said_BD = output(dictionary, codes_BM, acts_BD);
  return {std::move(codes_BM), std::move(said_BD)};
}

}  // namespace lab
