// dictionary_learning (Marks, Karvonen & Mueller): config.json and ae.safetensors, or ae.pt.
#include <ATen/ATen.h>

#include <array>

#include "lab/core/error.h"
#include "lab/decomposers/sae_folder.h"

namespace lab {
namespace {

using nlohmann::json;
constexpr const char* config_name = "config.json";
constexpr const char* weights_name = "ae.safetensors";

[[noreturn]] void refuse(const std::string& reason) {
  throw InputError("dictionary_learning has no such SAE: " + reason);
}

// W_enc [D, M] and b_enc [M] under the names that a class gives them.
AffineEncoder linear_encoder(const SaeFolder& folder, const at::Tensor& b_pre_D,
                             const std::string& activation, std::int64_t M) {
  const std::int64_t D = b_pre_D.size(0);
  if (folder.has_tensor("W_enc")) {
    return {folder.floats("W_enc", {D, M}), folder.floats("b_enc", {M}), b_pre_D, activation};
  }
  return {folder.floats("encoder.weight", {M, D}).t().contiguous(),
          folder.floats("encoder.bias", {M}), b_pre_D, activation};
}

// [M, D]
at::Tensor decoder_rows(const SaeFolder& folder) {
  if (folder.has_tensor("W_dec")) return folder.floats("W_dec", {-1, -1});
  return folder.floats("decoder.weight", {-1, -1}).t().contiguous();
}

}  // namespace

Dictionary read_dictionary_learning(const std::filesystem::path& path) {
  SaeFolder folder(path, config_name);
  folder.enter("trainer");
  if (!std::filesystem::exists(path / weights_name)) {
    // LibTorch's unpickler reads no state_dict (its OrderedDict has attributes), and there is no other safe one.
    folder.refuse(
        "ae.pt is not read; write it as safetensors: python -c \"import torch; from "
        "safetensors.torch import save_file; save_file({k: v.contiguous() for k, v in "
        "torch.load('ae.pt', weights_only=True).items()}, 'ae.safetensors')\"");
  }
  folder.read_tensors(weights_name);
  const std::string name = folder.text("dict_class", "AutoEncoder");
  Dictionary sae{decoder_rows(folder), {}, {}};
  const std::int64_t M = sae.atoms_MD.size(0), D = sae.atoms_MD.size(1);
  if (folder.whole("dict_size", 1).value_or(M) != M ||
      folder.whole("activation_dim", 1).value_or(D) != D) {
    folder.refuse("\"dict_size\" or \"activation_dim\" is not what the decoder has");
  }
  if (name == "AutoEncoder") {
    sae.bias_D = folder.floats("bias", {D});
    AffineEncoder encoder = linear_encoder(folder, sae.bias_D, "relu", M);
    // The library's loader makes the decoder's columns unit ones.
    const at::Tensor norm_M = sae.atoms_MD.norm(2, 1);
    if (norm_M.eq(0).any().item<bool>()) folder.refuse("a column of decoder.weight is 0");
    sae.atoms_MD = sae.atoms_MD / norm_M.unsqueeze(1);
    encoder.W_DM = encoder.W_DM * norm_M;
    encoder.b_M = encoder.b_M * norm_M;
    sae.encoder = std::move(encoder);
  } else if (name == "AutoEncoderNew") {
    sae.bias_D = folder.floats("decoder.bias", {D});
    sae.encoder = linear_encoder(folder, at::zeros({D}), "relu", M);
  } else if (name == "GatedAutoEncoder") {
    sae.bias_D = folder.floats("decoder_bias", {D});
    sae.encoder = GatedEncoder{folder.floats("encoder.weight", {M, D}).t().contiguous(), sae.bias_D,
                               folder.floats("r_mag", {M}), folder.floats("mag_bias", {M}),
                               folder.floats("gate_bias", {M})};
  } else if (name == "JumpReluAutoEncoder") {
    sae.bias_D = folder.floats("b_dec", {D});
    AffineEncoder encoder = linear_encoder(folder, at::zeros({D}), "jumprelu", M);
    encoder.threshold_M = folder.floats("threshold", {M});
    sae.encoder = std::move(encoder);
  } else if (name == "AutoEncoderTopK") {
    sae.bias_D = folder.floats("b_dec", {D});
    AffineEncoder encoder = linear_encoder(folder, sae.bias_D, "topk", M);
    const std::int64_t k = folder.whole("k", 1).value_or(0);
    if (k < 1 || k > M) folder.refuse("\"k\" is not from 1 to dict_size");
    encoder.k = static_cast<double>(k);
    sae.encoder = std::move(encoder);
  } else if (name == "BatchTopKSAE" || name == "MatryoshkaBatchTopKSAE") {
    sae.bias_D = folder.floats("b_dec", {D});
    AffineEncoder encoder = linear_encoder(folder, sae.bias_D, "jumprelu", M);
    encoder.threshold_M = folder.floats("threshold", {}).expand({M}).contiguous();
    sae.encoder = std::move(encoder);
  } else {
    folder.refuse("unknown dict_class \"" + name + "\"");
  }
  return sae;
}

namespace {

// An encoder and decoder as linear layers.
void put_linear(const AffineEncoder& encoder, const Dictionary& sae, Tensors& tensors) {
  tensors["encoder.weight"] = encoder.W_DM.t().contiguous();
  tensors["encoder.bias"] = encoder.b_M;
  tensors["decoder.weight"] = sae.atoms_MD.t().contiguous();
}

void put_plain(const AffineEncoder& encoder, const Dictionary& sae, Tensors& tensors) {
  tensors["W_enc"] = encoder.W_DM;
  tensors["b_enc"] = encoder.b_M;
  tensors["W_dec"] = sae.atoms_MD;
  tensors["b_dec"] = sae.bias_D;
}

std::string put_affine(const AffineEncoder& encoder, const Dictionary& sae, Tensors& tensors,
                       json& trainer) {
  const bool subtracts = encoder.b_pre_D.equal(sae.bias_D);
  const bool leaves = encoder.b_pre_D.eq(0).all().item<bool>();
  if (encoder.activation == "relu" && leaves) {
    put_linear(encoder, sae, tensors);
    tensors["decoder.bias"] = sae.bias_D;
    return "AutoEncoderNew";
  }
  if (encoder.activation == "relu" && subtracts) {
    put_linear(encoder, sae, tensors);
    // Its loader divides the columns by their norms, and multiplies the encoder: undone here.
    const at::Tensor norm_M = sae.atoms_MD.norm(2, 1);
    if (!at::allclose(norm_M, at::ones_like(norm_M), 1e-5, 0)) {
      refuse("an AutoEncoder's atoms have norm 1, others would be rescaled by its loader");
    }
    tensors["bias"] = sae.bias_D;
    return "AutoEncoder";
  }
  if (encoder.activation == "jumprelu" && leaves) {
    put_plain(encoder, sae, tensors);
    tensors["threshold"] = encoder.threshold_M;
    return "JumpReluAutoEncoder";
  }
  if (encoder.activation == "topk" && subtracts) {
    put_linear(encoder, sae, tensors);
    tensors["b_dec"] = sae.bias_D;
    tensors["k"] = at::scalar_tensor(static_cast<std::int64_t>(encoder.k), at::kInt);
    tensors["threshold"] = at::scalar_tensor(-1., at::kFloat);  // not used when it encodes
    trainer["k"] = static_cast<std::int64_t>(encoder.k);
    return "AutoEncoderTopK";
  }
  const at::Tensor& threshold_M = encoder.threshold_M;
  if (encoder.activation == "jumprelu" && subtracts &&
      threshold_M.eq(threshold_M[0]).all().item<bool>()) {
    put_linear(encoder, sae, tensors);
    tensors["b_dec"] = sae.bias_D;
    tensors["k"] = at::scalar_tensor(1, at::kInt);  // not used when it encodes
    tensors["threshold"] = threshold_M[0].clone();
    trainer["k"] = 1;
    return "BatchTopKSAE";
  }
  refuse("it has no class with this encoder that treats the decoder's bias so");
}

}  // namespace

void write_dictionary_learning(const Dictionary& sae, const std::filesystem::path& folder) {
  if (sae.normalise != "none" || sae.across || sae.skip_OD.defined()) {
    refuse("it normalises no inputs and knows no transcoders");
  }
  Tensors tensors;
  json trainer{{"activation_dim", sae.atoms_MD.size(1)}, {"dict_size", sae.atoms_MD.size(0)}};
  if (const auto* affine = std::get_if<AffineEncoder>(&sae.encoder)) {
    trainer["dict_class"] = put_affine(*affine, sae, tensors, trainer);
  } else if (const auto* gated = std::get_if<GatedEncoder>(&sae.encoder)) {
    if (!gated->b_pre_D.equal(sae.bias_D)) refuse("a GatedAutoEncoder subtracts its bias");
    tensors = {{"encoder.weight", gated->W_DM.t().contiguous()},
               {"decoder.weight", sae.atoms_MD.t().contiguous()},
               {"decoder_bias", sae.bias_D},
               {"r_mag", gated->r_mag_M},
               {"mag_bias", gated->b_mag_M},
               {"gate_bias", gated->b_gate_M}};
    trainer["dict_class"] = "GatedAutoEncoder";
  } else {
    refuse("it has no class with this encoder");
  }
  write_sae_folder(folder, config_name, {{"trainer", trainer}}, weights_name, tensors);
}

}  // namespace lab
